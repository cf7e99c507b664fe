"""The values of an axis, as one writes them: `1,2,5`, `0..30/5` (step), `1s..64s*2` (factor), `2s..40s#8` (so many), or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from simulator.errors import UsageError
from simulator.manifest.documents import Broken, documents
from simulator.units import format_duration, parse_duration

_END = r"([-+]?(?:\d+\.?\d*|\.\d+))([A-Za-zµ%]*)"
_RANGE = re.compile(rf"{_END}\.\.{_END}(?:([/*#]){_END})?")
_RELEASES = re.compile(r"1\.(\d+)\.\.1\.(\d+)")
_TIME_UNITS = ("ns", "us", "µs", "ms", "s", "m", "h", "d")
MOST_VALUES = 10_000


def texts(text: str, *, releases: bool = False) -> list[str]:
    """The values, each as text; ranges opened. With `releases`, `1.29..1.32` goes by minors. Raises UsageError."""
    found: list[str] = []
    for item in _split(text):
        found += _opened(item.strip(), releases)
        if len(found) > MOST_VALUES:
            raise UsageError(f"{text}: more than {MOST_VALUES} values")
    if not found or "" in found:
        raise UsageError(f"{text!r}: a value is missing")
    return list(dict.fromkeys(found))


def parsed(text: str) -> Any:
    """What a value means in YAML: a number, a word, `null`, `{lognormal: {median: 4s, sigma: 0.5}}`. Raises UsageError."""
    # A document of its own may begin with what means something else there: `- `, `---`, `%`.
    document = next(documents(f"value: {text}"), None)
    if document is None or isinstance(document, Broken) or set(document.value) != {"value"}:
        raise UsageError(f"{text!r} is no value in YAML")
    return document.value["value"]


def _split(text: str) -> Iterator[str]:
    """At commas that stand in no brackets and no quotes."""
    depth, quote, start = 0, "", 0
    for i, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "[{":
            depth += 1
        elif letter in "]}":
            depth -= 1
        elif letter == "," and depth == 0:
            yield text[start:i]
            start = i + 1
    yield text[start:]


def _opened(item: str, releases: bool) -> list[str]:
    minors = _RELEASES.fullmatch(item) if releases else None
    if minors:
        first, last = int(minors[1]), int(minors[2])
        return [f"1.{minor}" for minor in (range(first, last + 1) if first <= last else range(first, last - 1, -1))]
    found = _RANGE.fullmatch(item)
    if found is None:
        return [item]
    first_number, first_unit, last_number, last_unit, how, step_number, step_unit = found.groups()
    units = [unit for unit in (first_unit, last_unit, step_unit if how == "/" else "") if unit]
    if how in ("*", "#") and step_unit:
        raise UsageError(f"{item}: behind {how} stands a plain number")
    if len(set(units)) <= 1:
        unit = units[0] if units else ""
        numbers = _between(Decimal(first_number), Decimal(last_number), how, Decimal(step_number or 1), item)
        return [f"{_plain(number)}{unit}" for number in numbers]
    if not (first_unit and last_unit and set(units) <= set(_TIME_UNITS)):
        raise UsageError(f"{item}: write both ends in one unit")
    begin, end = Decimal(parse_duration(first_number + first_unit)), Decimal(parse_duration(last_number + last_unit))
    step = Decimal(parse_duration(f"{step_number}{step_unit or last_unit}")) if how == "/" else Decimal(step_number or 0)
    if not how:
        raise UsageError(f"{item}: say a step, as in {item}/1s")
    return [format_duration(int(number)) for number in _between(begin, end, how, step, item)]


def _between(first: Decimal, last: Decimal, how: str | None, step: Decimal, item: str) -> list[Decimal]:
    """The numbers from `first` to `last`, both included when the steps reach it."""
    if how == "#":
        count = int(step)
        if count < 2 or count != step or count > MOST_VALUES:
            raise UsageError(f"{item}: between two ends there are 2 to {MOST_VALUES} values")
        return [(first + (last - first) * i / (count - 1)).quantize(Decimal("1e-6")) for i in range(count)]
    if how == "*" and (step <= 1 or first <= 0 or last <= 0):
        raise UsageError(f"{item}: a factor is greater than 1 and both ends greater than 0")
    if how != "*" and step <= 0:
        raise UsageError(f"{item}: a step is greater than 0")
    up = first <= last
    found, number = [], first
    while (number <= last) if up else (number >= last):
        found.append(number)
        if len(found) > MOST_VALUES:
            raise UsageError(f"{item}: more than {MOST_VALUES} values; say a longer step")
        number = (number * step if up else number / step) if how == "*" else number + step if up else number - step
    return found


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
