"""JSON values as jq sees them: their types, their order, and what its operators make of two."""

from __future__ import annotations

import json
from collections.abc import Callable

from simulator.errors import SimulatorError

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class JqError(SimulatorError):
    """The filter does not fit the value, in jq's words: printed, status 5."""


def truth(value: Json) -> bool:
    """Everything but null and false is true: 0 and "" are."""
    return value is not None and value is not False


def kind_of(value: Json) -> str:
    """The name of a value's type."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


_ORDER = ("null", "boolean", "number", "string", "array", "object")


def rank(value: Json) -> tuple[int, float, str]:
    """A key to sort by: jq's order of types first. Arrays and objects compare as texts here, which is enough for equality."""
    order = _ORDER.index(kind_of(value))
    if isinstance(value, bool | int | float):
        return order, value, ""
    if isinstance(value, str):
        return order, 0, value
    return order, 0, json.dumps(value, sort_keys=True)


_COMPARISONS: dict[str, Callable[[Json, Json], bool]] = {
    "==": lambda a, b: rank(a) == rank(b),
    "!=": lambda a, b: rank(a) != rank(b),
    "<": lambda a, b: rank(a) < rank(b),
    "<=": lambda a, b: rank(a) <= rank(b),
    ">": lambda a, b: rank(a) > rank(b),
    ">=": lambda a, b: rank(a) >= rank(b),
}


def operate(op: str, left: Json, right: Json) -> Json:
    """`left op right` for comparisons and + - * /. Raises JqError when the types do not fit."""
    if op in _COMPARISONS:
        return _COMPARISONS[op](left, right)
    if op == "+" and (left is None or right is None):
        return right if left is None else left  # null is neutral, which `add` relies on
    if _is_number(left) and _is_number(right) and not (op == "/" and right == 0):
        return _calculate(op, left, right)
    if op == "+" and isinstance(left, str) and isinstance(right, str):
        return left + right
    if op == "+" and isinstance(left, list) and isinstance(right, list):
        return left + right
    raise JqError(f"{kind_of(left)} and {kind_of(right)} cannot be combined with {op}")


def _calculate(op: str, left: Json, right: Json) -> Json:
    assert isinstance(left, int | float)
    assert isinstance(right, int | float)
    if op == "/":
        value = left / right
    else:
        value = {"+": left + right, "-": left - right, "*": left * right}[op]
    return int(value) if float(value).is_integer() else value


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
