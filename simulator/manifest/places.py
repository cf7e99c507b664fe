"""The places of fields in a file."""

from __future__ import annotations

import re
from typing import NamedTuple

from simulator.manifest.nodes import MappingNode, Node, ScalarNode, SequenceNode

_STEP = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")


class Place(NamedTuple):
    """A line and a column, from 1."""

    line: int
    column: int


class Places:
    """Looks up fields of one object by Kubernetes' field paths: `spec.containers[0].image`, `data[a.b]`.

    `node` is the object's YAML node (None: unknown), `line` the number of lines before its document.
    """

    def __init__(self, node: Node | None, line: int) -> None:
        self._node = node
        self._line = line

    @property
    def node(self) -> Node | None:
        """The object's YAML node; None: unknown."""
        return self._node

    @property
    def offset(self) -> int:
        """The number of lines before the object's document."""
        return self._line

    def __call__(self, path: str = "") -> Place:
        """The place of a field, or of its nearest parent in the file."""
        node = at = self._node
        for index, name in _STEP.findall(path):
            child = _child(node, index or name)
            if child is None:
                break
            at, node = child
        return Place(self._line + at.line + 1, at.column + 1) if at else Place(self._line + 1, 1)

    def item(self, index: int) -> Places:
        """The places of one object of a List."""
        items = _child(self._node, "items")
        inner = _child(items[1], str(index)) if items else None
        return Places(inner[1] if inner else self._node, self._line)


def _child(node: Node | None, step: str) -> tuple[Node, Node] | None:
    """The node that marks the place of a field or an item, and its value."""
    if isinstance(node, MappingNode):
        pairs = [(key, value) for key, value in node.pairs if isinstance(key, ScalarNode) and key.text == step]
        return pairs[-1] if pairs else None
    if isinstance(node, SequenceNode) and step.isdigit() and int(step) < len(node.items):
        item = node.items[int(step)]
        return item, item
    return None
