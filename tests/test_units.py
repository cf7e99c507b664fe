"""Quantities and times as Kubernetes reads them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from simulator.units import parse_quantity, parse_time


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
