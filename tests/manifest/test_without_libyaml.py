"""A PyYAML without libyaml, as in the browser: the same values at the same places, and the same sentences for usual mistakes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from simulator.manifest import compose
from simulator.manifest.documents import Broken, Document, documents
from simulator.manifest.nodes import MappingNode, Node, SequenceNode
from simulator.manifest.syntax_errors import NOT_YAML
from tests.conftest import ROOT
from tests.manifest.test_syntax_errors import ROWS

FILES = sorted([*(ROOT / "scenarios").rglob("*.yaml"), *(ROOT / "tests" / "views" / "page").rglob("*.yaml")])
OTHERWISE = {
    "a: *x,",  # a name may have a comma
    "a: plain\n\ttab: x",  # a tab is white space
    "%YAML 12345678901.2\n---\na",
    "a: !%ff b",
    "a: !%c3%28 b",
    "a: !<%zz> b",
    'a: "\\ud800"',
    "[a:]b",
    "a: >\n\tb",
    "%FOO x\n---\na",
}
"""Mistakes that PyYAML's own parser finds elsewhere, or does not find."""


def read(text: str, parser: Any, monkeypatch: pytest.MonkeyPatch) -> list[Document | Broken]:
    monkeypatch.setattr(compose, "PARSER", parser)
    return list(documents(text))


def places(node: Node | None) -> Any:
    if isinstance(node, MappingNode):
        return [(places(key), places(value)) for key, value in node.pairs]
    if isinstance(node, SequenceNode):
        return [places(item) for item in node.items]
    return None if node is None else (node.line, node.column)


def test_values_and_places_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for file in FILES:
        text = file.read_text("utf-8")
        with_it, without = (read(text, parser, monkeypatch) for parser in (yaml.CBaseLoader, yaml.BaseLoader))
        assert len(with_it) == len(without) > 0, file
        for ours, theirs in zip(with_it, without, strict=True):
            assert isinstance(ours, Document)
            assert isinstance(theirs, Document)
            assert (ours.value, ours.repeated, places(ours.places.node)) == (theirs.value, theirs.repeated, places(theirs.places.node)), (
                file
            )


@pytest.mark.parametrize("text", [row[0] for row in ROWS if row[0] not in OTHERWISE])
def test_a_mistake_is_at_the_same_line(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it, without = (read(text, parser, monkeypatch)[-1] for parser in (yaml.CBaseLoader, yaml.BaseLoader))
    assert isinstance(with_it, Broken)
    assert isinstance(without, Broken)
    # At the end of the text, one of them counts the line that would follow.
    assert abs(with_it.line - without.line) <= (1 if with_it.line > text.count("\n") else 0)


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c\n",
        "a: [1\nb: 2\n",
        "a: {b\nc: 1\n",
        "- a\nb: 1\n",
        "a:\n\tb: 1\n",
        "a: 'x\n",
        "a:\n  b: 1\n c: 2\n",
        "a: @x\n",
        "a: - b\n",
        "a\nb: c\n",
    ],
)
def test_usual_mistakes_have_the_same_sentence(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_it, without = (read(text, parser, monkeypatch)[-1] for parser in (yaml.CBaseLoader, yaml.BaseLoader))
    assert with_it == without
    assert isinstance(without, Broken)
    assert NOT_YAML not in without.message
