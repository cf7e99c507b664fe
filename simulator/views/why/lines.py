"""The tree of causes as indented lines that fit a width."""

from __future__ import annotations

import textwrap

from simulator.views.styled import Line, Part
from simulator.views.why.because import Because
from simulator.views.why.words import short_place

INDENT = 2
NARROWEST = 30
HEADS = {"fact": "", "because": "because ", "next": "next: ", "note": ""}
STYLES = {"fact": "bold", "because": "", "next": "cyan", "note": "dim"}


def lines(tree: Because, width: int = 100) -> list[Line]:
    """A line for each cause, wrapped under itself, with its file and line in brackets."""
    return _lines(tree, width, 0)


def _lines(tree: Because, width: int, depth: int) -> list[Line]:
    head, margin = HEADS[tree.role], " " * (INDENT * depth)
    space = max(NARROWEST, width - len(margin))
    place = f"({short_place(tree.place)})" if tree.place else ""
    text = textwrap.wrap(f"{head}{tree.text} {place}".rstrip(), space, subsequent_indent=" " * 4, break_on_hyphens=False) or [""]
    result: list[Line] = [_styled(margin, row, place, tree) for row in text]
    for cause in tree.causes:
        result += _lines(cause, width, depth + 1)
    return result


def _styled(margin: str, row: str, place: str, tree: Because) -> Line:
    if place and row.endswith(place):
        return [Part(margin), Part(row[: -len(place)], STYLES[tree.role]), Part(place, "dim")]
    return [Part(margin), Part(row, STYLES[tree.role])]
