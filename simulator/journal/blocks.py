"""Records as blocks of bytes: each write as what changed since the object's last version in the block, compressed."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from simulator.errors import JournalError
from simulator.journal.block_file import LARGEST, Block, Columns, Index, compressed, lines_of
from simulator.journal.delta import changed, difference
from simulator.journal.records import NO_CAUSE, Cause, ChangeType, Fact, LogLine, Record, Write
from simulator.objects.kinds import BY_NAME, Key, Object, Unstructured

SIZE = 1 << 15
"""Records of a block. Each block has each of its objects once in full: fewer records make larger files, more are slower to look into."""
_TYPES: dict[str, ChangeType] = {"A": "ADDED", "M": "MODIFIED", "D": "DELETED"}
_DAMAGED = (msgspec.DecodeError, RecursionError, ValueError, KeyError, IndexError, TypeError, AttributeError, StopIteration)


def blocks_of(records: Sequence[Record]) -> Iterator[Block]:
    """Blocks of records, which are in order of time."""
    begin = 0
    while begin < len(records):
        writer = _Writer()
        for record in records[begin : begin + SIZE]:
            writer.add(record)
            if writer.size > LARGEST // 4:
                break
        begin += len(writer.lines)
        yield writer.block()


class _Writer:
    """A block as it grows."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.size = 0
        self._encode = msgspec.json.Encoder().encode
        self._letters: list[str] = []
        self._columns = Columns("", [], [], [], [], [], [])
        self._keys: dict[Key, tuple[int, int, int]] = {}
        self._last: dict[Key, Object] = {}
        self._about: dict[Key, int] = {}
        self._what: dict[str, int] = {}
        self._rules: dict[str, int] = {}
        self._start = self._end = self._revision = 0

    def add(self, record: Record) -> None:
        """Add a record."""
        if not self.lines:
            self._start = self._end = record.t
        self._columns.t.append(record.t - self._end)
        self._end = record.t
        if isinstance(record, Write):
            line = self._write(record)
        elif isinstance(record, LogLine):
            self._letters.append("L")
            line = self._encode(record[1:])
        else:
            self._letters.append("F")
            self._columns.of.append(self._about.setdefault(record.about, len(self._about)))
            self._columns.what.append(self._what.setdefault(record.what, len(self._what)))
            self._add_cause(record.cause)
            line = self._encode(record.data)
        self.lines.append(line)
        self.size += len(line)

    def _write(self, write: Write) -> bytes:
        key, item = write.key, write.item
        self._letters.append(write.type[0])
        self._columns.revision.append(write.revision - self._revision)
        self._revision = write.revision
        self._add_cause(write.cause)
        known = self._keys.get(key)
        if known is None:
            known = self._keys[key] = (len(self._keys), write.t, write.revision)
        self._columns.of.append(known[0])
        old = self._last.get(key)
        self._last[key] = item
        return self._encode(item if old is None else difference(old, item))

    def _add_cause(self, cause: Cause) -> None:
        self._columns.rule.append(self._rules.setdefault(cause.rule, len(self._rules)))
        self._columns.cause.append(self._revision - cause.revision if cause.revision else None)

    def block(self) -> Block:
        """The block."""
        columns = msgspec.structs.replace(self._columns, type="".join(self._letters))
        index = Index(
            records=len(self.lines),
            writes=len(columns.revision),
            logs=self._letters.count("L"),
            start=self._start,
            end=self._end,
            keys=[(*key, t, revision) for key, (_, t, revision) in self._keys.items()],
            about=[(*key,) for key in self._about],
            what=list(self._what),
            rules=list(self._rules),
        )
        return Block(index, compressed([self._encode(index), self._encode(columns), *self.lines]))


def records_of(data: bytes) -> list[Record]:
    """The records of a block. Raises JournalError."""
    try:
        return list(_read(data))
    except _DAMAGED as error:
        raise JournalError("this journal is damaged, or another podsim wrote it: a block of it cannot be read") from error


def _read(data: bytes) -> Iterator[Record]:
    first, second, *lines = lines_of(data)
    index, column = msgspec.json.decode(first, type=Index), msgspec.json.decode(second, type=Columns)
    keys = [Key(*key[:3]) for key in index.keys]
    abouts = [Key(*key) for key in index.about]
    causes = zip(column.rule, column.cause, strict=True)
    ofs, revisions, whats = iter(column.of), iter(column.revision), iter(column.what)
    last: dict[int, Object] = {}
    t, revision = index.start, 0
    log = msgspec.json.Decoder(tuple[str, str, str, str, str, str, int, str]).decode
    content = msgspec.json.Decoder(dict[str, Any]).decode
    for letter, later, line in zip(column.type, column.t, lines, strict=True):
        t += later
        if letter == "L":
            yield LogLine(t, *log(line))
            continue
        of = next(ofs)
        if letter == "F":
            yield Fact(t, index.what[next(whats)], abouts[of], content(line), _cause(next(causes), index.rules, revision))
            continue
        revision += next(revisions)
        item = _item(line, last.get(of), keys[of].kind)
        last[of] = item
        yield Write(t, revision, _TYPES[letter], item, _cause(next(causes), index.rules, revision))


def _cause(cause: tuple[int, int | None], rules: list[str], revision: int) -> Cause:
    rule, back = cause
    if back is None:
        return Cause(0, rules[rule]) if rules[rule] else NO_CAUSE
    return Cause(revision - back, rules[rule])


def _item(line: bytes, old: Object | None, kind: str) -> Object:
    if old is None:
        return msgspec.json.decode(line, type=_struct(kind))
    item: Object = changed(old, msgspec.json.decode(line), _struct(kind))
    return item


@functools.cache
def _struct(kind: str) -> type[Object]:
    known = BY_NAME.get(kind)
    return (known.struct if known is not None else None) or Unstructured
