"""The position at which Go's base64 decoder stops (encoding/base64, StdEncoding, padding required)."""

from __future__ import annotations

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
_BREAKS = "\r\n"


def corrupt_at(text: str) -> int | None:
    """N of Go's message `illegal base64 data at input byte N`; None when the text is valid. Line breaks are skipped."""
    at = have = 0
    while at < len(text):
        letter = text[at]
        if letter in _BREAKS:
            at += 1
        elif letter in _ALPHABET:
            at, have = at + 1, (have + 1) % 4
        else:
            return _padding(text, at, have) if letter == "=" else at
    # An unfinished group is reported at its first letter.
    return len(text) - have if have else None


def _padding(text: str, at: int, have: int) -> int | None:
    """Padding begins at `at` after `have` letters of its group: it must fill the group and end the text."""
    if have < 2:
        return at
    rest = at + 1
    if have == 2:
        while rest < len(text) and text[rest] in _BREAKS:
            rest += 1
        if rest == len(text):
            return len(text)
        if text[rest] != "=":
            return rest - 1
        rest += 1
    while rest < len(text) and text[rest] in _BREAKS:
        rest += 1
    return rest if rest < len(text) else None
