"""YAML and JSON streams cut into documents, each a plain JSON value that remembers where its parts stood."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser

from simulator.manifest.places import Places
from simulator.manifest.scalars import PLAIN, QUOTED, resolve

_SEPARATOR = re.compile(r"^---(.*)(?:\n|\Z)", re.MULTILINE)
MAX_NODES = 1_000_000
"""More than any real manifest has: beyond it, aliases of aliases have been used as a bomb."""
MERGE = "<<"


@dataclass(frozen=True)
class Broken:
    """A document that cannot be read: where (from 1, in the file), what is wrong, and what kubectl says about it."""

    line: int
    column: int
    message: str
    kubectl: str


@dataclass(frozen=True)
class Document:
    """One document of a stream, and the keys that it names twice (of which the last one counts)."""

    value: Any
    places: Places
    repeated: list[tuple[str, int, int]] = field(default_factory=list)


class _Parser(CParser):
    """libyaml's parser; tags are left for `scalars.resolve`."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> str:
        return PLAIN if implicit is True or (implicit and implicit[0]) else QUOTED

    def descend_resolver(self, *_: Any) -> None: ...

    def ascend_resolver(self, *_: Any) -> None: ...


class _Unreadable(Exception):
    def __init__(self, message: str, node: yaml.Node | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def documents(text: str) -> Iterator[Document | Broken]:
    """The documents of a stream, empty ones left out. Nothing is read behind a broken one: its end is unknown."""
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
    """JSON objects one after the other; what is no JSON may still be YAML."""
    decoder, at, found = json.JSONDecoder(), 0, []
    try:
        while rest := text[at:].lstrip():
            at = len(text) - len(rest)
            value, end = decoder.raw_decode(text, at)
            found.append((value, text[at:end], text.count("\n", 0, at)))
            at = end
    except ValueError:
        yield from _yaml_documents(text)
        return
    for value, chunk, line in found:
        document = _parsed(chunk, line)
        yield document if isinstance(document, Document) else Document(value, Places(None, line))


def _parsed(chunk: str, line: int) -> Document | Broken | None:
    """The document in `chunk`, which begins on `line` (from 0) of its file; None when it is empty."""
    try:
        # What stands behind the end of the first document is not looked at.
        parser = _Parser(chunk)
        node = parser.get_node() if parser.check_node() else None
        if node is None:
            return None
        reader = _Reader()
        value = reader.value(node)
    except yaml.YAMLError as error:
        return _broken(error, chunk, line)
    except _Unreadable as error:
        mark = error.node.start_mark if error.node is not None else None
        place = (line + mark.line + 1, mark.column + 1) if mark else (line + 1, 1)
        return Broken(*place, error.message, f"error converting YAML to JSON: yaml: {error.message}")
    except RecursionError:
        return Broken(line + 1, 1, "nested too deeply", "error converting YAML to JSON: yaml: exceeded max depth of 10000")
    return (
        None if value is None else Document(value, Places(node, line), [(k, line + m.line + 1, m.column + 1) for k, m in reader.repeated])
    )


class _Reader:
    """Turns nodes into values; notes repeated keys."""

    def __init__(self) -> None:
        self.repeated: list[tuple[str, Any]] = []
        self._nodes = 0
        self._open: set[int] = set()

    def value(self, node: yaml.Node) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _Unreadable("document contains excessive aliasing")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise _Unreadable("anchor value contains itself", node)
        self._open.add(id(node))
        value = [self.value(item) for item in node.value] if isinstance(node, yaml.SequenceNode) else self._mapping(node)
        self._open.discard(id(node))
        return value

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        try:
            value = resolve(node.tag, node.value)
        except ValueError as error:
            raise _Unreadable(str(error), node) from error
        if isinstance(value, float) and not math.isfinite(value):
            raise _Unreadable(f"json: unsupported value: {go_value(value)}", node)
        return value

    def _mapping(self, node: yaml.Node) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if isinstance(key_node, yaml.ScalarNode) and key_node.tag == PLAIN and key_node.value == MERGE:
                merged.update(self._merge(value_node))
                continue
            key = self._key(key_node)
            if key in own:
                self.repeated.append((key, key_node.start_mark))
            own[key] = self.value(value_node)
        return {**merged, **own} if merged else own

    def _merge(self, node: yaml.Node) -> dict[str, Any]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        if not all(isinstance(part, yaml.MappingNode) for part in parts):
            raise _Unreadable("map merge requires map or sequence of maps as the value", node)
        return {key: value for part in reversed(parts) for key, value in self.value(part).items()}

    def _key(self, node: yaml.Node) -> str:
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


def _broken(error: yaml.YAMLError, chunk: str, line: int) -> Broken:
    """What libyaml complained about, with the line in the file and the line that kubectl names."""
    if not isinstance(error, yaml.MarkedYAMLError):
        position = getattr(error, "position", 0)
        message = getattr(error, "reason", None) or str(error)
        return Broken(line + chunk.count("\n", 0, position) + 1, 1, message, f"error converting YAML to JSON: yaml: {message}")
    problem = _reworded(error, chunk)
    mark = error.problem_mark or error.context_mark
    at = mark.line if mark else 0
    # The scanner's line counts from 1 in kubectl's message, the parser's from 0 (goyaml.v2's `fail`).
    told = at + 1 if isinstance(error, yaml.scanner.ScannerError) and at else at
    where = f"line {told}: " if told else ""
    return Broken(
        line + at + 1,
        mark.column + 1 if mark else 1,
        f"{error.context}: {problem}" if error.context else problem,
        f"error converting YAML to JSON: yaml: {where}{problem}",
    )


def _reworded(error: yaml.MarkedYAMLError, chunk: str) -> str:
    """libyaml's sentence; PyYAML has its own for an alias without an anchor."""
    problem = str(error.problem)
    if problem == "found undefined alias" and error.problem_mark:
        name = chunk.splitlines()[error.problem_mark.line][error.problem_mark.column + 1 :]
        word = name.split()[0].rstrip(",]}") if name.split() else ""
        return f"unknown anchor '{word}' referenced"
    return problem
