"""How each kind of filter makes answers of a value: any number of them, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from simulator.process.problems import NotSimulatedError
from simulator.userland.jq.functions import OF_VALUE, WITH_ARGUMENT
from simulator.userland.jq.syntax import Node
from simulator.userland.jq.values import JqError, Json, kind_of, operate, truth


def results(node: Node, value: Json) -> Iterator[Json]:
    """Every answer of a filter to one value. Raises JqError, NotSimulatedError."""
    yield from _KINDS[node.kind](node, value)


def _identity(_: Node, value: Json) -> Iterator[Json]:
    yield value


def _literal(node: Node, _: Json) -> Iterator[Json]:
    yield node.value


def _pipe(node: Node, value: Json) -> Iterator[Json]:
    for middle in results(node.below[0], value):
        yield from results(node.below[1], middle)


def _comma(node: Node, value: Json) -> Iterator[Json]:
    for below in node.below:
        yield from results(below, value)


def _get(node: Node, value: Json) -> Iterator[Json]:
    """`.key`, `.[index]`: null for what is absent, and of null itself."""
    for holder in results(node.below[0], value):
        for key in results(node.below[1], value):
            if holder is None:
                yield None
            elif isinstance(holder, dict) and isinstance(key, str):
                yield holder.get(key)
            elif isinstance(holder, list) and isinstance(key, int | float) and not isinstance(key, bool):
                yield holder[int(key)] if -len(holder) <= int(key) < len(holder) else None
            else:
                raise JqError(f"Cannot index {kind_of(holder)} with {json.dumps(key) if isinstance(key, str) else kind_of(key)}")


def _each(node: Node, value: Json) -> Iterator[Json]:
    """`.[]`."""
    for holder in results(node.below[0], value):
        if not isinstance(holder, dict | list):
            raise JqError(f"Cannot iterate over {kind_of(holder)}")
        yield from holder.values() if isinstance(holder, dict) else holder


def _try(node: Node, value: Json) -> Iterator[Json]:
    """`filter?`: the answers up to an error."""
    try:
        yield from results(node.below[0], value)
    except JqError:
        return


def _operator(node: Node, value: Json) -> Iterator[Json]:
    op = str(node.value)
    if op == "//":
        # All true answers of the left side, its errors aside; the right side only when there is none.
        good = list(filter(truth, _try(Node("try", None, node.below[:1]), value)))
        yield from good or results(node.below[1], value)
        return
    for left in results(node.below[0], value):
        if op in ("and", "or") and truth(left) == (op == "or"):
            yield op == "or"
            continue
        for right in results(node.below[1], value):
            yield truth(right) if op in ("and", "or") else operate(op, left, right)


def _list(node: Node, value: Json) -> Iterator[Json]:
    yield list(results(node.below[0], value))


def _call(node: Node, value: Json) -> Iterator[Json]:
    name = str(node.value)
    if name == "empty":
        return
    if name == "select" and node.below:
        yield from (value for test in results(node.below[0], value) if truth(test))
    elif name in ("map", "any", "all") and node.below:
        answers = [item for element in _elements(name, value) for item in results(node.below[0], element)]
        if name == "map":
            yield answers
        else:
            truths = list(map(truth, answers))
            yield any(truths) if name == "any" else all(truths)
    elif name in OF_VALUE and not node.below:
        yield OF_VALUE[name](name, value)
    elif name in WITH_ARGUMENT and node.below:
        yield from (WITH_ARGUMENT[name](name, value, argument) for argument in results(node.below[0], value))
    else:
        raise NotSimulatedError(f"the function {name}")


def _elements(name: str, value: Json) -> list[Json]:
    if isinstance(value, dict):
        return [*value.values()]
    if not isinstance(value, list):
        raise JqError(f"{kind_of(value)} cannot be used with {name}")
    return value


_KINDS: dict[str, Callable[[Node, Json], Iterator[Json]]] = {
    "identity": _identity,
    "literal": _literal,
    "pipe": _pipe,
    "comma": _comma,
    "get": _get,
    "each": _each,
    "try": _try,
    "operator": _operator,
    "list": _list,
    "call": _call,
}
