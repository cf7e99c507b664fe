"""Styled text: lines of parts, each with the name of a style. A terminal adds the colour; without it the words alone say everything."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple


class Part(NamedTuple):
    """A piece of a line and its style, in rich's words (`bold red`); an empty style is plain."""

    text: str
    style: str = ""


Line = list[Part]


def visible(text: str) -> str:
    """Text whose control characters are shown, those that turn the direction of writing included; tabs and ends of lines are kept."""
    return text if text.replace("\n", "").replace("\t", "").isprintable() else text.translate(_shown())


@cache
def _shown() -> dict[int, str]:
    bidirectional = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
    codes = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *bidirectional)
    return {**{code: f"\\u{code:04x}" for code in codes}, 0x1B: "^[", 0x0D: "\\r"}  # ESC and CR as kubectl shows them


def plain(lines: Iterable[Line]) -> str:
    """Lines as text without colour."""
    return "".join(visible("".join(part.text for part in line)).rstrip() + "\n" for line in lines)
