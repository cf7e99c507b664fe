"""jq: paths, pipes, `select`, comparisons and a few functions. Whatever is more is named as not simulated."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from simulator.errors import SimulatorError
from simulator.process.effects import Call, Program
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.jq.syntax import Node, parse_filter
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, inputs, out


class JqError(SimulatorError):
    """The filter does not fit the value, in jq's words: printed, status 5."""


def results(node: Node, value: Any) -> Iterator[Any]:
    """Every answer of a filter to one value. Raises JqError, NotSimulatedError."""
    yield from _KINDS[node.kind](node, value)


def _truth(value: Any) -> bool:
    return value is not None and value is not False


def _pipe(node: Node, value: Any) -> Iterator[Any]:
    for middle in results(node.below[0], value):
        yield from results(node.below[1], middle)


def _comma(node: Node, value: Any) -> Iterator[Any]:
    for below in node.below:
        yield from results(below, value)


def _get(node: Node, value: Any) -> Iterator[Any]:
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


def _each(node: Node, value: Any) -> Iterator[Any]:
    for holder in results(node.below[0], value):
        if not isinstance(holder, dict | list):
            raise JqError(f"Cannot iterate over {kind_of(holder)}")
        yield from holder.values() if isinstance(holder, dict) else holder


def _try(node: Node, value: Any) -> Iterator[Any]:
    try:
        yield from results(node.below[0], value)
    except JqError:
        return


def _operator(node: Node, value: Any) -> Iterator[Any]:
    op = node.value
    if op == "//":
        good = list(filter(_truth, _try(Node("try", None, node.below[:1]), value)))
        yield from good or results(node.below[1], value)
        return
    for left in results(node.below[0], value):
        if op in ("and", "or") and _truth(left) == (op == "or"):
            yield op == "or"
            continue
        for right in results(node.below[1], value):
            yield _truth(right) if op in ("and", "or") else _operate(op, left, right)


_ORDER = ("null", "boolean", "number", "string", "array", "object")


