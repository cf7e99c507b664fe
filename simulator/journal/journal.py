"""The append-only log, with an index that makes a view at any instant a lookup.

The last records are in memory as they were written. Versions of an object share their equal parts there, which makes views fast and costs
about 1,000 bytes a record. Older ones are in an `Archive`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from simulator.journal.archive import Archive, Long
from simulator.journal.block_file import Block, written
from simulator.journal.blocks import SIZE, blocks_of, records_of
from simulator.journal.records import Fact, Header, LogLine, Record, Write
from simulator.journal.snapshot import Mark, Snapshot
from simulator.journal.stretch import REVISION, TIME, Part, Stretch
from simulator.objects.kinds import Key, Object
from simulator.units import SECOND, seconds

R = TypeVar("R", bound=Record)
RECENT = 12
"""Blocks of records that a run keeps in memory as they were written: about 400 MB. An hour of 10,000 pods has fewer records."""
RECENT_OF_FILE = 2
"""Blocks of a saved journal that are decoded at once; others when they are read."""


class Journal:
    """Records in order of time. `append` is for the store and the runtime; everything else uses `at(t)`."""

    def __init__(self, header: Header, records: Iterable[Record] = ()) -> None:
        self.header = header
        self.is_checked = True
        """False: it was read from lines without an END, so that nothing shows whether it is complete."""
        self._archive = Archive()
        self._recent = Stretch()
        self._end: int | None = None
        self._revision = 0
        self._born: dict[Key, tuple[int, int]] = {}
        self._keys_of_kind: dict[str, list[Key]] = {}
        self._log_watchers: list[Callable[[LogLine], object]] = []
        for record in records:
            self.append(record)

    @classmethod
    def from_blocks(cls, header: Header, blocks: Iterable[Block]) -> Journal:
        """A saved journal. Raises JournalError."""
        journal, waiting = cls(header), list[Block]()
        for block in blocks:
            waiting.append(block)
            if len(waiting) > RECENT_OF_FILE:
                journal._adopt(waiting.pop(0))
        for block in waiting:
            for record in records_of(block.data):
                journal.append(record)
        return journal

    def __repr__(self) -> str:
        end = "empty" if self._end is None else f"{seconds(self._end):g}s"
        return f"Journal({len(self)} records, {len(self._born)} objects, {end}, Kubernetes {self.header.kubernetes})"

    def __len__(self) -> int:
        return self._archive.size["records"] + len(self._recent.records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records_until(self.end))

    @property
    def end(self) -> int:
        """The instant of the last record, or the horizon when the header names one; nanoseconds."""
        return max(self._end or 0, round((self.header.horizon or 0) * SECOND))

    def append(self, record: Record) -> None:
        """Add a record. Its time must not lie before the last one's."""
        assert self._end is None or record.t >= self._end, "time cannot go back"
        self._end = record.t
        key = self._recent.append(record)
        if key is not None:
            assert isinstance(record, Write)
            self._revision = record.revision
            if key not in self._born:
                self._bear(key, (record.t, record.revision))
        elif self._log_watchers and isinstance(record, LogLine):
            for watcher in self._log_watchers:
                watcher(record)
        if len(self._recent.records) >= RECENT * SIZE:
            self._archive_oldest()

    def _bear(self, key: Key, birth: tuple[int, int]) -> None:
        self._born[key] = birth
        self._keys_of_kind.setdefault(key.kind, []).append(key)

    def forget(self, t: int) -> int:
        """Drop what happened up to `t` but for the last change of each object that is there then. Returns the last revision by then."""
        writes = self._recent.writes if not self._archive else self.writes_until(t)
        revision = next((write.revision for write in reversed(writes) if write.t <= t), 0)
        alive = [self._recent.last_write(key, t) or self._archive.last_write(key, t) for key in self._born]
        kept = sorted((write for write in alive if write is not None and write.type != "DELETED"), key=lambda write: write.revision)
        later = [record for record in self.records_until(self.end) if record.t > t]
        births = self._born
        self._archive, self._recent = Archive(), Stretch()
        self._born, self._keys_of_kind = {}, {}
        for record in (*kept, *later):
            key = self._recent.append(record)
            if key is not None and key not in self._born:
                self._bear(key, births[key])
        return revision

    def _archive_oldest(self) -> None:
        """Move the older half of the records in memory to the archive."""
        recent, half = self._recent.records, RECENT // 2 * SIZE
        latest = {record.key: record for record in recent[:half] if isinstance(record, Write)}
        for block in blocks_of(recent[:half]):
            self._archive.add(block)
        self._archive.latest.update(latest)
        self._recent = Stretch(recent[half:])

    def _adopt(self, block: Block) -> None:
        """Add a saved block to the archive."""
        index = block.index
        for kind, namespace, name, t, revision in index.keys:
            key = Key(kind, namespace, name)
            if key not in self._born:
                self._bear(key, (t, revision))
        self._archive.add(block)
        self._end = index.end

    def saved(self) -> Iterator[bytes]:
        """The parts of the file in which the journal is saved; `saved.load` reads it back."""
        recent = ((block.index.records, block.data) for block in blocks_of(self._recent.records))
        return written(msgspec.to_builtins(self.header), chain(self._archive.saved(), recent))

    def at(self, t: int | None = None) -> Snapshot:
        """The world at `t` nanoseconds (default: the end)."""
        return Snapshot(self, self.end if t is None else t)

    def so_far(self, t: int) -> Snapshot:
        """The world at `t`, now: what is still to be written within that instant does not belong to it."""
        return Snapshot(self, t, Mark(self._revision, self._archive.size["logs"] + len(self._recent.logs)))

    def watch_logs(self, watcher: Callable[[LogLine], object]) -> None:
        """Call `watcher` with every later line that is printed; it may only note things down."""
        self._log_watchers.append(watcher)

    def keys(self, kind: str | None = None) -> list[Key]:
        """Every key that was ever written; of one kind when it is given."""
        return list(self._born) if kind is None else self._keys_of_kind.get(kind, [])

    def born(self, key: Key) -> tuple[int, int]:
        """The instant and the revision of a key's first write."""
        return self._born[key]

    def object_at(self, key: Key, t: int) -> Object | None:
        """The object of that key at `t`, or None."""
        last = self._recent.last_write(key, t) or self._archive.last_write(key, t)
        return None if last is None or last.type == "DELETED" else last.item

    def writes_until(self, t: int, key: Key | None = None) -> Sequence[Write]:
        """Changes up to and including `t`, oldest first."""
        if key is None:
            return self._until("writes", self._recent.writes, t)
        history = self._recent.history.get(key, [])
        recent = history[: bisect_right(history, t, key=TIME)]
        return [*self._archive.writes(key, t), *recent] if self._archive else recent

    def writes_since(self, key: Key, revision: int) -> list[Write]:
        """Changes of an object after a revision, oldest first; the archive is read only if it has some of them."""
        writes: Sequence[Write] = self._recent.history.get(key, [])
        first = self._recent.writes[0].revision if self._recent.writes else None
        if self._archive and (first is None or first > revision + 1):
            writes = self.writes_until(self.end, key)
        return list(writes[bisect_right(writes, revision, key=REVISION) :])

    def writes_of(self, kinds: Collection[str], t: int) -> list[Write]:
        """Changes of objects of these kinds up to and including `t`, oldest first."""
        writes = [write for stretch in self._stretches() for write in stretch.writes_of(kinds)]
        return writes[: bisect_right(writes, t, key=TIME)]

    def writes_after(self, t: int) -> Sequence[Write]:
        """Changes after `t`, oldest first."""
        recent = self._recent.writes
        if not self._archive or (recent and recent[0].t <= t):
            return recent[bisect_right(recent, t, key=TIME) :]
        return self.writes_until(self.end)[self._archive.count("writes", t) :]

    def records_until(self, t: int) -> Sequence[Record]:
        """All records up to and including `t`, oldest first."""
        return self._until("records", self._recent.records, t)

    def logs_until(self, t: int) -> Sequence[LogLine]:
        """Printed lines up to and including `t`, oldest first."""
        return self._until("logs", self._recent.logs, t)

    def facts_until(self, t: int, what: str = "") -> Sequence[Fact]:
        """Facts up to and including `t`, oldest first; only those whose `what` begins so."""
        if not what:
            return self._until("facts", self._recent.facts, t)
        archived = [fact for _, stretch in self._archive.stretches("facts", what=what) for fact in stretch.facts]
        facts = [*archived, *self._recent.facts] if archived else self._recent.facts
        return [fact for fact in facts[: bisect_right(facts, t, key=TIME)] if fact.what.startswith(what)]

    def records_about(self, keys: Collection[Key], t: int) -> list[Record]:
        """Records about these objects up to and including `t`, oldest first."""
        records = [record for stretch in self._stretches() for record in stretch.about(keys)]
        return records[: bisect_right(records, t, key=TIME)]

    def controlled(self, owner: Key, t: int) -> list[Key]:
        """The objects that have named this owner up to and including `t`."""
        return [key for stretch in self._stretches() for key, since in stretch.controlled(owner).items() if since <= t]

    def _stretches(self) -> Iterator[Stretch]:
        yield from (stretch for _, stretch in self._archive.stretches("records"))
        yield self._recent

    def _until(self, part: Part, recent: list[R], t: int) -> Sequence[R]:
        if not self._archive:
            return recent[: bisect_right(recent, t, key=TIME)]
        archived = self._archive.size[part]
        if not self._recent.records or self._recent.records[0].t > t:
            return Long(self._archive, part, (), self._archive.count(part, t))
        return Long(self._archive, part, recent[: bisect_right(recent, t, key=TIME)], archived)
