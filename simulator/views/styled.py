"""Styled text: lines of parts, each with the name of a style. A terminal adds the colour; without it the words alone say everything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Part(NamedTuple):
    """A piece of a line and its style, in rich's words (`bold red`); an empty style is plain."""

    text: str
    style: str = ""


Line = list[Part]


def plain(lines: Iterable[Line]) -> str:
    """Lines as text without colour."""
    return "".join("".join(part.text for part in line).rstrip() + "\n" for line in lines)
