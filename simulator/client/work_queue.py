"""The queue of a controller: keys, each at most once, with delays and back-off per key (client-go/util/workqueue)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from simulator.api import ApiError
from simulator.client.back_off import ItemBackOff
from simulator.client.rate_limit import RateLimit
from simulator.engine import Engine, Order, Timer

K = TypeVar("K", bound=Hashable)


class WorkQueue(Generic[K]):
    """Calls `sync` once for each key that was added, first come, first served, at the same instant but after the caller has finished.

    A sync that raises ApiError is repeated after the key's back-off; a successful one resets the back-off.
    At one instant, queues of an earlier `order` come first. With a `limit` that its syncs spend, they wait until a request may be sent;
    a key that is added again in the meantime is synced once.
    """

    def __init__(
        self,
        engine: Engine,
        sync: Callable[[K], object],
        back_off: ItemBackOff | None = None,
        order: Order = Order.ACT,
        limit: RateLimit | None = None,
    ) -> None:
        self._engine = engine
        self._sync = sync
        self._back_off = back_off or ItemBackOff()
        self._order = order
        self._ready: deque[K] = deque()
        self._queued: set[K] = set()
        self._waiting: dict[K, Timer] = {}
        self._limit = limit
        self._held = 0

    def add(self, key: K) -> None:
        """Sync `key`, unless it is waiting to be synced at this instant already."""
        if key in self._queued:
            return
        self._queued.add(key)
        self._ready.append(key)
        self._engine.call_after(0, self._work, self._order)

    def add_after(self, key: K, delay: int) -> None:
        """Sync `key` after `delay` nanoseconds; of several delays of one key the shortest counts."""
        if delay <= 0:
            self.add(key)
            return
        due = self._engine.now + delay
        waiting = self._waiting.get(key)
        if waiting is not None and waiting.pending:
            if waiting.due <= due:
                return
            waiting.cancel()
        self._waiting[key] = self._engine.call_at(due, lambda: self.add(key))

    def add_rate_limited(self, key: K) -> None:
        """Sync `key` after its back-off, which doubles each time."""
        self.add_after(key, self._back_off.next(key))

    def requeues(self, key: K) -> int:
        """How often in a row the key has backed off."""
        return self._back_off.failures(key)

    def forget(self, key: K) -> None:
        """Reset the back-off of this key."""
        self._back_off.forget(key)

    def _work(self) -> None:
        if self._limit is None:
            self._sync_next()
            return
        self._held += 1
        if self._held == 1:
            self._send()

    def _send(self) -> None:
        """Sync as many keys as the limit allows, and the others later."""
        assert self._limit is not None, "only queues with a limit hold keys back"
        while self._held and not self._limit.wait(self._engine.now):
            self._sync_next()
            self._held -= 1
        if self._held:
            self._engine.call_after(self._limit.wait(self._engine.now), self._send, self._order)

    def _sync_next(self) -> None:
        key = self._ready.popleft()
        self._queued.remove(key)
        try:
            self._sync(key)
        except ApiError:
            self.add_rate_limited(key)
        else:
            self._back_off.forget(key)
