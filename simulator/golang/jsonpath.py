"""JSONPath templates of client-go (util/jsonpath): `{.items[*].metadata.name}{"\\n"}`, ranges, filters, slices, unions, recursion.

A template is a list of blocks; each block gives a list of values. Missing keys give nothing (AllowMissingKeys).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from simulator.golang.text import go_value, html_safe

Step = Callable[[list[Any]], list[Any]]


class Block(NamedTuple):
    """Plain text (`range` and `end` are empty), a path, or the head of a loop over a path."""

    kind: str
    text: str = ""
    steps: tuple[Step, ...] = ()

    def results(self, value: Any) -> list[Any]:
        """The values of this block in `value`. Raises JSONPathError."""
        return [self.text] if self.kind == "text" else _walk(self.steps, [value])


_PART = re.compile(r"([^{]+)|\{((?:\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|[^}\"'])*)\}")


class JSONPathError(Exception):
    """Why a template cannot be parsed, or cannot be applied to a value: client-go's message."""


class _Unparsable(Exception):
    """Why an expression cannot be parsed."""


def parse_template(template: str) -> list[Block]:
    """The blocks of a template. Raises JSONPathError."""
    try:
        return _blocks(template)
    except _Unparsable as why:
        raise JSONPathError(f"error parsing jsonpath {template}, {why}") from why


def _blocks(template: str) -> list[Block]:
    blocks: list[Block] = []
    position = 0
    while position < len(template):
        part = _PART.match(template, position)
        if part is None:
            raise _Unparsable(_open_end(template[position:]))
        position = part.end()
        if part[1]:
            blocks.append(Block("text", part[1]))
            continue
        expression = part[2].strip()
        if expression == "end":
            blocks.append(Block("end"))
        elif expression.startswith("range"):
            blocks.append(Block("range", steps=_steps(expression.removeprefix("range").strip())))
        else:
            blocks += [Block("text", part) if literal else Block("path", steps=_steps(part)) for part, literal in _parts(expression)]
    return blocks


def _open_end(text: str) -> str:
    """What is not closed in an action that does not end."""
    closed = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", "", text)
    if re.search("[\"']", closed):
        return "unterminated quoted string"
    return "unterminated array" if closed.count("[") > closed.count("]") else "unclosed action"


def relaxed(expression: str) -> str:
    """`metadata.name`, `.metadata.name` and `{.metadata.name}` all mean the last. Raises JSONPathError."""
    match = re.fullmatch(r"\{\.?([^{}]+)\}|\.?([^{}]+)", expression)
    if match is None:
        expected = "a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'"
        raise JSONPathError(f"unexpected path string, expected {expected}")
    return f"{{.{match[1] or match[2]}}}"


def find(template: str, value: Any) -> list[list[Any]]:
    """The values of each block of the template in a JSON value. Raises JSONPathError."""
    return _run(parse_template(template), value)


def render(template: str, value: Any) -> str:
    """The template filled in, as `-o jsonpath` prints it. Raises JSONPathError."""
    return "".join(" ".join(map(_text, results)) for results in find(template, value))


def _text(value: Any) -> str:
    if isinstance(value, dict | list):
        return html_safe(json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False))
    return "null" if value is None else go_value(value)


def _run(blocks: list[Block], value: Any) -> list[list[Any]]:
    values: list[list[Any]] = []
    i = 0
    while i < len(blocks):
        if blocks[i].kind == "range":
            end = _end_of(blocks, i)
            for item in blocks[i].results(value):
                values += _run(blocks[i + 1 : end], item)
            i = end
        elif blocks[i].kind == "end":
            raise JSONPathError("error parsing jsonpath: not in range, nothing to end")
        else:
            values.append(blocks[i].results(value))
        i += 1
    return values


def _end_of(blocks: list[Block], start: int) -> int:
    """Where the loop ends: at its `end`, or with the template when there is none."""
    depth = 0
    for i in range(start, len(blocks)):
        depth += {"range": 1, "end": -1}.get(blocks[i].kind, 0)
        if depth == 0:
            return i
    return len(blocks)


def _walk(steps: tuple[Step, ...], values: list[Any]) -> list[Any]:
    for step in steps:
        values = step(values)
    return values


