"""The world at one instant, read from a journal. Views take nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from simulator.journal.records import Fact, Header, LogLine, Record, Write
from simulator.objects.kinds import Key, Object
from simulator.units import parse_time, seconds

K = TypeVar("K")


class History(Protocol):
    """What a snapshot reads: a journal. Instants are nanoseconds since the start of the run; lists are oldest first."""

    @property
    def header(self) -> Header:
        """The journal's header."""
        ...

    def keys(self, kind: str | None = None) -> list[Key]:
        """Every key that was ever written, of one kind when it is given."""
        ...

    def born(self, key: Key) -> tuple[int, int]:
        """The instant and the revision of a key's first write."""
        ...

    def object_at(self, key: Key, t: int) -> Object | None:
        """The object of that key at `t`."""
        ...

    def writes_until(self, t: int, key: Key | None = None) -> Sequence[Write]:
        """Changes up to and including `t`."""
        ...

    def writes_of(self, kinds: Collection[str], t: int) -> list[Write]:
        """Changes of objects of these kinds up to and including `t`."""
        ...

    def records_until(self, t: int) -> Sequence[Record]:
        """All records up to and including `t`."""
        ...

    def records_about(self, keys: Collection[Key], t: int) -> list[Record]:
        """Records about these objects up to and including `t`."""
        ...

    def controlled(self, owner: Key, t: int) -> list[Key]:
        """The objects that have named this owner up to and including `t`."""
        ...

    def logs_until(self, t: int) -> Sequence[LogLine]:
        """Printed lines up to and including `t`."""
        ...

    def facts_until(self, t: int, what: str = "") -> Sequence[Fact]:
        """Facts up to and including `t`; only those whose `what` begins so."""
        ...


class Mark(NamedTuple):
    """How far a journal had been written: the revision of the last write, and how many lines had been printed."""

    revision: int
    logs: int


class Snapshot:
    """What was true at `t` (nanoseconds since the start; the instant itself is included, with a `mark` only what was written by then)."""

    def __init__(self, journal: History, t: int, mark: Mark | None = None) -> None:
        self._journal = journal
        self._mark = mark
        self.t = t

    def __repr__(self) -> str:
        return f"Snapshot(t={seconds(self.t):g}s, {sum(1 for _ in self.all())} objects)"

    @property
    def header(self) -> Header:
        """The journal's header."""
        return self._journal.header

    @property
    def now(self) -> int:
        """The wall clock at `t`, in nanoseconds since the Unix epoch."""
        return parse_time(self.header.start_time) + self.t

    def at(self, t: int) -> Snapshot:
        """The world at an earlier instant, or at this one."""
        return Snapshot(self._journal, min(t, self.t))

    def get(self, key: Key) -> Object | None:
        """The object of that key, or None when there is none at this instant."""
        if self._mark is None:
            return self._journal.object_at(key, self.t)
        writes = self.writes(key)
        return writes[-1].item if writes and writes[-1].type != "DELETED" else None

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, by namespace and name; of one namespace when it is given."""
        keys = (key for key in self._journal.keys(kind) if namespace is None or key.namespace == namespace)
        items = (self.get(key) for key in sorted(keys))
        return [item for item in items if item is not None]

    def typed(self, kind: type[K], namespace: str | None = None) -> list[K]:
        """As `objects`, for one of our own types: `snapshot.typed(Pod, "pb")`."""
        return [item for item in self.objects(kind.__name__, namespace) if isinstance(item, kind)]

    def known(self, kind: str | None = None) -> list[Key]:
        """Every key that was written up to this instant, of one kind when it is given."""
        return [key for key in self._journal.keys(kind) if self._includes(*self._journal.born(key))]

    def all(self) -> Iterator[Object]:
        """Every object, by kind, namespace and name."""
        for key in sorted(self._journal.keys()):
            item = self.get(key)
            if item is not None:
                yield item

    def writes(self, key: Key | None = None) -> Sequence[Write]:
        """The changes so far, oldest first; of one object when its key is given."""
        writes = self._journal.writes_until(self.t, key)
        end = len(writes)
        while self._mark is not None and end and not self.covers(writes[end - 1]):
            end -= 1
        return writes if end == len(writes) else writes[:end]

    def writes_of(self, *kinds: str) -> list[Write]:
        """The changes of all objects of these kinds so far, oldest first."""
        return [write for write in self._journal.writes_of(kinds, self.t) if self._mark is None or self.covers(write)]

    def covers(self, write: Write) -> bool:
        """Whether a change had been made by then."""
        return self._includes(write.t, write.revision)

    def _includes(self, t: int, revision: int) -> bool:
        return t <= self.t and (self._mark is None or revision <= self._mark.revision)

    def records(self) -> Sequence[Record]:
        """Everything so far: changes, printed lines, facts, in the order in which they were written."""
        return self._journal.records_until(self.t)

    def records_about(self, keys: Collection[Key]) -> list[Record]:
        """Everything so far about these objects: their changes, Events and facts, what is printed in pods; endpoint slices of Services."""
        return self._journal.records_about(keys, self.t)

    def controlled(self, owner: Key) -> list[Key]:
        """The objects that have named this owner so far."""
        return self._journal.controlled(owner, self.t)

    def last_write(self, key: Key) -> Write | None:
        """The last change of an object so far."""
        writes = self.writes(key)
        return writes[-1] if writes else None

    def logs(self) -> Sequence[LogLine]:
        """Everything printed so far, oldest first."""
        logs = self._journal.logs_until(self.t)
        return logs if self._mark is None else logs[: self._mark.logs]

    def facts(self, what: str = "") -> Sequence[Fact]:
        """The facts so far, oldest first; only those whose `what` begins so."""
        return self._journal.facts_until(self.t, what)