def kind_of(value: Any) -> str:
    """The name of a value's type."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def _rank(value: Any) -> tuple[Any, ...]:
    kind = kind_of(value)
    return (_ORDER.index(kind), value if kind in ("boolean", "number", "string") else json.dumps(value, sort_keys=True))


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: _rank(a) == _rank(b),
    "!=": lambda a, b: _rank(a) != _rank(b),
    "<": lambda a, b: _rank(a) < _rank(b),
    "<=": lambda a, b: _rank(a) <= _rank(b),
    ">": lambda a, b: _rank(a) > _rank(b),
    ">=": lambda a, b: _rank(a) >= _rank(b),
}


def _operate(op: str, left: Any, right: Any) -> Any:
    if op in _COMPARE:
        return _COMPARE[op](left, right)
    if op == "+" and (left is None or right is None):
        return right if left is None else left
    kinds = {kind_of(left), kind_of(right)}
    if kinds == {"number"} and not (op == "/" and right == 0):
        value = {"+": left + right, "-": left - right, "*": left * right}[op] if op != "/" else left / right
        return int(value) if float(value).is_integer() else value
    if op == "+" and kinds in ({"string"}, {"array"}):
        return left + right
    raise JqError(f"{kind_of(left)} and {kind_of(right)} cannot be combined with {op}")


def _list(node: Node, value: Any) -> Iterator[Any]:
    yield list(results(node.below[0], value))


def _length(value: Any) -> int:
    return 0 if value is None else len(value) if isinstance(value, str | list | dict) else abs(value)


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "length": _length,
    "keys": lambda v: sorted(v) if isinstance(v, dict) else list(range(len(v))),
    "not": lambda v: not _truth(v),
    "any": lambda v: any(map(_truth, v)),
    "all": lambda v: all(map(_truth, v)),
    "first": lambda v: v[0] if v else None,
    "last": lambda v: v[-1] if v else None,
    "add": lambda v: _sum(v),
    "type": kind_of,
    "tostring": lambda v: v if isinstance(v, str) else json.dumps(v, separators=(",", ":")),
    "tonumber": lambda v: json.loads(v) if isinstance(v, str) else v,
    "sort": lambda v: sorted(v, key=_rank),
    "unique": lambda v: _unique(sorted(v, key=_rank)),
    "ascii_downcase": lambda v: v.lower(),
    "ascii_upcase": lambda v: v.upper(),
    "@base64d": lambda v: _decoded(v),
}
_TAKING: dict[str, Callable[[Any, Any], Any]] = {
    "has": lambda v, a: a in v if isinstance(v, dict) else 0 <= a < len(v),
    "startswith": lambda v, a: v.startswith(a),
    "endswith": lambda v, a: v.endswith(a),
    "contains": lambda v, a: a in v,
    "test": lambda v, a: re.search(a, v) is not None,
    "join": lambda v, a: a.join(str(item) if item is not None else "" for item in v),
    "split": lambda v, a: v.split(a),
}


def _sum(values: list[Any]) -> Any:
    total: Any = None
    for value in values:
        total = _operate("+", total, value)
    return total


def _unique(values: list[Any]) -> list[Any]:
    return [item for at, item in enumerate(values) if at == 0 or item != values[at - 1]]


def _decoded(text: str) -> str:
    from base64 import b64decode

    return b64decode(text).decode("utf-8", "surrogateescape")


def _call(node: Node, value: Any) -> Iterator[Any]:
    name = node.value
    try:
        if name == "empty":
            return
        if name == "select" and node.below:
            yield from (value for test in results(node.below[0], value) if _truth(test))
        elif name == "map" and node.below:
            yield [item for element in value for item in results(node.below[0], element)]
        elif name in ("any", "all") and node.below:
            answers = [_truth(test) for element in value for test in results(node.below[0], element)]
            yield any(answers) if name == "any" else all(answers)
        elif name in _PLAIN and not node.below:
            yield _PLAIN[name](value)
        elif name in _TAKING and node.below:
            yield from (_TAKING[name](value, argument) for argument in results(node.below[0], value))
        else:
            raise NotSimulatedError(f"the function {name}")
    except (AttributeError, TypeError, ValueError, LookupError, re.error) as error:
        raise JqError(f"{kind_of(value)} cannot be used with {name}") from error


_KINDS: dict[str, Callable[[Node, Any], Iterator[Any]]] = {
    "identity": lambda _, value: iter((value,)),
    "literal": lambda node, _: iter((node.value,)),
    "pipe": _pipe,
    "comma": _comma,
    "get": _get,
    "each": _each,
    "try": _try,
    "operator": _operator,
    "list": _list,
    "call": _call,
}


def jq(call: Call) -> Gen:
    """`jq [-r] [-e] [-c] [-s] [-n] filter [file ...]`: 5 when the filter does not fit, 1 under -e when the last answer is false or null."""
    letters = long_options("raw-output=r exit-status=e compact-output=c monochrome-output=M join-output=j slurp=s null-input=n tab=T")
    chosen = options(call.argv[1:], "recMSjsnTC", "", letters)
    if not chosen.rest:
        raise UsageError("no filter", 2)
    wanted = parse_filter(chosen.rest[0])
    found, status = ([("", "null")], 0) if "n" in chosen else (yield from inputs(call, chosen.rest[1:]))
    last: Any = None
    try:
        documents = [document for _, text in found for document in _documents(text)]
        for document in [documents] if "s" in chosen else documents:
            for last in results(wanted, document):
                yield from out(_shown(last, raw="r" in chosen or "j" in chosen, compact="c" in chosen) + ("" if "j" in chosen else "\n"))
    except json.JSONDecodeError as error:
        return (yield from complain(call, f"error (at <stdin>:{error.lineno}): {error.msg}", 5))
    except (JqError, RecursionError) as error:
        return (yield from complain(call, f"error (at <stdin>:0): {error}", 5))
    if "e" in chosen and not _truth(last):
        return 1
    return 2 if status else 0


def _documents(text: str) -> list[Any]:
    """All JSON texts, one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


def _shown(value: Any, *, raw: bool, compact: bool) -> str:
    if raw and isinstance(value, str):
        return value
    return json.dumps(value, indent=None if compact else 2, separators=(",", ":") if compact else None, ensure_ascii=False)


COMMANDS: dict[str, Program] = {"jq": jq}
