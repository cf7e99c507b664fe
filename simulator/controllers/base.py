"""The base of all controllers: a name, the API server, a queue of keys, a recorder of Events."""

from __future__ import annotations

from abc import ABC, abstractmethod

from simulator.api import ApiServer
from simulator.client.back_off import BASE, MOST, ItemBackOff
from simulator.client.rate_limit import RateLimit
from simulator.client.recorder import Recorder
from simulator.client.work_queue import WorkQueue
from simulator.dialect import Dialect
from simulator.engine import Engine, Order
from simulator.journal.records import Cause
from simulator.journal.store import Store
from simulator.objects.kinds import Key, Object


class Controller(ABC):
    """A reconcile loop. A subclass defines what it watches (`start`) and how it reconciles one key (`sync`).

    A sync takes no time. It reads the store and writes to the API; an ApiError that it lets through brings the key back after a back-off.
    """

    name = ""
    """The component's name in Events."""
    order = Order.ACT
    """The order of its syncs among those of other controllers at the same instant."""
    back_off = (BASE, MOST)
    """After a sync that failed: the first back-off and the longest (ns)."""

    requests: tuple[int, int] | None = None
    """The limit of the writes of its syncs: requests per second, and how many at once. None: not simulated."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._recorder = Recorder(engine, api, self.name)
        self._limit = None if self.requests is None else RateLimit(*self.requests)
        sync = self.sync if self._limit is None else self._sync_within_limit
        self._queue: WorkQueue[Key] = WorkQueue(engine, sync, ItemBackOff(*self.back_off), order=self.order, limit=self._limit)

    @property
    def _store(self) -> Store:
        return self._api.store

    @abstractmethod
    def start(self) -> None:
        """Start watching, and enqueue existing objects."""

    @abstractmethod
    def sync(self, key: Key) -> None:
        """Reconcile one object."""

    def _sync_within_limit(self, key: Key) -> None:
        before = self._store.revision
        try:
            self.sync(key)
        finally:
            if self._limit is not None:
                self._limit.spend(self._engine.now, self._store.revision - before)

    def _enqueue_all(self, kind: str) -> None:
        for item in self._store.objects(kind):
            self._queue.add(Key(kind, item.metadata.namespace, item.metadata.name))


def because(item: Object, rule: str) -> Cause:
    """The cause of a write: the version of `item` that was read, and the rule that applies."""
    return Cause(int(item.metadata.resource_version or 0), rule)
