"""Splits YAML and JSON streams into documents: plain JSON values with the places of their parts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from simulator.manifest.compose import MAX_DEPTH, NotYAML, compose
from simulator.manifest.nodes import PLAIN, MappingNode, Node, ScalarNode, SequenceNode
from simulator.manifest.places import Places
from simulator.manifest.scalars import resolve
from simulator.manifest.syntax_errors import SyntaxProblem, too_deep

_SEPARATOR = re.compile(r"^---(.*)(?:\n|\Z)", re.MULTILINE)
MAX_NODES = 1_000_000
"""More than any real manifest has; beyond it, nested aliases were used as a bomb."""
MERGE = "<<"


class Broken(msgspec.Struct, frozen=True):
    """A document that cannot be read: its line (from 1, in the file), the problem, and kubectl's message."""

    line: int
    column: int
    message: str
    kubectl: str


class Document(msgspec.Struct, frozen=True):
    """One document of a stream, and its repeated keys (of which the last one counts)."""

    value: Any
    places: Places
    repeated: list[tuple[str, int, int]] = msgspec.field(default_factory=list)


class _Unreadable(Exception):
    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def documents(text: str) -> Iterator[Document | Broken]:
    """The documents of a stream, without empty ones. Nothing is read after a broken one: its end is unknown."""
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "{":
        yield from _json_or_yaml(text)
        return
    yield from _yaml_documents(text)


def _yaml_documents(text: str) -> Iterator[Document | Broken]:
    start = line = 0
    for separator in [*_SEPARATOR.finditer(text), None]:
        chunk = text[start : separator.start() if separator else len(text)]
        document = _parsed(chunk, line)
        if document is not None:
            yield document
        if isinstance(document, Broken) or separator is None:
            return
        line += chunk.count("\n") + 1
        start = separator.end()
        behind = separator[1].strip()
        if behind and not behind.startswith("#"):
            message = f"invalid Yaml document separator: {behind}"
            yield Broken(line, 4, message, message)
            return


def _json_or_yaml(text: str) -> Iterator[Document | Broken]:
    """Consecutive JSON objects; None when the text may be YAML instead."""
    decoder, at, values = json.JSONDecoder(parse_constant=_no_constant), 0, []
    try:
        while rest := text[at:].lstrip():
            at = len(text) - len(rest)
            value, end = decoder.raw_decode(text, at)
            values.append((value, text[at:end], text.count("\n", 0, at)))
            at = end
    except (ValueError, RecursionError):
        yield from _yaml_documents(text)
        return
    for value, chunk, line in values:
        document = _parsed(chunk, line)
        yield document if isinstance(document, Document) else _json_only(value, line)


def _no_constant(name: str) -> Any:
    """JSON has no NaN and no Infinity, though Python's reader takes them."""
    raise ValueError(name)


def _json_only(value: Any, line: int) -> Document | Broken:
    """JSON that is no YAML: tabs between tokens, escaped surrogates."""
    return _broken(too_deep(0), line) if _deeper(value, MAX_DEPTH) else Document(value, Places(None, line))


def _deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [inner for item in level for inner in (item.values() if isinstance(item, dict) else item) if isinstance(inner, dict | list)]
        if not level:
            return False
    return True


def _parsed(chunk: str, line: int) -> Document | Broken | None:
    """The document in `chunk`, which begins on `line` (from 0) of its file; None when it is empty."""
    try:
        node = compose(chunk)
        if node is None:
            return None
        reader = _Reader()
        value = reader.value(node)
    except NotYAML as error:
        return _broken(error.problem, line)
    except _Unreadable as error:
        place = (line + error.node.line + 1, error.node.column + 1) if error.node is not None else (line + 1, 1)
        return Broken(*place, error.message, f"error converting YAML to JSON: yaml: {error.message}")
    if value is None:
        return None
    return Document(value, Places(node, line), [(key, line + at.line + 1, at.column + 1) for key, at in reader.repeated])


def _broken(problem: SyntaxProblem, line: int) -> Broken:
    """A problem of the document that begins on `line` (from 0) of its file."""
    return Broken(line + problem.line + 1, problem.column + 1, problem.message, f"error converting YAML to JSON: yaml: {problem.kubectl}")


class _Reader:
    """Converts nodes into values; notes repeated keys and their places."""

    def __init__(self) -> None:
        self.repeated: list[tuple[str, Node]] = []
        self._nodes = 0
        self._open: set[int] = set()

    def value(self, node: Node) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Unreadable("document contains excessive aliasing")
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise _Unreadable("anchor value contains itself", node)
        if len(self._open) == MAX_DEPTH:
            # The text is flat enough, but nested aliases are not.
            raise NotYAML(too_deep(node.line))
        self._open.add(id(node))
        value = [self.value(item) for item in node.items] if isinstance(node, SequenceNode) else self._mapping(node)
        self._open.discard(id(node))
        return value

    def _scalar(self, node: ScalarNode) -> Any:
        try:
            value = resolve(node.tag, node.text)
        except ValueError as error:
            raise _Unreadable(str(error), node) from error
        if isinstance(value, float) and not math.isfinite(value):
            raise _Unreadable(f"json: unsupported value: {go_value(value)}", node)
        return value

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.pairs:
            if isinstance(key_node, ScalarNode) and key_node.tag == PLAIN and key_node.text == MERGE:
                merged.update(self._merge(value_node))
                continue
            key = self._key(key_node)
            if key in own:
                self.repeated.append((key, key_node))
            own[key] = self.value(value_node)
        return {**merged, **own} if merged else own

    def _merge(self, node: Node) -> dict[str, Any]:
        parts = node.items if isinstance(node, SequenceNode) else [node]
        if not all(isinstance(part, MappingNode) for part in parts):
            raise _Unreadable("map merge requires map or sequence of maps as the value", node)
        return {key: value for part in reversed(parts) for key, value in self.value(part).items()}

    def _key(self, node: Node) -> str:
        key = self.value(node)
        if isinstance(key, dict | list):
            raise _Unreadable(f"invalid map key: {go_value(key)}", node)
        if key is None:
            raise _Unreadable("unsupported map key of type: %!s(<nil>), key: %!s(<nil>), value: %!s(<nil>)", node)
        return key if isinstance(key, str) else go_value(key)


def go_value(value: Any) -> str:
    """A decoded YAML value as Go's `%#v` prints it."""
    if value is None:
        return "interface {}(nil)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "map[interface {}]interface {}{" + ", ".join(f"{go_value(k)}:{go_value(v)}" for k, v in sorted(value.items())) + "}"
    if isinstance(value, list):
        return "[]interface {}{" + ", ".join(go_value(item) for item in value) + "}"
    if isinstance(value, float):
        return {"inf": "+Inf", "-inf": "-Inf", "nan": "NaN"}.get(str(value), str(value))
    return json.dumps(value, ensure_ascii=False)
