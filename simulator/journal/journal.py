"""The append-only log, with an index that makes a view at any instant a lookup."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter

from simulator.journal.records import Fact, Header, LogLine, Record, Write
from simulator.journal.snapshot import Mark, Snapshot
from simulator.objects.kinds import Key, Object
from simulator.units import SECOND, seconds

_TIME = attrgetter("t")


class Journal:
    """Records in order of time. `append` is for the store and the runtime; everything else uses `at(t)`."""

    def __init__(self, header: Header, records: Iterable[Record] = ()) -> None:
        self.header = header
        self._records: list[Record] = []
        self._writes: list[Write] = []
        self._logs: list[LogLine] = []
        self._facts: list[Fact] = []
        self._history: dict[Key, list[Write]] = {}
        self._keys_of_kind: dict[str, list[Key]] = {}
        self._log_watchers: list[Callable[[LogLine], object]] = []
        for record in records:
            self.append(record)

    def __repr__(self) -> str:
        end = f"{seconds(self._records[-1].t):g}s" if self._records else "empty"
        return f"Journal({len(self._records)} records, {len(self._history)} objects, {end}, Kubernetes {self.header.kubernetes})"

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    @property
    def end(self) -> int:
        """The instant of the last record, or the horizon when the header names one; nanoseconds."""
        last = self._records[-1].t if self._records else 0
        return max(last, round((self.header.horizon or 0) * SECOND))

    def append(self, record: Record) -> None:
        """Add a record. Its time must not lie before the last one's."""
        assert not self._records or record.t >= self._records[-1].t, "time cannot go back"
        self._records.append(record)
        if isinstance(record, Write):
            self._writes.append(record)
            key = record.key
            if key not in self._history:
                self._history[key] = []
                self._keys_of_kind.setdefault(key.kind, []).append(key)
            self._history[key].append(record)
        elif isinstance(record, LogLine):
            self._logs.append(record)
            for watcher in self._log_watchers:
                watcher(record)
        else:
            self._facts.append(record)

    def at(self, t: int | None = None) -> Snapshot:
        """The world at `t` nanoseconds (default: the end)."""
        return Snapshot(self, self.end if t is None else t)

    def so_far(self, t: int) -> Snapshot:
        """The world at `t`, now: what is still to be written within that instant does not belong to it."""
        revision = self._writes[-1].revision if self._writes else 0
        return Snapshot(self, t, Mark(revision, len(self._logs)))

    def watch_logs(self, watcher: Callable[[LogLine], object]) -> None:
        """Call `watcher` with every later line that is printed; it may only note things down."""
        self._log_watchers.append(watcher)

    def keys(self, kind: str | None = None) -> list[Key]:
        """Every key that was ever written; of one kind when it is given."""
        return list(self._history) if kind is None else self._keys_of_kind.get(kind, [])

    def object_at(self, key: Key, t: int) -> Object | None:
        """The object of that key at `t`, or None."""
        history = self._history.get(key, [])
        i = bisect_right(history, t, key=_TIME)
        return None if i == 0 or history[i - 1].type == "DELETED" else history[i - 1].item

    def writes_until(self, t: int, key: Key | None = None) -> list[Write]:
        """Changes up to and including `t`, oldest first."""
        writes = self._writes if key is None else self._history.get(key, [])
        return writes[: bisect_right(writes, t, key=_TIME)]

    def writes_after(self, t: int) -> list[Write]:
        """Changes after `t`, oldest first."""
        return self._writes[bisect_right(self._writes, t, key=_TIME) :]

    def records_until(self, t: int) -> list[Record]:
        """All records up to and including `t`, oldest first."""
        return self._records[: bisect_right(self._records, t, key=_TIME)]

    def logs_until(self, t: int) -> list[LogLine]:
        """Printed lines up to and including `t`, oldest first."""
        return self._logs[: bisect_right(self._logs, t, key=_TIME)]

    def facts_until(self, t: int) -> list[Fact]:
        """Facts up to and including `t`, oldest first."""
        return self._facts[: bisect_right(self._facts, t, key=_TIME)]
