"""The oldest records of a long journal as compressed blocks, which are decoded when they are read.

A record takes more than 1,000 bytes in memory and about 50 in a block.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar, overload

import msgspec

from simulator.journal.block_file import Block, Index
from simulator.journal.blocks import records_of
from simulator.journal.records import Record, Write
from simulator.journal.stretch import TIME, Part, Stretch
from simulator.objects.kinds import Key

R_co = TypeVar("R_co", bound=Record, covariant=True)
_DECODED = 8
"""Blocks that stay decoded."""


class _Archived(msgspec.Struct, frozen=True):
    """A block without the names in its index, which would take as much memory as its records."""

    start: int
    sizes: dict[Part, int]
    what: frozenset[str]
    data: bytes


class Archive:
    """Blocks in order of time."""

    def __init__(self) -> None:
        self.size: dict[Part, int] = {"records": 0, "writes": 0, "logs": 0, "facts": 0}
        self._blocks: list[_Archived] = []
        self._of_key: dict[Key, list[int]] = {}
        self.latest: dict[Key, Write] = {}
        """The last archived write of each object, as far as it is known without decoding."""
        self._decoded: dict[int, Stretch] = {}

    def __bool__(self) -> bool:
        return bool(self._blocks)

    def add(self, block: Block) -> None:
        """Add a block."""
        index = block.index
        for kind, namespace, name, _, _ in index.keys:
            self._of_key.setdefault(Key(kind, namespace, name), []).append(len(self._blocks))
        sizes: dict[Part, int] = {"records": index.records, "writes": index.writes, "logs": index.logs, "facts": _facts(index)}
        for part, size in sizes.items():
            self.size[part] += size
        self._blocks.append(_Archived(index.start, sizes, frozenset(index.what), block.data))

    def saved(self) -> Iterator[tuple[int, bytes]]:
        """Each block as it is saved, and the number of its records."""
        return ((block.sizes["records"], block.data) for block in self._blocks)

    def last_write(self, key: Key, t: int) -> Write | None:
        """The last archived change of an object up to and including `t`."""
        latest = self.latest.get(key)
        if latest is not None and latest.t <= t:
            return latest
        for number in reversed(self._of_key.get(key, [])):
            if self._blocks[number].start <= t and (write := self._stretch(number).last_write(key, t)):
                return write
        return None

    def writes(self, key: Key, t: int) -> list[Write]:
        """The archived changes of an object up to and including `t`."""
        writes: list[Write] = []
        for number in self._of_key.get(key, []):
            if self._blocks[number].start > t:
                break
            writes += self._stretch(number).history[key]
        return writes[: bisect_right(writes, t, key=TIME)]

    def stretches(self, part: Part, begin: int = 0, what: str = "") -> Iterator[tuple[int, Stretch]]:
        """Blocks from the one with the record number `begin` of this part on, each with the number of its first one.

        `what`: only blocks with facts whose name begins so.
        """
        first = 0
        for number, block in enumerate(self._blocks):
            size = block.sizes[part]
            if first + size > begin and (not what or any(name.startswith(what) for name in block.what)):
                yield first, self._stretch(number)
            first += size

    def count(self, part: Part, t: int) -> int:
        """The number of archived records of this part up to and including `t`."""
        number = bisect_right(self._blocks, t, key=lambda block: block.start) - 1
        if number < 0:
            return 0
        before = sum(block.sizes[part] for block in self._blocks[:number])
        return before + bisect_right(self._stretch(number).part(part), t, key=TIME)

    def _stretch(self, number: int) -> Stretch:
        stretch = self._decoded.pop(number, None)
        if stretch is None:
            stretch = Stretch(records_of(self._blocks[number].data))
        self._decoded[number] = stretch
        while len(self._decoded) > _DECODED:
            del self._decoded[next(iter(self._decoded))]
        return stretch


def _facts(index: Index) -> int:
    return index.records - index.writes - index.logs


class Long(Sequence[R_co]):
    """The first archived records of one type, and the recent ones: a list that is never in memory as a whole."""

    def __init__(self, archive: Archive, part: Part, recent: Sequence[R_co], archived: int) -> None:
        self._archive = archive
        self._part = part
        self._recent = recent
        self._archived = archived

    def __len__(self) -> int:
        return self._archived + len(self._recent)

    def __iter__(self) -> Iterator[R_co]:
        return self._between(0, len(self))

    @overload
    def __getitem__(self, at: int) -> R_co: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[R_co]: ...

    def __getitem__(self, at: int | slice) -> R_co | Sequence[R_co]:
        if isinstance(at, slice):
            begin, end, step = at.indices(len(self))
            return [self[i] for i in range(begin, end, step)] if step < 1 else list(islice(self._between(begin, end), 0, None, step))
        position = range(len(self))[at]
        return next(self._between(position, position + 1))

    def _between(self, begin: int, end: int) -> Iterator[R_co]:
        recent = islice(self._recent, max(0, begin - self._archived), max(0, end - self._archived))
        return chain(self._old(begin, min(end, self._archived)), recent)

    def _old(self, begin: int, end: int) -> Iterator[Any]:
        if begin >= end:
            return
        for first, stretch in self._archive.stretches(self._part, begin):
            if first >= end:
                return
            yield from islice(stretch.part(self._part), max(0, begin - first), end - first)
