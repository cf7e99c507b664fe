"""Quantities and times as Kubernetes reads them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pytest

from simulator.units import parse_quantity, parse_time, time_zone


@pytest.mark.parametrize(
    ("text", "value"),
    [("1500Ki", 1536000), ("64Mi", 67108864), ("2k", 2000), ("100m", "0.1"), ("1e3", 1000), ("12E2", 1200), ("1E", 10**18), ("5", 5)],
)
def test_a_quantity(text: str, value: int | str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1ki", "1K", "1mi", "Mi", "1.2.3", ""])
def test_what_is_no_quantity(text: str) -> None:
    with pytest.raises(ValueError, match="not a quantity"):
        parse_quantity(text)


@pytest.mark.parametrize("text", ["2025-13-01T00:00:00Z", "2025-01-01T25:00:00Z", "2025-02-30T00:00:00+01:00"])
def test_times_that_do_not_exist_are_refused_in_our_words(text: str) -> None:
    with pytest.raises(ValueError, match=f"^no such time: {re.escape(repr(text))}$"):
        parse_time(text)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Argentina/Ushuaia"])
def test_time_zones_are_those_of_the_package_wherever_the_system_has_its_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_file(*_: object) -> None:
        raise AssertionError("the system's time zones were read")

    monkeypatch.setattr("zoneinfo._tzpath.find_tzfile", no_file)
    assert datetime(2026, 7, 1, tzinfo=time_zone(name)).utcoffset() is not None


@pytest.mark.parametrize(
    "name", ["Europe/Nowhere", "Europe", "../tzdata/zoneinfo/Europe/Berlin", "/etc/localtime", "zone.tab", "Europe//Berlin"]
)
def test_other_names_are_no_time_zones(name: str) -> None:
    with pytest.raises(ValueError, match="unknown time zone"):
        time_zone(name)
