"""YAML as kubectl writes it (sigs.k8s.io/yaml).

Keys are sorted, lists are not indented, and double quotes stand only where a plain text would be taken for something else.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.golang.sort import go_sorted
from simulator.golang.text import go_value
from simulator.golang.yamlscalar import key_text, scalar_text


def dump_yaml(value: Any) -> str:
    """A JSON value as a YAML document."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        # The comparison is not transitive, so the sort algorithm matters; the order before it is random in Go.
        keys = go_sorted(sorted(value), lambda a, b: _compared(a, b) < 0)
        return [line for key in keys for line in _entry(f"{indent}{key_text(key)}:", value[key], indent)]
    if isinstance(value, list) and value:
        lines = []
        for item in value:
            nested = isinstance(item, dict | list) and item
            first, *rest = _lines(item, indent + "  ") if nested else _scalar(item, len(indent) + 2, indent).split("\n")
            lines += [f"{indent}- {first.removeprefix(indent + '  ')}", *rest]
        return lines
    return [indent + _scalar(value, len(indent), indent)]


def _entry(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        return [head, *_lines(value, indent + "  ")]
    if isinstance(value, list) and value:
        return [head, *_lines(value, indent)]
    first, *rest = _scalar(value, len(head) + 1, indent).split("\n")
    return [f"{head} {first}", *rest]


def _compared(one: str, other: str) -> int:
    """The order of keys: letters come behind all else, and digits count as numbers from where the keys begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if at is None:
        return len(one) - len(other)
    a, b = one[at], other[at]
    if a.isalpha() or b.isalpha():
        return ord(a) - ord(b) if a.isalpha() and b.isalpha() else 1 if a.isalpha() else -1
    numbers = [_number(key, at, continued="0" in (a, b)) for key in (one, other)]
    if numbers[0] != numbers[1]:
        return -1 if numbers[0] < numbers[1] else 1
    return ord(a) - ord(b)


def _number(key: str, at: int, *, continued: bool) -> tuple[int, int]:
    """The rest of the number at that place, with a leading 1 when part of it comes before, and how many digits the rest has."""
    digits = re.match(r"\d*", key[at:])
    before = re.search(r"\d*$", key[:at])
    rest = digits[0] if digits else ""
    head = "1" if continued and before and before[0].strip("0") else ""
    return int((head + rest) or "0"), len(rest)


def _scalar(value: Any, column: int, indent: str) -> str:
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if value is None:
        return "null"
    return scalar_text(value, column, len(indent) + 2) if isinstance(value, str) else go_value(value)
