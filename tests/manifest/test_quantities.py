"""Quantities are written as the API server writes them back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.manifest.quantities import canonical, canonical_resource, parse, show


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0", "0"),
        ("0Mi", "0"),
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        ("1.5", "1500m"),
        ("1000", "1k"),
        ("1500", "1500"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("1000Ki", "1000Ki"),
        ("1023", "1023"),
        ("0.5Ki", "512"),
        ("64M", "64M"),
        ("1e3", "1e3"),
        ("1E", "1E"),
        ("12e6", "12e6"),
        ("100n", "100n"),
        ("0.0000000001", "1n"),
        ("+5", "5"),
        ("-1", "-1"),
        (".5", "500m"),
        ("5.", "5"),
        ("001", "1"),
        ("Mi", "0"),
        ("-", "0"),
    ],
)
def test_canonical(text, shown):
    assert canonical(text) == shown


def test_resources_are_no_finer_than_thousandths():
    assert canonical_resource("0.0001") == "1m"
    assert canonical_resource("100u") == "1m"


@pytest.mark.parametrize("text", ["", "half", "64MB", "true", "1.2.3", "5 Gi", "0x1"])
def test_what_is_no_quantity(text):
    with pytest.raises(ValueError, match="quantities must match the regular expression"):
        parse(text)


@pytest.mark.parametrize("text", ["1kk", "1Mib"[:-1] + "i", "1mi", "1KI"[:2] + "k", "--1"])
def test_what_has_no_such_suffix(text):
    with pytest.raises(ValueError, match="unable to parse quantity's suffix"):
        parse(text)


AMOUNTS = st.builds(
    lambda whole, fraction, suffix: f"{whole}.{fraction}{suffix}",
    st.integers(0, 10**6),
    st.integers(0, 999),
    st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3"]),
)


@given(AMOUNTS)
def test_writing_and_reading_back_changes_nothing(text):
    value, form = parse(text)
    assert parse(show(value, form))[0] == value
    assert canonical(canonical(text)) == canonical(text)


@given(AMOUNTS, AMOUNTS)
def test_order_is_kept(one, other):
    assert (parse(one)[0] < parse(other)[0]) == (parse(canonical(one))[0] < parse(canonical(other))[0])


@given(st.integers(-(2**40), 2**40))
def test_whole_numbers_stay_what_they_are(number):
    assert parse(show(Decimal(number)))[0] == number
