"""The values of an axis in the notation of `--set`: `1,2,5`, `0..30/5` (step), `1s..64s*2` (factor), `2s..40s#8` (count), or YAML."""

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
    """The values, each as text, with ranges expanded. `releases`: `1.29..1.32` counts minor versions. Raises UsageError."""
    result: list[str] = []
    for item in _split(text):
        result += _expanded(item.strip(), releases)
        if len(result) > MOST_VALUES:
            raise UsageError(f"{text}: more than {MOST_VALUES} values")
    if not result or "" in result:
        raise UsageError(f"{text!r}: a value is missing")
    return list(dict.fromkeys(result))


def parsed(text: str) -> Any:
    """The value in YAML: a number, a word, `null`, `{lognormal: {median: 4s, sigma: 0.5}}`. Raises UsageError."""
    # At the start of a document, `- `, `---` and `%` would mean something else.
    document = next(documents(f"value: {text}"), None)
    if document is None or isinstance(document, Broken) or set(document.value) != {"value"}:
        raise UsageError(f"{text!r} is not a YAML value")
    return document.value["value"]


def _split(text: str) -> Iterator[str]:
    """Split at commas outside brackets and quotes."""
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


def _expanded(item: str, releases: bool) -> list[str]:
    minors = _RELEASES.fullmatch(item) if releases else None
    if minors:
        first, last = int(minors[1]), int(minors[2])
        return [f"1.{minor}" for minor in (range(first, last + 1) if first <= last else range(first, last - 1, -1))]
    match = _RANGE.fullmatch(item)
    if match is None:
        return [item]
    first_number, first_unit, last_number, last_unit, operator, step_number, step_unit = match.groups()
    units = [unit for unit in (first_unit, last_unit, step_unit if operator == "/" else "") if unit]
    if operator in ("*", "#") and step_unit:
        raise UsageError(f"{item}: {operator} must be followed by a plain number")
    if len(set(units)) <= 1:
        unit = units[0] if units else ""
        numbers = _between(Decimal(first_number), Decimal(last_number), operator, Decimal(step_number or 1), item)
        return [f"{_plain(number)}{unit}" for number in numbers]
    if not (first_unit and last_unit and set(units) <= set(_TIME_UNITS)):
        raise UsageError(f"{item}: both ends must have the same unit")
    begin, end = Decimal(parse_duration(first_number + first_unit)), Decimal(parse_duration(last_number + last_unit))
    step = Decimal(parse_duration(f"{step_number}{step_unit or last_unit}")) if operator == "/" else Decimal(step_number or 0)
    if not operator:
        raise UsageError(f"{item}: a step is missing, as in {item}/1s")
    return [format_duration(int(number)) for number in _between(begin, end, operator, step, item)]


def _between(first: Decimal, last: Decimal, operator: str | None, step: Decimal, item: str) -> list[Decimal]:
    """The numbers from `first` to `last`; `last` is included when a step reaches it."""
    if operator == "#":
        count = int(step)
        if count < 2 or count != step or count > MOST_VALUES:
            raise UsageError(f"{item}: a range has 2 to {MOST_VALUES} values")
        return [(first + (last - first) * i / (count - 1)).quantize(Decimal("1e-6")) for i in range(count)]
    if operator == "*" and (step <= 1 or first <= 0 or last <= 0):
        raise UsageError(f"{item}: the factor must be greater than 1 and both ends greater than 0")
    if operator != "*" and step <= 0:
        raise UsageError(f"{item}: the step must be greater than 0")
    ascending = first <= last
    numbers, number = [], first
    while (number <= last) if ascending else (number >= last):
        numbers.append(number)
        if len(numbers) > MOST_VALUES:
            raise UsageError(f"{item}: more than {MOST_VALUES} values; use a larger step")
        number = _next(number, step, operator, ascending=ascending)
    return numbers


def _next(number: Decimal, step: Decimal, operator: str | None, *, ascending: bool) -> Decimal:
    if operator == "*":
        return number * step if ascending else number / step
    return number + step if ascending else number - step


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
