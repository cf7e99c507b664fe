"""The meaning of a plain YAML scalar in Kubernetes: YAML 1.1 booleans, Go's integers, no timestamps, no sexagesimal numbers."""

from __future__ import annotations

import base64
import binascii
import math
import re
from typing import Any

from simulator.manifest.nodes import PLAIN, QUOTED

_CONSTANTS: dict[str, Any] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASES = {"x": 16, "b": 2, "o": 8}
_LEAST, _MOST = -(2**63), 2**64 - 1
_MOST_DIGITS = 20

_LONG = "tag:yaml.org,2002:"


def resolve(tag: str, text: str) -> Any:
    """The JSON value of a scalar. Raises ValueError for a tag that its text does not fit."""
    if tag in (QUOTED, f"{_LONG}str"):
        return text
    if tag == PLAIN:
        return _plain(text)
    if not tag.startswith(_LONG):
        return text
    return _tagged(tag.removeprefix(_LONG), text)


def _plain(text: str) -> Any:
    # Most scalars are words; anything else begins with one of these characters.
    if text[:1] not in "+-.0123456789~nNyYtTfFoO":
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    digits = text.replace("_", "")
    integer = _INTEGER.fullmatch(digits)
    value = _integer(*integer.groups()) if integer is not None else None
    if value is not None:
        return value
    # Go reads a number beyond the range of floats as text.
    if not _FLOAT.fullmatch(digits) or not math.isfinite(float(digits)):
        return text
    return float(digits) if integer is not None else _number(float(digits))


def _integer(sign: str, body: str) -> int | None:
    """An integer of 64 bits; None for a larger one, however many digits it has."""
    base = _BASES.get(body[1:2].lower(), 8 if body[:1] == "0" else 10)
    if base == 10 and len(body) > _MOST_DIGITS:
        return None
    value = int(body[2:] if body[1:2].lower() in _BASES else body, base)
    value = -value if sign == "-" else value
    return value if _LEAST <= value <= _MOST else None


def _number(value: float) -> int | float:
    """A float as JSON writes it: without a fraction when it has none."""
    return int(value) if value.is_integer() and abs(value) < 1e21 else value


def _tagged(tag: str, text: str) -> Any:
    if tag == "binary":
        try:
            return base64.b64decode(text, validate=False).decode(errors="replace")
        except binascii.Error as error:
            raise ValueError("!!binary value contains invalid base64 data") from error
    value = _plain(text)
    fits: dict[str, tuple[type, ...]] = {"int": (int,), "bool": (bool,), "float": (int, float), "null": (type(None),)}
    if tag in fits and not isinstance(value, fits[tag]):
        raise ValueError(f"cannot decode !!str `{text}` as a !!{tag}")
    return text if tag == "timestamp" else value
