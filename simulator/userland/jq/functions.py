"""The functions of jq: those of the value alone, and those with an argument. A value of another type than they take is a JqError."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable
from typing import NoReturn

from simulator.shell.regex.pattern import compiled
from simulator.userland.jq.values import JqError, Json, kind_of, operate, rank, truth


def _refuse(name: str, value: Json) -> NoReturn:
    raise JqError(f"{kind_of(value)} cannot be used with {name}")


def _text(name: str, value: Json) -> str:
    return value if isinstance(value, str) else _refuse(name, value)


def _list(name: str, value: Json) -> list[Json]:
    return value if isinstance(value, list) else _refuse(name, value)


def _length(_: str, value: Json) -> Json:
    if value is None:
        return 0
    return len(value) if isinstance(value, str | list | dict) else abs(value)


def _keys(name: str, value: Json) -> Json:
    if isinstance(value, dict):
        return [*sorted(value)]
    return [*range(len(_list(name, value)))]


def _not(_: str, value: Json) -> Json:
    return not truth(value)


def _any(name: str, value: Json) -> Json:
    return any(map(truth, _list(name, value)))


def _all(name: str, value: Json) -> Json:
    return all(map(truth, _list(name, value)))


def _first(name: str, value: Json) -> Json:
    return _list(name, value)[0] if value else None


def _last(name: str, value: Json) -> Json:
    return _list(name, value)[-1] if value else None


def _add(name: str, value: Json) -> Json:
    total: Json = None
    for item in _list(name, value):
        total = operate("+", total, item)
    return total


def _type(_: str, value: Json) -> Json:
    return kind_of(value)


def _to_string(_: str, value: Json) -> Json:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _to_number(name: str, value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        number: Json = json.loads(value)
    except ValueError:
        _refuse(name, value)
    return number


def _sort(name: str, value: Json) -> Json:
    return sorted(_list(name, value), key=rank)


def _unique(name: str, value: Json) -> Json:
    ordered = sorted(_list(name, value), key=rank)
    return [item for at, item in enumerate(ordered) if at == 0 or item != ordered[at - 1]]


def _lower(name: str, value: Json) -> Json:
    return _text(name, value).lower()


def _upper(name: str, value: Json) -> Json:
    return _text(name, value).upper()


def _decode(name: str, value: Json) -> Json:
    try:
        return b64decode(_text(name, value)).decode("utf-8", "surrogateescape")
    except ValueError:
        _refuse(name, value)


OF_VALUE: dict[str, Callable[[str, Json], Json]] = {
    "length": _length,
    "keys": _keys,
    "not": _not,
    "any": _any,
    "all": _all,
    "first": _first,
    "last": _last,
    "add": _add,
    "type": _type,
    "tostring": _to_string,
    "tonumber": _to_number,
    "sort": _sort,
    "unique": _unique,
    "ascii_downcase": _lower,
    "ascii_upcase": _upper,
    "@base64d": _decode,
}


def _has(name: str, value: Json, argument: Json) -> Json:
    if isinstance(value, dict):
        return _text(name, argument) in value
    return isinstance(argument, int) and 0 <= argument < len(_list(name, value))


def _starts(name: str, value: Json, argument: Json) -> Json:
    return _text(name, value).startswith(_text(name, argument))


def _ends(name: str, value: Json, argument: Json) -> Json:
    return _text(name, value).endswith(_text(name, argument))


def _contains(name: str, value: Json, argument: Json) -> Json:
    if isinstance(value, str):
        return _text(name, argument) in value
    if isinstance(value, dict):
        return _text(name, argument) in value
    return argument in _list(name, value)


def _test(name: str, value: Json, argument: Json) -> Json:
    try:
        return compiled(_text(name, argument)).search(_text(name, value)) is not None
    except re.error:
        _refuse(name, value)


def _join(name: str, value: Json, argument: Json) -> Json:
    return _text(name, argument).join(str(item) if item is not None else "" for item in _list(name, value))


def _split(name: str, value: Json, argument: Json) -> Json:
    return [*_text(name, value).split(_text(name, argument))]


WITH_ARGUMENT: dict[str, Callable[[str, Json, Json], Json]] = {
    "has": _has,
    "startswith": _starts,
    "endswith": _ends,
    "contains": _contains,
    "test": _test,
    "join": _join,
    "split": _split,
}
