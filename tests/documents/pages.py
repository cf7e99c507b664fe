"""The documents of the project: their blocks, their links, their prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.conftest import ROOT

TOP = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md", "CHANGELOG.md")
FOLDERS = ("docs", "scenarios", ".github")
FENCE = re.compile(r"^```(?P<language>\w*)(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')
CODE = re.compile(r"(`+)(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)", re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block. `title` is the file that it shows, if it names one."""

    line: int
    language: str
    title: str
    text: str


def pages() -> list[str]:
    """All documents, as paths from the root of the project."""
    below = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))
    return [*TOP, *sorted(str(path.relative_to(ROOT)) for path in below)]


def read(page: str) -> str:
    """The text of a document."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a document, in order."""
    for match in FENCE.finditer(text):
        yield _block(match)


def with_blocks(text: str, rewrite: Callable[[Block], str]) -> str:
    """The document with the text of each block replaced."""

    def replaced(match: re.Match[str]) -> str:
        return f"```{match['language']}{match['info']}\n{rewrite(_block(match))}```"

    return FENCE.sub(replaced, text)


def _block(match: re.Match[str]) -> Block:
    title = TITLE.search(match["info"])
    return Block(match.string.count("\n", 0, match.start()) + 1, match["language"], title[1] if title else "", match["text"])


def prose(text: str) -> str:
    """A document without its blocks and its inline code: each becomes blanks, so that lines keep their numbers."""
    return CODE.sub(_blank, FENCE.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])


def links(text: str) -> list[str]:
    """The targets of all links outside of code."""
    return [match["target"] for match in LINK.finditer(_without_code(text))]


def _without_code(text: str) -> str:
    # A link's text may be code, so only blocks and code that looks like a link are taken away.
    return re.sub(r"`[^`\n]*\]\([^`\n]*`", _blank, FENCE.sub(_blank, text))


def anchors(text: str) -> set[str]:
    """The names of a document's headings, as GitHub and the site make them."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in HEADING.findall(FENCE.sub(_blank, text))}
