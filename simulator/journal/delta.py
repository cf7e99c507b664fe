"""What changed between two versions of an API object, and the new version made again from the old one and the difference.

Versions share their equal parts, in memory and in a saved journal: a part that is the same object in both is skipped without a look
into it. A difference is `[value]` (another value), a mapping from the JSON names of fields to their differences, or, for a list, where its
changed middle begins and either the difference of each element there, or how many elements it has and of which runs of them and new
elements it is made.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from itertools import compress, count
from operator import is_not
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec.structs import astuple

T = TypeVar("T")
SAME: dict[str, Any] = {}
"""The difference between equal values."""
AT, EACH, GONE, RUNS = "@", "=", "-", "+"


class _Field(msgspec.Struct, frozen=True):
    """A field of a struct: its name in Python, its type, and the type of its elements if it is a list."""

    name: str
    type: Any
    element: Any


def difference(old: Any, new: Any) -> Any:
    """What turns `old` into `new`: JSON values, in which structs stand for their JSON."""
    kind = type(new)
    if kind is not type(old):
        return [new]
    if kind is list:
        return _difference_of_lists(old, new)
    if kind is dict:
        # The order of keys counts.
        return SAME if msgspec.json.encode(old) == msgspec.json.encode(new) else [new]
    if not isinstance(new, msgspec.Struct):
        return SAME if old == new else [new]
    parts = zip(new.__struct_encode_fields__, astuple(old), astuple(new), strict=True)
    differences = {name: difference(a, b) for name, a, b in parts if a is not b}
    return {name: one for name, one in differences.items() if one != SAME}


def _difference_of_lists(old: list[Any], new: list[Any]) -> Any:
    head, before, after = middle(old, new)
    if len(before) != len(after):
        return {AT: head, GONE: len(before), RUNS: _runs(before, after)}
    each = [difference(a, b) for a, b in zip(before, after, strict=True)]
    return {AT: head, EACH: each} if any(one != SAME for one in each) else SAME


def _runs(old: list[Any], new: list[Any]) -> list[tuple[int, int, list[Any]]]:
    """The new elements as runs of old ones (position and length), each with the other elements that follow it."""
    positions = {id(item): position for position, item in enumerate(old)}
    runs: list[tuple[int, int, list[Any]]] = [(0, 0, [])]
    for item in new:
        begin, length, others = runs[-1]
        position = positions.get(id(item))
        if position is None:
            others.append(item)
        elif not others and begin + length == position:
            runs[-1] = (begin, length + 1, others)
        else:
            runs.append((position, 1, []))
    return runs


def middle(old: list[T], new: list[T]) -> tuple[int, list[T], list[T]]:
    """Where two lists begin to have other objects in them, and what they have from there on, without their common end."""
    shorter = min(len(old), len(new))
    head = _first_other(old, new, shorter)
    tail = _first_other(reversed(old), reversed(new), shorter - head)
    return head, old[head : len(old) - tail], new[head : len(new) - tail]


def _first_other(old: Iterable[Any], new: Iterable[Any], limit: int) -> int:
    """The position of the first elements that are not the same object."""
    return min(limit, next(compress(count(), map(is_not, old, new)), limit))


def changed(old: Any, by: Any, kind: Any, element: Any = None) -> Any:
    """The value that a difference makes of `old`. `kind` is its type, `element` that of its elements if it is a list."""
    if type(by) is list:
        return msgspec.convert(by[0], kind)
    if not by:
        return old
    if type(old) is list:
        return _changed_list(old, by, element)
    struct: Any = type(old)
    fields, parts = _fields(struct), {}
    for json_name, one in by.items():
        field = fields[json_name]
        parts[field.name] = changed(getattr(old, field.name), one, field.type, field.element)
    return msgspec.structs.replace(old, **parts)


def _changed_list(old: list[Any], by: dict[str, Any], element: Any) -> list[Any]:
    head = by[AT]
    if RUNS in by:
        runs = [part for begin, length, others in by[RUNS] for part in _run(old, head + begin, length, others, element)]
        return [*old[:head], *runs, *old[head + by[GONE] :]]
    end = head + len(by[EACH])
    middle = [changed(a, one, element) for a, one in zip(old[head:end], by[EACH], strict=True)]
    return [*old[:head], *middle, *old[end:]]


def _run(old: list[Any], begin: int, length: int, others: list[Any], element: Any) -> list[Any]:
    return [*old[begin : begin + length], *msgspec.convert(others, list[element])]


@functools.cache
def _fields(struct: Any) -> dict[str, _Field]:
    """The fields of a struct by their JSON names."""
    types = get_type_hints(struct)
    names = zip(struct.__struct_encode_fields__, struct.__struct_fields__, strict=True)
    return {json_name: _Field(name, types[name], _element(types[name])) for json_name, name in names}


def _element(kind: Any) -> Any:
    """The type of a list's elements."""
    lists = [one for one in (kind, *get_args(kind)) if getattr(one, "__origin__", None) is list]
    return get_args(lists[0])[0] if lists else Any
