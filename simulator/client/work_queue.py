"""The queue of a controller: keys, each at most once, with delays and back-off per key (client-go/util/workqueue)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from simulator.api import ApiError
from simulator.client.back_off import ItemBackOff
from simulator.engine import Engine, Order, Timer

K = TypeVar("K", bound=Hashable)


class WorkQueue(Generic[K]):
    """Calls `sync` once for each key that was added, first come, first served, each at this instant but after whoever added it.

    A sync that ends with an ApiError comes again after the key's back-off; one that ends well makes the back-off forget the key.
    Queues of an earlier `order` go before others at an instant.
    """

    def __init__(self, engine: Engine, sync: Callable[[K], object], back_off: ItemBackOff | None = None, order: Order = Order.ACT) -> None:
        self._engine = engine
        self._sync = sync
        self._back_off = back_off or ItemBackOff()
        self._order = order
        self._ready: deque[K] = deque()
        self._waiting: dict[K, Timer] = {}

    def add(self, key: K) -> None:
        """Sync `key`, unless it is waiting to be synced at this instant already."""
        if key in self._ready:
            return
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
        """How often in a row the key had to back off."""
        return self._back_off.failures(key)

    def forget(self, key: K) -> None:
        """The next back-off of this key begins anew."""
        self._back_off.forget(key)

    def _work(self) -> None:
        key = self._ready.popleft()
        try:
            self._sync(key)
        except ApiError:
            self.add_rate_limited(key)
        else:
            self._back_off.forget(key)
