"""Changes single values in the text of a YAML file; comments and layout stay as they are. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from simulator.manifest.compose import PARSER
from simulator.scenario.write import flow

Path = Sequence[str | int]
"""The way to a value: keys and indexes; an index behind the last item appends."""


def roots(text: str) -> list[yaml.Node | None]:
    """The documents of a file as nodes; none when it is not valid YAML."""
    try:
        return list(yaml.compose_all(text, Loader=PARSER))
    except yaml.YAMLError:
        return []


def node_at(node: yaml.Node | None, path: Path) -> yaml.Node | None:
    """The node at a path; None: there is none."""
    for step in path:
        node = _child(node, step)
    return node


def text_at(node: yaml.Node | None, path: Path) -> str | None:
    """The scalar at a path as it is written, without quotes; None: there is none."""
    scalar = node_at(node, path)
    return scalar.value if isinstance(scalar, yaml.ScalarNode) else None


def items(node: yaml.Node | None, path: Path) -> list[yaml.Node]:
    """The items of the list at a path."""
    sequence = node_at(node, path)
    return sequence.value if isinstance(sequence, yaml.SequenceNode) else []


def put(text: str, document: int, path: Path, value: Any) -> str:
    """The text with another value at a path of one of its documents; what is missing on the way is added."""
    documents = roots(text)
    if document >= len(documents):
        return f"{text.rstrip()}\n{flow(_nested(path, value))}\n"
    node, rest = documents[document], list(path)
    while rest and (child := _child(node, rest[0])) is not None:
        node = child
        rest.pop(0)
    assert node is not None
    begin, end = node.start_mark.index, node.end_mark.index
    if isinstance(node, yaml.MappingNode) and rest:
        return _add(text, node, f"{flow(str(rest[0]))}: {flow(_nested(rest[1:], value))}")
    if isinstance(node, yaml.SequenceNode) and rest:
        return _add(text, node, flow(_nested(rest[1:], value)))
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        end = _last(node).end_mark.index
    # An empty value has no text of its own: a space parts it from its key.
    space = "" if end > begin or text[begin - 1 : begin].isspace() else " "
    return f"{text[:begin]}{space}{flow(_nested(rest, value))}{text[end:]}"


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item: yaml.Node = node.value[step]
        return item
    return None


def _nested(path: Path, value: Any) -> Any:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _add(text: str, node: yaml.CollectionNode, entry: str) -> str:
    """The text with one more entry at the end of a collection."""
    if node.flow_style:
        end = node.end_mark.index - 1
        if not node.value:
            return f"{text[:end].rstrip()}{entry}{text[end:]}"
        behind = _last(node).end_mark.index
        return f"{text[:behind]}, {entry}{text[behind:]}"
    last = _last(node)
    behind = last.end_mark.index
    if text[behind - 1 : behind] != "\n":
        line_end = text.find("\n", behind)
        behind = len(text) if line_end < 0 else line_end + 1
    before = text[:behind] if text[:behind].endswith("\n") else f"{text[:behind]}\n"
    dash = "- " if isinstance(node, yaml.SequenceNode) else ""
    return f"{before}{' ' * node.start_mark.column}{dash}{entry}\n{text[behind:]}"


def _last(node: yaml.Node) -> yaml.Node:
    """The last node inside a node whose end is known exactly: a scalar, or a collection in brackets."""
    if isinstance(node, yaml.ScalarNode) or not node.value:
        return node
    last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return last if isinstance(last, yaml.CollectionNode) and last.flow_style else _last(last)
