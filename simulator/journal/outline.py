"""The names in a saved journal: what exists at its end, read without the rest of it, so that the Tab key need not wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import BinaryIO

import msgspec

from simulator.errors import JournalError
from simulator.journal.block_file import Columns, Index, is_form, lines_of, read

_NOT_READABLE = (msgspec.DecodeError, RecursionError, ValueError)


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""


class _Object(msgspec.Struct, rename="camel"):
    kind: str = ""
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    spec: msgspec.Raw = msgspec.Raw(b"{}")


class _Line(msgspec.Struct):
    type: str = ""
    object: _Object | None = None
    namespace: str = ""


class _Container(msgspec.Struct):
    name: str = ""


class _PodSpec(msgspec.Struct, rename="camel"):
    init_containers: list[_Container] = []
    containers: list[_Container] = []


class Named(msgspec.Struct, frozen=True):
    """An object by its kind and its name; of a pod also the names of its containers."""

    kind: str
    namespace: str
    name: str
    containers: tuple[str, ...] = ()


class Outline(msgspec.Struct, frozen=True):
    """The objects at the end of a journal, in the order of their creation, and the namespace of its run."""

    namespace: str = "default"
    objects: tuple[Named, ...] = ()


def outline(file: BinaryIO) -> Outline:
    """The outline of a journal. What cannot be read is skipped."""
    first = file.readline()
    namespace, objects = "", dict[tuple[str, str, str], Named]()
    with suppress(*_NOT_READABLE):
        namespace = msgspec.json.decode(first, type=_Line).namespace
    for named, is_deleted in _in_blocks(first, file) if is_form(first) else _in_lines(chain([first], file)):
        key = (named.kind, named.namespace, named.name)
        if is_deleted:
            objects.pop(key, None)
        else:
            objects.setdefault(key, named)
    return Outline(namespace or "default", tuple(objects.values()))


def _in_lines(lines: Iterator[bytes]) -> Iterator[tuple[Named, bool]]:
    """The object of each write, and whether it was deleted."""
    decode = msgspec.json.Decoder(_Line).decode
    for line in lines:
        with suppress(*_NOT_READABLE):
            record = decode(line)
            if record.object is not None:
                yield _named(record.object), record.type == "DELETED"


def _in_blocks(first: bytes, file: BinaryIO) -> Iterator[tuple[Named, bool]]:
    with suppress(JournalError, *_NOT_READABLE):
        for block in read(first, file, ""):
            yield from _in_block(lines_of(block.data))


def _in_block(lines: list[bytes]) -> Iterator[tuple[Named, bool]]:
    """As `_in_lines`. The first write of an object in a block has all of it."""
    index, columns = msgspec.json.decode(lines[0], type=Index), msgspec.json.decode(lines[1], type=Columns)
    of, known = iter(columns.of), dict[int, Named]()
    for letter, line in zip(columns.type, lines[2:], strict=True):
        number = -1 if letter == "L" else next(of, -1)
        if letter in "LF" or number < 0:
            continue
        if number not in known:
            kind, namespace, name, _, _ = index.keys[number]
            known[number] = Named(kind, namespace, name, _containers(msgspec.json.decode(line, type=_Object)) if kind == "Pod" else ())
        yield known[number], letter == "D"


def _named(item: _Object) -> Named:
    return Named(item.kind, item.metadata.namespace, item.metadata.name, _containers(item) if item.kind == "Pod" else ())


def _containers(pod: _Object) -> tuple[str, ...]:
    spec = msgspec.json.decode(pod.spec, type=_PodSpec)
    return tuple(one.name for one in (*spec.init_containers, *spec.containers))
