"""YAML as kubectl writes it (sigs.k8s.io/yaml).

Keys are sorted, lists are not indented, and double quotes stand only where a plain text would be taken for something else.
"""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.views.kubectl.gotext import go_value

# Texts that a YAML 1.1 reader would take for something else: null, booleans, numbers, times.
_WORDS = {
    word for name in ("null", "y", "yes", "n", "no", "true", "false", "on", "off") for word in (name, name.capitalize(), name.upper())
}
_OTHER = re.compile(
    r"~|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?"
)
_DIGITS = "0123456789+-"  # behind one of these, underscores in a number count for nothing
# Texts that may not stand plain in a block: those that begin like something else, or hold a mapping or a comment.
_INDICATOR = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[-?:](?:\s|$)|---|\.\.\.|\s")
_INSIDE = re.compile(r":(?:\s|$)|\s#|\s$")
_SPECIAL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\ufeff|\t")


def dump_yaml(value: Any) -> str:
    """A JSON value as a YAML document."""
    return "\n".join(_lines(value, "")) + "\n"


def _lines(value: Any, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key in sorted(value, key=_natural) for line in _entry(f"{indent}{_scalar(key, indent)}:", value[key], indent)]
    if isinstance(value, list) and value:
        lines = []
        for item in value:
            nested = isinstance(item, dict | list) and item
            first, *rest = _lines(item, indent + "  ") if nested else _scalar(item, indent).split("\n")
            lines += [f"{indent}- {first.removeprefix(indent + '  ')}", *rest]
        return lines
    return [indent + _scalar(value, indent)]


def _entry(head: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, dict) and value:
        return [head, *_lines(value, indent + "  ")]
    if isinstance(value, list) and value:
        return [head, *_lines(value, indent)]
    first, *rest = _scalar(value, indent).split("\n")
    return [f"{head} {first}", *rest]


def _natural(key: str) -> list[tuple[int, int, int]]:
    """The order of keys: numbers in them count as numbers, and punctuation comes before letters."""
    parts = re.findall(r"\d+|.", key)
    return [(1, int(part), len(part)) if part.isdigit() else (2 if part.isalpha() else 0, ord(part), 0) for part in parts]


def _scalar(value: Any, indent: str) -> str:
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if value is None:
        return "null"
    if not isinstance(value, str):
        return go_value(value)
    if not value or value in _WORDS or _OTHER.fullmatch(value) or (value[0] in _DIGITS and _OTHER.fullmatch(value.replace("_", ""))):
        return json.dumps(value, ensure_ascii=False)
    if _SPECIAL.search(value) or ("\n" in value and re.search(r"\s\n|^[ \n]", value)):
        return json.dumps(value, ensure_ascii=False)
    if "\n" in value:
        return _literal(value, indent + "  ")
    if _INDICATOR.match(value) or _INSIDE.search(value):
        return "'" + value.replace("'", "''") + "'"
    return value


def _literal(text: str, indent: str) -> str:
    body = text.rstrip("\n")
    breaks = len(text) - len(body)
    mark = "-" if breaks == 0 else "" if breaks == 1 else "+"
    lines = body.split("\n") + [""] * (breaks - 1)
    return "\n".join([f"|{mark}", *(indent + line if line else "" for line in lines)])
