"""Composes the events of the YAML parser into nodes, without recursion and with podsim's own limit of nesting."""

from __future__ import annotations

from typing import Any

import yaml

from simulator.manifest.nodes import PLAIN, QUOTED, MappingNode, Node, ScalarNode, SequenceNode
from simulator.manifest.syntax_errors import SyntaxProblem, control_character, syntax_problem, too_deep, unknown_anchor

MAX_DEPTH = 200
"""The most levels of lists and mappings. The deepest known manifests, CustomResourceDefinitions, have about 40."""
PARSER: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
"""The parser of libyaml, or PyYAML's own, which is slower and words some mistakes differently."""


class NotYAML(Exception):
    """A text that cannot be parsed."""

    def __init__(self, problem: SyntaxProblem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def compose(text: str) -> Node | None:
    """The first document of a text; None when there is none. Nothing after its end is read.

    Raises NotYAML.
    """
    try:
        parser = PARSER(text)
        parser.get_event()  # the start of the stream
        return None if isinstance(parser.get_event(), yaml.StreamEndEvent) else _document(parser)
    except yaml.YAMLError as error:
        raise NotYAML(syntax_problem(error, text)) from error
    except UnicodeEncodeError as error:
        raise NotYAML(control_character(text)) from error


def _document(parser: Any) -> Node:
    """The document whose start has been read. `parts` holds the finished nodes of each collection in `unfinished`, and the document's."""
    anchors: dict[str, Node] = {}
    unfinished: list[SequenceNode | MappingNode] = []
    parts: list[list[Node]] = [[]]
    while True:
        event = parser.get_event()
        kind = type(event)
        if kind is yaml.DocumentEndEvent:
            return parts[0][0]
        if kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            _finish(unfinished.pop(), parts.pop())
            continue
        mark = event.start_mark
        if kind is yaml.AliasEvent:
            if event.anchor not in anchors:
                raise NotYAML(unknown_anchor(event.anchor, mark.line, mark.column))
            parts[-1].append(anchors[event.anchor])
            continue
        node: Node
        if kind is yaml.ScalarEvent:
            node = ScalarNode(_tag(event), event.value, mark.line, mark.column)
            parts[-1].append(node)
        else:
            if len(unfinished) == MAX_DEPTH:
                raise NotYAML(too_deep(mark.line))
            node = (MappingNode if kind is yaml.MappingStartEvent else SequenceNode)(mark.line, mark.column)
            parts[-1].append(node)
            unfinished.append(node)
            parts.append([])
        if event.anchor is not None:
            anchors[event.anchor] = node


def _tag(event: Any) -> str:
    if event.tag is not None and event.tag != "!":
        return str(event.tag)
    return PLAIN if event.implicit[0] else QUOTED


def _finish(node: SequenceNode | MappingNode, parts: list[Node]) -> None:
    if isinstance(node, SequenceNode):
        node.items = parts
    else:
        node.pairs = list(zip(parts[::2], parts[1::2], strict=True))
