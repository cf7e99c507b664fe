"""Some consecutive records of a journal, in lists by what is asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Literal

from simulator.journal.records import Fact, LogLine, Record, Write
from simulator.journal.subjects import subject
from simulator.objects.kinds import Key

Part = Literal["records", "writes", "logs", "facts"]
TIME, REVISION = attrgetter("t"), attrgetter("revision")


class Stretch:
    """Records in order of time: all, by type, and the writes of each object."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.records: list[Record] = []
        self.writes: list[Write] = []
        self.logs: list[LogLine] = []
        self.facts: list[Fact] = []
        self.history: dict[Key, list[Write]] = {}
        self._indexed = self._sorted = 0
        self._of_kind: dict[str, list[int]] = {}
        self._about: dict[Key, list[int]] = {}
        self._controlled: dict[Key, dict[Key, int]] = {}
        for record in records:
            self.append(record)

    def append(self, record: Record) -> Key | None:
        """Add a record; returns the key of a written object."""
        self.records.append(record)
        if isinstance(record, Write):
            self.writes.append(record)
            key = record.key
            if key not in self.history:
                self.history[key] = []
            self.history[key].append(record)
            return key
        if isinstance(record, LogLine):
            self.logs.append(record)
        else:
            self.facts.append(record)
        return None

    def part(self, name: Part) -> list[Any]:
        """All records, or those of one type."""
        parts: dict[Part, list[Any]] = {"records": self.records, "writes": self.writes, "logs": self.logs, "facts": self.facts}
        return parts[name]

    def last_write(self, key: Key, t: int) -> Write | None:
        """The last change of an object up to and including `t`."""
        history = self.history.get(key, [])
        i = bisect_right(history, t, key=TIME)
        return history[i - 1] if i else None

    def writes_of(self, kinds: Iterable[str]) -> list[Write]:
        """The writes of objects of these kinds, in order."""
        for position in range(self._sorted, len(self.writes)):
            self._of_kind.setdefault(self.writes[position].item.kind, []).append(position)
        self._sorted = len(self.writes)
        return [self.writes[i] for i in sorted(i for kind in kinds for i in self._of_kind.get(kind, ()))]

    def about(self, keys: Iterable[Key]) -> list[Record]:
        """The records about these objects, in order."""
        self._index()
        return [self.records[i] for i in sorted(i for key in keys for i in self._about.get(key, ()))]

    def controlled(self, owner: Key) -> dict[Key, int]:
        """The objects that name this owner, each with the instant at which it first did so."""
        self._index()
        return self._controlled.get(owner, {})

    def _index(self) -> None:
        """Index the records that were added since the last call: few runs are looked at while they run."""
        for position in range(self._indexed, len(self.records)):
            record = self.records[position]
            self._about.setdefault(subject(record), []).append(position)
            if isinstance(record, Write) and record.item.metadata.owner_references:
                key = record.key
                for owner in record.item.metadata.owner_references:
                    children = self._controlled.setdefault(Key(owner.kind, key.namespace, owner.name), {})
                    children.setdefault(key, record.t)
        self._indexed = len(self.records)
