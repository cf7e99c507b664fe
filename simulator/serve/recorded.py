"""A saved journal that is served: it can be read, and played, not changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TypeVar

from simulator.api.served import Resources
from simulator.dialect import Dialect
from simulator.journal.journal import Journal
from simulator.journal.reads import Reads
from simulator.journal.snapshot import Mark, Snapshot
from simulator.journal.store import Watcher
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Object
from simulator.serve.session import refused
from simulator.serve.shift import NO_SHIFT, Shift
from simulator.units import parse_time

T = TypeVar("T")


class Recorded:
    """A journal at an instant that moves: watches see what was written in between."""

    def __init__(self, journal: Journal, t: int) -> None:
        self.journal = journal
        self.dialect = Dialect(journal.header.kubernetes)
        self.shift_now: Callable[[], Shift] = lambda: NO_SHIFT
        self.floor = 0
        self.applied: Mapping[str, JSON] = {}
        self.epoch = parse_time(journal.header.start_time)
        self._watchers: list[tuple[str, Watcher]] = []
        self._listeners: list[Callable[[], object]] = []
        self._go_to(min(t, journal.end))

    def _go_to(self, t: int) -> None:
        self.now = t
        writes = self.journal.writes_until(t)
        self.revision = writes[-1].revision if writes else 0
        self.resources = Resources(self.snapshot())

    @property
    def shift(self) -> Shift:
        """From simulated time to the clock of clients."""
        return self.shift_now()

    @property
    def reads(self) -> Reads:
        """The objects at the present instant."""
        return self.snapshot()

    def snapshot(self, revision: int | None = None) -> Snapshot:
        """The objects at the present instant, or as of an earlier revision."""
        mark = None if revision is None or revision >= self.revision else Mark(revision, 0)
        return Snapshot(self.journal, self.now, mark)

    def listen(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Call back after each move; the function returned ends that."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def subscribe(self, kind: str, watcher: Watcher) -> Callable[[], None]:
        """Call back with every later write of a kind; the function returned ends that."""
        entry = (kind, watcher)
        self._watchers.append(entry)
        return lambda: self._watchers.remove(entry)

    async def perform(self, call: Callable[[], T]) -> T:
        """A recording cannot be changed. Raises ApiError."""
        raise refused()

    async def advance(self, until: int) -> None:
        """Continue to an instant, at most to the end."""
        until = min(until, self.journal.end)
        if until <= self.now:
            return
        begin, last = self.now, dict[Key, Object]()
        before = Snapshot(self.journal, begin)
        writes = [write for write in self.journal.writes_after(begin) if write.t <= until]
        self._go_to(until)
        for write in writes:
            key = write.key
            previous = last.get(key) or before.get(key)
            for kind, watcher in tuple(self._watchers):
                if kind == key.kind:
                    watcher(write, previous)
            last[key] = write.item
        for listener in tuple(self._listeners):
            listener()
        await asyncio.sleep(0)

    async def advance_to_write(self, until: int) -> bool:
        """Continue to the next change, at most to an instant; whether there was one."""
        following = next((write.t for write in self.journal.writes_after(self.now)), None)
        await self.advance(until if following is None else min(following, until))
        return following is not None and following <= until
