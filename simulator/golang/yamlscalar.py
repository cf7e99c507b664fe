"""Texts in kubectl's YAML: plain, quoted or as a block, and folded behind column 80 (go.yaml.in/yaml/v2, which sigs.k8s.io/yaml uses)."""

from __future__ import annotations

import re

WIDTH = 80
"""A blank that stands behind this column becomes a line break."""

# Texts that a YAML 1.1 reader would take for something else: null, booleans, numbers, times.
_WORDS = {
    word for name in ("null", "y", "yes", "n", "no", "true", "false", "on", "off") for word in (name, name.capitalize(), name.upper())
}
_OTHER = re.compile(
    r"~|<<|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
    r"|[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)?"
)
_DIGITS = "0123456789+-"  # behind one of these, underscores in a number count for nothing
# Texts that may not stand plain in a block: those that begin like something else, or hold a mapping or a comment.
_INDICATOR = re.compile(r"[#,\[\]{}&*!|>'\"%@`]|[-?:](?: |$)|---|\.\.\.| ")
_INSIDE = re.compile(r":(?: |$)| #| $")
# Characters that only double quotes can hold; what lies beyond the first 65,536 is one of them.
_SPECIAL = re.compile(r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]|\ufeff")
_ESCAPED = re.compile(r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd]|[\"\\\ufeff]")
_NAMED = dict(zip('\0\a\b\t\n\v\f\r\x1b"\\\x85\u2028\u2029', '0abtnvfre"\\NLP', strict=True))


def scalar_text(value: str, column: int, indent: int) -> str:
    """`value` as it stands from `column` on; further lines begin at `indent`."""
    if not value or value in _WORDS or _OTHER.fullmatch(value) or (value[0] in _DIGITS and _OTHER.fullmatch(value.replace("_", ""))):
        style = _literal if "\n" in value else _double
        return style(value, column, indent)
    if _SPECIAL.search(value) or ("\n" in value and re.search(r" \n| $", value)):
        return _double(value, column, indent)
    if "\n" in value:
        return _literal(value, column, indent)
    if _INDICATOR.match(value) or _INSIDE.search(value):
        return _folded(["'", *(char * 2 if char == "'" else char for char in value), "'"], column, indent)
    return _folded(list(value), column, indent)


def key_text(key: str) -> str:
    """A key: never folded, and never a block."""
    text = scalar_text(key, 0, 0)
    return _double(key, 0, 0).replace("\n", " ") if text.startswith("|") else text.replace("\n", " ")


def _double(value: str, column: int, indent: int) -> str:
    return _folded(['"', *(_ESCAPED.sub(_escape, char) for char in value), '"'], column, indent, escaping=True)


def _escape(match: re.Match[str]) -> str:
    char = match[0]
    if char in _NAMED:
        return "\\" + _NAMED[char]
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _folded(pieces: list[str], column: int, indent: int, *, escaping: bool = False) -> str:
    """Characters one after the other; a single blank behind the last column becomes a line break.

    `escaping`: of several blanks, too, the first one breaks the line, and a backslash keeps the second.
    """
    if column + sum(map(len, pieces)) <= WIDTH:
        return "".join(pieces)
    written: list[str] = []
    blank_before = False
    for i, piece in enumerate(pieces):
        following = pieces[i + 1] if i + 1 < len(pieces) else ""
        inside = 1 < i < len(pieces) - 2 if pieces[0] in ("'", '"') else True
        if piece == " " and column > WIDTH and not blank_before and inside and (escaping or following != " "):
            kept = "\\" if following == " " else ""
            written.append(f"\n{' ' * indent}{kept}")
            column = indent + len(kept)
        else:
            written.append(piece)
            column += len(piece)
        blank_before = piece == " "
    return "".join(written)


def _literal(text: str, _column: int, indent: int) -> str:
    """A block that keeps its lines; a hint tells its indentation when it begins with a blank or an empty line."""
    body = text.rstrip("\n")
    breaks = len(text) - len(body)
    hint = "2" if text[0] in " \n" else ""
    mark = "-" if breaks == 0 else "" if breaks == 1 and body else "+"
    lines = body.split("\n") + [""] * (breaks - 1) if body else [""] * breaks
    return "\n".join([f"|{hint}{mark}", *(" " * indent + line if line else "" for line in lines)])
