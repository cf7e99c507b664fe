"""Shell patterns (POSIX 2.13): `*`, `?`, `[a-z]`, `[!x]`, `[[:space:]]`. Quoted characters match themselves."""

from __future__ import annotations

import re
from functools import lru_cache

from simulator.shell.regex.pattern import compiled

Pieces = tuple[tuple[str, bool], ...]
"""A text with its quoting: (text, was it quoted)."""

CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z", "space": r"\s", "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9a-fA-F", "word": r"\w", "print": " -~", "graph": "!-~", "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
_BRACKET = re.compile(r"\[([!^]?+)(\]?+(?:\[:\w+:\]|[^]])*)\]")

_ITEM = re.compile(r"\[:(\w+):\]|(.)-(.)|(.)", re.DOTALL)


def is_pattern(pieces: Pieces) -> bool:
    """Is there anything in it that is not plain text?"""
    return any(not quoted and any(c in "*?[" for c in text) for text, quoted in pieces)


def bracket(body: str, *, falling: bool = True) -> str:
    """The inside of a bracket expression, in the syntax of Python's `re`; without `falling`, ranges such as `z-a` are left out."""
    return "".join(_members(item, falling) for item in _ITEM.finditer(body))


def _members(item: re.Match[str], falling: bool) -> str:
    name, first, last, single = item.groups()
    if name is not None:
        return CLASSES.get(name, "")
    if single is not None:
        return _escaped(single)
    return f"{_escaped(first)}-{_escaped(last)}" if falling or first <= last else ""


def _escaped(character: str) -> str:
    return f"\\{character}" if character in "[]\\^&~|-" else character


@lru_cache(maxsize=1024)
def regex(pieces: Pieces, *, names: bool = False) -> str:
    """The regular expression of a pattern. `names`: no wildcard matches a slash."""
    star, one = ("[^/]*", "[^/]") if names else (".*", ".")
    out: list[str] = []
    for text, quoted in pieces:
        if quoted:
            out.append(re.escape(text))
            continue
        at = 0
        while at < len(text):
            char = text[at]
            match = _BRACKET.match(text, at) if char == "[" else None
            if match:
                inside = bracket(match[2], falling=False)  # no members in a pattern, a mistake in a regular expression
                out.append(f"[{'^' if match[1] else ''}{inside}]" if inside else r"[\s\S]" if match[1] else r"[^\s\S]")
                at = match.end()
                continue
            if char == "\\" and at + 1 < len(text):
                at += 1
                out.append(re.escape(text[at]))
            else:
                out.append({"*": star, "?": one}.get(char, re.escape(char)))
            at += 1
    return "".join(out)


def matches(pieces: Pieces, text: str) -> bool:
    """Does the whole of `text` match?"""
    return compiled(regex(pieces), re.DOTALL).fullmatch(text) is not None
