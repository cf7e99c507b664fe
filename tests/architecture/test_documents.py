"""Documents are free of the words that the glossary avoids, and pages of docs/ are in the navigation of the site."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.glossary import WORDS, odd_words
from tests.conftest import ROOT
from tests.documents.pages import pages, prose, read

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("page", pages())
def test_documents(page: str) -> None:
    assert list(odd_words(prose(read(page)))) == []


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_the_text_of_notebooks(file: Path) -> None:
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    assert [odd for text in texts for odd in odd_words(prose(text))] == []


def test_the_comments_of_examples() -> None:
    for folder in ("docs", "scenarios"):
        for file in (ROOT / folder).rglob("*.y*ml"):
            for line in file.read_text(encoding="utf-8").splitlines():
                assert list(odd_words(line.partition("#")[2])) == [], file


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("fine\nIt is told that", ["line 2: 'told': say report, print, show, list"]),
        ("What stands in a Scenario", ["line 1: 'stands in': say is in, goes in"]),
        ("A stand-in is a Stand-In. Storytelling, rollouts, background, overplayed.", []),
        ("`nobody` is code; Nobody is not", ["line 1: 'Nobody': say no one, not set, missing, unknown"]),
    ],
)
def test_what_is_odd(text: str, odd: list[str]) -> None:
    assert list(odd_words(prose(text))) == odd


def test_every_word_has_an_alternative() -> None:
    assert all(word.pattern and word.instead for word in WORDS)


def listed(navigation: list[Any]) -> list[str]:
    """The files of a navigation, sections included."""
    values = [value for entry in navigation for value in (entry.values() if isinstance(entry, dict) else [entry])]
    return [name for value in values for name in (listed(value) if isinstance(value, list) else [value])]


def test_every_page_is_in_the_navigation_once() -> None:
    names = listed(tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"])
    docs = ROOT / "docs"
    assert sorted(names) == sorted(str(path.relative_to(docs)) for path in docs.rglob("*.md"))
