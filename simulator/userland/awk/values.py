"""awk's values: numbers, strings, and strings from the input that may be either (POSIX XCU, awk, Expressions: "numeric string")."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable

from simulator.process.problems import UsageError

Value = str | float
_LOOKS = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")


def number(value: Value) -> float:
    """The number at the start of a text."""
    if isinstance(value, float):
        return value
    match = re.match(r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value)
    return float(match[0]) if match else 0.0


class Text(str):
    """A text from the input: it compares as a number when it looks like one."""

    __slots__ = ()


def text_of(value: Value) -> str:
    """A number as awk prints it."""
    if isinstance(value, str):
        return value
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e16 else f"{value:.6g}"


def is_number(value: Value) -> bool:
    """Does it compare as a number?"""
    return isinstance(value, float) or (isinstance(value, Text) and _LOOKS.fullmatch(value) is not None)


COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_OPERATIONS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": math.fmod, "^": math.pow,
}  # fmt: skip


def compare(op: str, left: Value, right: Value) -> float:
    """As numbers when both look like numbers, else as texts."""
    if is_number(left) and is_number(right):
        a, b = number(left), number(right)
        order = (a > b) - (a < b)
    else:
        order = (text_of(left) > text_of(right)) - (text_of(left) < text_of(right))
    return float(COMPARISONS[op](order, 0))


def arithmetic(op: str, left: Value, right: Value) -> float:
    """Numbers. Raises UsageError for a division by zero."""
    a, b = number(left), number(right)
    if op in ("/", "%") and b == 0:
        raise UsageError("division by zero", 2)
    return _OPERATIONS[op](a, b)
