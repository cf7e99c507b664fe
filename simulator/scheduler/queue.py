"""Pods that wait for a node: to be tried now, after a back-off, or when something happens (pkg/scheduler/backend/queue)."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import NamedTuple

from simulator.client.back_off import exponential
from simulator.engine import Engine, Order
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.units import MINUTE, SECOND

INITIAL_BACK_OFF = 1 * SECOND
MOST_BACK_OFF = 10 * SECOND
BACK_OFF_TICK = 1 * SECOND
"""So often pods whose back-off is over are looked for."""
UNSCHEDULABLE_TICK = 30 * SECOND
UNSCHEDULABLE_MOST = 5 * MINUTE
"""So often, and after so long, a pod that nothing woke is tried again."""


class Waiting(NamedTuple):
    """A pod that found no node: how often it was tried, when last (ns), and which filters said no."""

    attempts: int
    last_try: int
    rejected_by: frozenset[str]


class SchedulingQueue:
    """The most important pod comes first; of equals, the one that came first. `wake` is called for each pod that can be popped;
    `on_timeout` for one that waited long enough for something to happen.
    """

    def __init__(self, engine: Engine, wake: Callable[[], None], on_timeout: Callable[[Key], None], *, pops_from_back_off: bool) -> None:
        self._engine = engine
        self._wake = wake
        self._on_timeout = on_timeout
        self._pops_from_back_off = pops_from_back_off
        self._active: dict[Key, tuple[int, int]] = {}
        self._order: list[tuple[tuple[int, int], Key]] = []
        self._count = 0
        self._waiting: dict[Key, Waiting] = {}
        self._attempts: dict[Key, int] = {}

    def add(self, key: Key, pod: Pod) -> None:
        """Try a pod at this instant."""
        if key not in self._active:
            self._count += 1
            self._active[key] = (-(pod.spec.priority or 0), self._count)
            heappush(self._order, (self._active[key], key))
            self._waiting.pop(key, None)
            self._wake()

    def pop(self) -> Key | None:
        """The next pod to try."""
        while self._order:
            rank, key = heappop(self._order)
            if self._active.get(key) == rank:  # others were forgotten since
                del self._active[key]
                self._attempts[key] = self._attempts.get(key, 0) + 1
                return key
        return None

    def park(self, key: Key, rejected_by: frozenset[str]) -> None:
        """No node for it now: it waits for something to happen, at most some minutes."""
        self._waiting[key] = Waiting(self._attempts.get(key, 1), self._engine.now, rejected_by)
        self._engine.call_at(_tick_after(self._engine.now + UNSCHEDULABLE_MOST, UNSCHEDULABLE_TICK), lambda: self._try_again(key))

    def forget(self, key: Key) -> None:
        """The pod has a node, or is gone."""
        self._active.pop(key, None)
        self._waiting.pop(key, None)
        self._attempts.pop(key, None)

    def waiting(self) -> dict[Key, Waiting]:
        """Pods that wait for something to happen."""
        return self._waiting

    def requeue(self, key: Key, pod: Pod) -> None:
        """Something happened that may help: try the pod, but not before its back-off is over."""
        item = self._waiting.get(key)
        if item is None:
            return
        due = item.last_try + exponential(INITIAL_BACK_OFF, MOST_BACK_OFF, item.attempts - 1)
        if due <= self._engine.now or self._pops_from_back_off:
            self.add(key, pod)
            return
        del self._waiting[key]
        self._engine.call_at(_tick_after(due, BACK_OFF_TICK), lambda: self.add(key, pod), Order.ACT)

    def _try_again(self, key: Key) -> None:
        item = self._waiting.get(key)
        if item is not None and self._engine.now - item.last_try >= UNSCHEDULABLE_MOST:
            self._on_timeout(key)


def _tick_after(t: int, period: int) -> int:
    """The first tick at or after `t`."""
    return -(-t // period) * period
