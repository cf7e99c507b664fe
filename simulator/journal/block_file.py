"""The form of a saved journal: a HEADER line, compressed blocks of records, and an END line with the number of records and a digest.

    {"type":"HEADER","form":"blocks",...}
    {"type":"BLOCK","records":32768,"bytes":1180000}
    ...                                                 so many bytes: zlib of the lines of the block
    {"type":"END","records":33298,"digest":"..."}       SHA-256 of all bytes before this line

The lines of a block are its `Index`, its `Columns`, and one JSON value for each record, which `blocks` reads and writes. This module knows
no API objects: completion reads names with it alone.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import msgspec

from simulator.errors import JournalError, Problem

FORM = "blocks"
LARGEST = 1 << 28
"""Bytes of a block's lines. `blocks` closes a block long before; a file with larger ones is refused, so that none fills the memory."""
_NOT_READABLE = (msgspec.DecodeError, RecursionError, ValueError)


class Index(msgspec.Struct, frozen=True):
    """What a block contains. `start` and `end` are instants in nanoseconds; `keys` are written objects with the time and the revision of
    their first write in the block, `about` those of facts, `what` the names of facts."""

    records: int
    writes: int
    logs: int
    start: int
    end: int
    keys: list[tuple[str, str, str, int, int]]
    about: list[tuple[str, str, str]]
    what: list[str]
    rules: list[str]


class Columns(msgspec.Struct, frozen=True):
    """What all records have, in order: the type (A, M, D: a write; L: a line; F: a fact) and the time since the record before.

    Writes and facts have a cause: the rule's number and the revision, counted back from the last write (null: 0). `of` is the number of a
    write's key or of what a fact is about, `revision` a write's, since the write before, `what` the number of a fact's name.
    """

    type: str
    t: list[int]
    of: list[int]
    rule: list[int]
    cause: list[int | None]
    revision: list[int]
    what: list[int]


class Block(msgspec.Struct, frozen=True):
    """A block as it is saved, and its index."""

    index: Index
    data: bytes


class BinaryFile(Protocol):
    """A file to read from."""

    def readline(self, limit: int = ..., /) -> bytes:
        """The next line with its end."""

    def read(self, size: int = ..., /) -> bytes:
        """So many bytes."""


class _Frame(msgspec.Struct):
    type: str
    records: int
    bytes: int = 0
    digest: str = ""


def compressed(lines: Iterable[bytes]) -> bytes:
    """The lines of a block as bytes."""
    return zlib.compress(b"\n".join(lines), 1)


def lines_of(data: bytes) -> list[bytes]:
    """The lines of a block. Raises ValueError."""
    text = _decompressed(data, LARGEST)
    if len(text) >= LARGEST:
        raise ValueError("too large")
    return text.split(b"\n")


def index_of(data: bytes) -> Index:
    """The index of a block, read without the rest. Raises ValueError."""
    size = 1 << 16
    while b"\n" not in (text := _decompressed(data, size)):
        if len(text) < size:
            raise ValueError("no index")
        size *= 4
    return msgspec.json.decode(text.partition(b"\n")[0], type=Index)


def _decompressed(data: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, size)
    except zlib.error as error:
        raise ValueError(str(error)) from error


def written(header: dict[str, Any], blocks: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The parts of the file: a header and blocks, each with the number of its records."""
    digest, records = hashlib.sha256(), 0
    encode = msgspec.json.encode
    part = encode({"type": "HEADER", "form": FORM, **header}) + b"\n"
    digest.update(part)
    yield part
    for size, data in blocks:
        records += size
        for part in (encode({"type": "BLOCK", "records": size, "bytes": len(data)}), b"\n", data, b"\n"):
            digest.update(part)
            yield part
    yield encode({"type": "END", "records": records, "digest": digest.hexdigest()}) + b"\n"


def is_form(header: bytes) -> bool:
    """Whether a file with this first line has this form."""
    if b'"form"' not in header:
        return False
    try:
        return msgspec.json.decode(header, type=dict[str, Any]).get("form") == FORM
    except _NOT_READABLE:
        return False


def read(header: bytes, file: BinaryFile, name: str) -> Iterator[Block]:
    """The blocks of a file whose first line has been read. Raises JournalError where the file is cut or damaged."""
    digest, records = hashlib.sha256(header), 0
    while True:
        line = file.readline(1000)
        try:
            frame = msgspec.json.decode(line, type=_Frame)
        except _NOT_READABLE as error:
            raise _refused(name, records, cut=not line.endswith(b"\n")) from error
        if frame.type != "BLOCK" or frame.bytes < 0:
            break
        data = file.read(frame.bytes)
        end = file.read(1)
        if len(data) < frame.bytes or not end:
            raise _refused(name, records, cut=True)
        for part in (line, data, end):
            digest.update(part)
        try:
            block = Block(index_of(data), data)
        except _NOT_READABLE as error:
            raise _refused(name, records, cut=False) from error
        records += block.index.records
        yield block
    if frame.type != "END" or (frame.records, frame.digest) != (records, digest.hexdigest()) or file.read(1):
        raise _refused(name, records, cut=False)


def _refused(name: str, records: int, *, cut: bool) -> JournalError:
    how = f"cut after {records:,} records: its END is missing" if cut else f"damaged after {records:,} records"
    return JournalError([Problem(name, 0, 0, "", f"this journal is {how}")])
