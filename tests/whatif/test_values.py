"""How values of an axis are written."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.whatif.values import parsed, texts

WRITTEN = {
    "1,2,5": ["1", "2", "5"],
    "0..30/10": ["0", "10", "20", "30"],
    "0..25/10": ["0", "10", "20"],
    "10..1/3": ["10", "7", "4", "1"],
    "1s..8s*2": ["1s", "2s", "4s", "8s"],
    "64..1*4": ["64", "16", "4", "1"],
    "2s..40s#3": ["2s", "21s", "40s"],
    "500ms..2s/500ms": ["500ms", "1s", "1.5s", "2s"],
    "1m..2m/30s": ["1m0s", "1m30s", "2m0s"],
    "100m..300m/100m": ["100m", "200m", "300m"],
    "0.5..1.5/0.5": ["0.5", "1", "1.5"],
    "1,3..5,9": ["1", "3", "4", "5", "9"],
    "1,1": ["1"],
    "25%..75%/25": ["25%", "50%", "75%"],
    "{lognormal: {median: 4s, sigma: 0.5}},3s": ["{lognormal: {median: 4s, sigma: 0.5}}", "3s"],
    '"a,b",c': ['"a,b"', "c"],
    "nginx:1.27,nginx:1.28": ["nginx:1.27", "nginx:1.28"],
}


@pytest.mark.parametrize("text", WRITTEN)
def test_lists_and_ranges(text: str) -> None:
    assert texts(text) == WRITTEN[text]


def test_releases_go_by_minors() -> None:
    assert texts("1.29..1.31,1.36", releases=True) == ["1.29", "1.30", "1.31", "1.36"]
    assert texts("1.31..1.29", releases=True) == ["1.31", "1.30", "1.29"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a value is missing"),
        ("1,,2", "a value is missing"),
        ("1s..2m", "a step is missing"),
        ("1..5/0", "the step must be greater than 0"),
        ("0..5*2", "the factor must be greater than 1"),
        ("1..5*1", "the factor must be greater than 1"),
        ("1..5#1", "2 to 10000 values"),
        ("1..5#2s", "a plain number"),
        ("1Mi..2Gi/1Mi", "the same unit"),
        ("0..1000000", "more than 10000 values"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        texts(text)


YAML = {"5": 5, "5s": "5s", "true": True, "null": None, "1.5": 1.5, "{a: [1]}": {"a": [1]}, '"5"': "5", "nginx:1": "nginx:1"}


@pytest.mark.parametrize("text", YAML)
def test_values_are_yaml(text: str) -> None:
    assert parsed(text) == YAML[text]


@pytest.mark.parametrize("text", ["- x", "a: b", "{", "[1"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a YAML value"):
        parsed(text)


@given(st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 20))
def test_law_a_range_goes_from_its_first_end_in_equal_steps(first: int, last: int, step: int) -> None:
    numbers = [int(text) for text in texts(f"{first}..{last}/{step}")]
    assert numbers[0] == first
    assert all(abs(b - a) == step for a, b in pairwise(numbers))
    assert min(first, last) <= min(numbers) <= max(numbers) <= max(first, last)
    assert abs(last - numbers[-1]) < step
