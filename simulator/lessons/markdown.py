"""Markdown as styled lines for a terminal: headings, paragraphs, lists and blocks; without colour, nearly the text as it was written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from itertools import groupby

from simulator.views.styled import Line, Part

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
INLINE = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<strong>[^*]+)\*\*|\*(?P<emphasis>[^*\s][^*]*)\*")
BULLET = re.compile(r"(?P<bullet>- |\d+\. )")
STYLES = {"code": "cyan", "strong": "bold", "emphasis": "italic"}
MARGIN = "    "
WIDEST = 96
"""Longer lines are tiring to read."""


def lines(text: str, width: int, margin: str = "") -> list[Line]:
    """A Markdown text in lines of at most `width` columns; blocks keep their own lines."""
    width, at = min(width, WIDEST), 0
    result: list[Line] = []
    for fence in [*FENCE.finditer(text), None]:
        for chunk in text[at : fence.start() if fence else len(text)].split("\n\n"):
            if chunk.strip():
                result += [*_chunk(chunk.strip("\n"), width, margin), []]
        if fence is not None:
            result += [*_block(fence["info"], fence["text"], margin), []]
            at = fence.end()
    return result[:-1]


def _chunk(chunk: str, width: int, margin: str) -> Iterator[Line]:
    """A heading, a paragraph, a list or a table, or several of them without a blank line between them."""
    for kind, members in groupby(_items(chunk.splitlines()), lambda item: item[0]):
        items = [item for _, item in members]
        if kind == "table":
            yield from ([Part(f"{margin}{row}")] for row in _aligned(items))
            continue
        for item in items:
            if kind == "heading":
                yield [Part(margin + item.lstrip("# "), "bold")]
            else:
                bullet = match[0] if (match := BULLET.match(item)) else ""
                yield from _wrapped(item[len(bullet) :], width, margin, bullet)


def _aligned(rows: list[str]) -> Iterator[str]:
    """The rows of a table in columns; the row of hyphens becomes a line."""
    table = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    widths = [max(len(cell) for cell in column if cell.strip("-")) for column in zip(*table, strict=False)]
    for cells in table:
        is_line = not "".join(cells).strip("-")
        yield "  ".join("─" * width if is_line else f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=False)).rstrip()


def _items(rows: list[str]) -> list[tuple[str, str]]:
    """Rows by kind; the rows of one paragraph or one entry of a list are one item."""
    items: list[tuple[str, str]] = []
    for row in rows:
        kind = "heading" if row.startswith("#") else "table" if row.startswith("|") else "text"
        if kind == "text" and items and items[-1][0] == "text" and not BULLET.match(row):
            items[-1] = ("text", f"{items[-1][1]} {row.strip()}")
        else:
            items.append((kind, row))
    return items


def _wrapped(text: str, width: int, margin: str, bullet: str) -> Iterator[Line]:
    """A paragraph in lines. Words keep their styles across line ends."""
    indent = margin + " " * len(bullet)
    line, column = [Part(margin + bullet)], len(margin + bullet)
    empty = True
    for unit in _units(text):
        length = sum(len(part.text) for part in unit)
        if not empty and column + 1 + length > width:
            yield line
            line, column, empty = [Part(indent)], len(indent), True
        first, *rest = unit
        line += [first if empty else Part(f" {first.text}", first.style), *rest]
        column += length + (not empty)
        empty = False
    yield line


def _units(text: str) -> Iterator[list[Part]]:
    """What stays together on a line: a word with its punctuation. Code is one word, so that it can be copied from one line."""
    unit: list[Part] = []
    for part in _parts(text):
        words = [part.text] if part.style == STYLES["code"] else re.split(r"(\s+)", part.text)
        for word in filter(None, words):
            if not word.isspace():
                unit.append(Part(word, part.style))
            elif unit:
                yield unit
                unit = []
    if unit:
        yield unit


def _parts(text: str) -> Iterator[Part]:
    """The inline styles of a text. Code keeps its backticks: without colour they are all that marks it."""
    at = 0
    for match in INLINE.finditer(text):
        yield Part(text[at : match.start()])
        name = match.lastgroup or ""
        yield Part(match[0] if name == "code" else match[name], STYLES[name])
        at = match.end()
    yield Part(text[at:])


def _block(info: str, text: str, margin: str) -> Iterator[Line]:
    """A fenced block, indented; commands stand out."""
    if title := TITLE.search(info):
        yield [Part(f"{margin}{MARGIN}# {title[1]}", "dim")]
    for row in textwrap.dedent(text).splitlines():
        command = info.startswith("console") and row.startswith("$ ")
        yield [Part(f"{margin}{MARGIN}{row}", "cyan" if command else "")]