def _parts(expression: str) -> list[tuple[str, bool]]:
    """The quoted texts and paths of one block."""
    quoted = re.fullmatch(r"\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'", expression)
    if quoted:
        return [(_unescaped(quoted[1] if quoted[1] is not None else quoted[2]), True)]
    return [(expression, False)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), text)


_TOKEN = re.compile(
    r"[$@]|\.\.|\.\*|\*|\.?([\w/-]+(?:\\\.[\w/-]*)*)|\[((?:\?\((?:\"[^\"]*\"|'[^']*'|[^)])*\)|\"[^\"]*\"|'[^']*'|[^\]])*)\]|\.|\s+"
)


def _steps(path: str) -> tuple[Step, ...]:
    steps: list[Step] = []
    position = 0
    while position < len(path):
        token = _TOKEN.match(path, position)
        if token is None:
            raise _Unparsable(f"unrecognized character in action: U+{ord(path[position]):04X} '{path[position]}'")
        position = token.end()
        if token[1] is not None:
            steps.append(_field(token[1].replace("\\.", ".")))
        elif token[2] is not None:
            steps.append(_bracket(token[2].strip()))
        elif token[0] == "..":
            steps.append(_descend)
        elif token[0] in (".*", "*"):
            steps.append(_wildcard)
    return tuple(steps)


def _field(name: str) -> Step:
    return lambda values: [value[name] for value in values if isinstance(value, dict) and name in value]


def _wildcard(values: list[Any]) -> list[Any]:
    return [child for value in values for child in _children(value)]


def _children(value: Any) -> list[Any]:
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else list(value) if isinstance(value, list) else []


def _descend(values: list[Any]) -> list[Any]:
    below = []
    for value in values:
        children = _children(value)
        if children:
            below += [value, *_descend(children)]
    return below


def _bracket(inner: str) -> Step:
    if inner.startswith("?("):
        return _filter(inner[2:-1].strip())
    if inner == "*":
        return _wildcard
    terms = re.findall(r"\"[^\"]*\"|'[^']*'|[^,]+", inner)
    steps = [_field(term.strip()[1:-1].replace("\\.", ".")) if term.strip()[0] in "\"'" else _index(term.strip()) for term in terms]
    return lambda values: [result for step in steps for result in step(values)]


def _index(term: str) -> Step:
    match = re.fullmatch(r"(-?\d*)(:?)(-?\d*)(?::(\d*))?", term)
    if match is None or not term:
        raise _Unparsable(f"invalid array index {term}")
    first, colon, last, stride = match.groups()
    if not colon:
        return lambda values: [_at(value, int(first)) for value in values if isinstance(value, list)]
    bounds = slice(*(int(part) if part else None for part in (first, last, stride)))
    return lambda values: [item for value in values if isinstance(value, list) for item in value[bounds]]


def _at(value: list[Any], index: int) -> Any:
    if not -len(value) <= index < len(value):
        raise JSONPathError(f"array index out of bounds: index {index}, length {len(value)}")
    return value[index]


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
}


def _filter(condition: str) -> Step:
    match = re.fullmatch(r"(.+?)\s*(==|!=|<=|>=|<|>)\s*(.+)", condition)
    left = _operand(match[1] if match else condition)
    right = _operand(match[3]) if match else None
    compare = _COMPARE[match[2]] if match else None

    def passes(item: Any) -> bool:
        lefts = left(item)
        if right is None or compare is None:
            return bool(lefts)
        rights = right(item)
        if not lefts or not rights:
            return False
        try:
            return compare(lefts[0], rights[0])
        except TypeError as error:
            raise JSONPathError("incompatible types for comparison") from error

    return lambda values: [item for value in values if isinstance(value, list) for item in value if passes(item)]


def _operand(text: str) -> Callable[[Any], list[Any]]:
    """One side of a comparison: a constant, or a path from the item."""
    constants = {"true": True, "false": False}
    if text[0] in "\"'":
        return lambda _item: [text[1:-1]]
    if text in constants:
        return lambda _item: [constants[text]]
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return lambda _item: [float(text) if "." in text else int(text)]
    steps = _steps(text)
    return lambda item: _walk(steps, [item])
