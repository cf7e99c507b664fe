"""Events expire: each is removed some time after its last write."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from simulator.engine import Engine, Order
from simulator.journal.records import Cause, Write
from simulator.journal.store import Store
from simulator.objects.kinds import Key, Object

EXPIRED = Cause(0, "event ttl")


class _Due(NamedTuple):
    t: int
    key: Key
    version: str


class EventExpiry:
    """Removes Events that were not written for `ttl` nanoseconds."""

    def __init__(self, engine: Engine, store: Store, ttl: int) -> None:
        self._engine = engine
        self._store = store
        self._ttl = ttl
        self._due: deque[_Due] = deque()
        store.watch("Event", self._note)

    def _note(self, write: Write, _before: Object | None) -> None:
        if write.type == "DELETED":
            return
        self._due.append(_Due(self._engine.now + self._ttl, write.key, write.item.metadata.resource_version or ""))
        if len(self._due) == 1:
            self._engine.call_at(self._due[0].t, self._expire, Order.WORLD)

    def _expire(self) -> None:
        while self._due and self._due[0].t <= self._engine.now:
            _, key, version = self._due.popleft()
            event = self._store.get(key)
            if event is not None and event.metadata.resource_version == version:
                self._store.remove(key, EXPIRED)
        if self._due:
            self._engine.call_at(self._due[0].t, self._expire, Order.WORLD)
