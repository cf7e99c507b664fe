"""The grammar of the part of jq that scripts in manifests use: paths, pipes, comparisons, `select`, literals, a few functions."""

from __future__ import annotations

import json
import re

import msgspec

from simulator.process.problems import NotSimulatedError
from simulator.userland.jq.values import Json

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:\\.|[^"\\])*")|(?P<number>\d+(?:\.\d+)?)|(?P<field>\.[A-Za-z_]\w*)|(?P<name>[$@]?[A-Za-z_][\w:]*)
    |(?P<op>//|==|!=|<=|>=|\.\.|[|,.()\[\]{}<>:?+*/-]))""",
    re.VERBOSE,
)


class Node(msgspec.Struct, frozen=True):
    """A filter: its kind, what it is about (a name, a literal, an operator) and the filters below it."""

    kind: str
    value: Json = None
    below: tuple[Node, ...] = ()


IDENTITY = Node("identity")
_LEVELS = (("//",), ("or",), ("and",), ("==", "!=", "<", "<=", ">", ">="), ("+", "-"), ("*", "/"))


def parse_filter(text: str) -> Node:
    """The filter that a text says. Raises NotSimulatedError for what is not understood."""
    parser = _Parser(text)
    filter_ = parser.pipe()
    if parser.tokens:
        raise NotSimulatedError(f"the filter {text!r}")
    return filter_


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[tuple[str, str]] = []
        at, stop = 0, len(text.rstrip())
        while at < stop:
            match = _TOKEN.match(text, at)
            if match is None or match.lastgroup is None:
                raise NotSimulatedError(f"the filter {text!r}")
            self.tokens.append((match.lastgroup, match[match.lastgroup]))
            at = match.end()

    def at(self, *words: str) -> bool:
        return bool(self.tokens) and self.tokens[0][1] in words and self.tokens[0][0] in ("op", "name")

    def take(self, word: str = "") -> str:
        if not self.tokens or (word and self.tokens[0][1] != word):
            raise NotSimulatedError(f"the filter {self.text!r}")
        return self.tokens.pop(0)[1]

    def pipe(self) -> Node:
        left = self.comma()
        while self.at("|"):
            self.take()
            left = Node("pipe", None, (left, self.comma()))
        return left

    def comma(self) -> Node:
        left = self.operator(0)
        while self.at(","):
            self.take()
            left = Node("comma", None, (left, self.operator(0)))
        return left

    def operator(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self.postfix()
        left = self.operator(level + 1)
        while self.at(*_LEVELS[level]):
            left = Node("operator", self.take(), (left, self.operator(level + 1)))
        return left

    def postfix(self) -> Node:
        node = self.term()
        while self.tokens:
            kind, text = self.tokens[0]
            if kind == "field":
                self.take()
                node = Node("get", None, (node, Node("literal", text[1:])))
            elif text == "[" and kind == "op":
                node = self.index(node)
            elif text == "." and len(self.tokens) > 1 and self.tokens[1][1][:1] in ('"', "["):
                self.take()
                if self.tokens[0][0] == "string":
                    node = Node("get", None, (node, Node("literal", json.loads(self.take()))))
            elif text == "?" and kind == "op":
                self.take()
                node = Node("try", None, (node,))
            else:
                break
        return node

    def index(self, node: Node) -> Node:
        self.take("[")
        if self.at("]"):
            self.take()
            return Node("each", None, (node,))
        inside = self.pipe()
        self.take("]")
        return Node("get", None, (node, inside))

    def term(self) -> Node:
        if not self.tokens:
            raise NotSimulatedError(f"the filter {self.text!r}")
        kind, text = self.tokens[0]
        if kind == "field":
            return IDENTITY
        self.take()
        if kind in ("string", "number"):
            return Node("literal", json.loads(text))
        if kind == "name":
            return self.call(text)
        if text == ".":
            if self.tokens and self.tokens[0][0] == "string":
                return Node("get", None, (IDENTITY, Node("literal", json.loads(self.take()))))
            return IDENTITY
        if text == "-":
            return Node("operator", "-", (Node("literal", 0), self.postfix()))
        if text in ("(", "["):
            inside = IDENTITY if text == "[" and self.at("]") else self.pipe()
            empty = inside is IDENTITY and text == "[" and self.at("]")
            self.take(")" if text == "(" else "]")
            if text == "(":
                return inside
            return Node("literal", []) if empty else Node("list", None, (inside,))
        raise NotSimulatedError(f"the filter {self.text!r}")

    def call(self, name: str) -> Node:
        if name in ("true", "false", "null"):
            return Node("literal", json.loads(name))
        arguments: list[Node] = []
        if self.at("("):
            self.take()
            arguments.append(self.pipe())
            self.take(")")
        return Node("call", name, tuple(arguments))
