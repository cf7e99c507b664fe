"""The nodes of a YAML document with their places, before scalars are interpreted."""

from __future__ import annotations

import msgspec

PLAIN = "?"
"""The tag of a scalar without quotes and without a tag of its own."""
QUOTED = "!"
"""The tag of a scalar in quotes, or of a block scalar."""


class ScalarNode(msgspec.Struct, eq=False):
    """A word, a number, a text. Line and column count from 0, from the start of the document."""

    tag: str
    text: str
    line: int
    column: int


class SequenceNode(msgspec.Struct, eq=False):
    """A list."""

    line: int
    column: int
    items: list[Node] = msgspec.field(default_factory=list)


class MappingNode(msgspec.Struct, eq=False):
    """A mapping, with its keys in the order in which they are written, repeated ones included."""

    line: int
    column: int
    pairs: list[tuple[Node, Node]] = msgspec.field(default_factory=list)


Node = ScalarNode | SequenceNode | MappingNode
