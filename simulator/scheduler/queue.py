"""Pods to schedule: active ones, ones in back-off, and unschedulable ones (pkg/scheduler/backend/queue)."""

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
MAX_BACK_OFF = 10 * SECOND
BACK_OFF_TICK = 1 * SECOND
"""How often the queue moves pods whose back-off has expired."""
UNSCHEDULABLE_TICK = 30 * SECOND
UNSCHEDULABLE_MAX = 5 * MINUTE
"""How often the queue looks for pods that have been unschedulable for the longest time, and that time."""


class Waiting(NamedTuple):
    """An unschedulable pod: its attempts, the time of the last one (ns), and the filters that rejected it."""

    attempts: int
    last_try: int
    rejected_by: frozenset[str]


class SchedulingQueue:
    """Pods by priority, then in order of arrival.

    Args:
        engine: The clock.
        wake: Called for each pod that can be popped.
        on_timeout: Called for a pod that has been unschedulable for five minutes.
        pops_from_back_off: Whether an idle scheduler takes pods out of their back-off (SchedulerPopFromBackoffQ).
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
        """Make a pod active: the scheduler tries it at this instant."""
        if key not in self._active:
            self._count += 1
            self._active[key] = (-(pod.spec.priority or 0), self._count)
            heappush(self._order, (self._active[key], key))
            self._waiting.pop(key, None)
            self._wake()

    def pop(self) -> Key | None:
        """The next active pod; None when there is none."""
        while self._order:
            rank, key = heappop(self._order)
            if self._active.get(key) == rank:  # else it was forgotten or added again
                del self._active[key]
                self._attempts[key] = self._attempts.get(key, 0) + 1
                return key
        return None

    def park(self, key: Key, rejected_by: frozenset[str]) -> None:
        """Note that the filters `rejected_by` rejected a pod: it waits for an event that may help, at most five minutes."""
        self._waiting[key] = Waiting(self._attempts.get(key, 1), self._engine.now, rejected_by)
        self._engine.call_at(_tick_after(self._engine.now + UNSCHEDULABLE_MAX, UNSCHEDULABLE_TICK), lambda: self._try_again(key))

    def forget(self, key: Key) -> None:
        """Drop a pod that has been bound or deleted."""
        self._active.pop(key, None)
        self._waiting.pop(key, None)
        self._attempts.pop(key, None)

    def waiting(self) -> dict[Key, Waiting]:
        """The unschedulable pods."""
        return self._waiting

    def requeue(self, key: Key, pod: Pod) -> None:
        """Try an unschedulable pod again once its back-off has expired, for something happened that may help it."""
        item = self._waiting.get(key)
        if item is None:
            return
        due = item.last_try + exponential(INITIAL_BACK_OFF, MAX_BACK_OFF, item.attempts - 1)
        if due <= self._engine.now or self._pops_from_back_off:
            self.add(key, pod)
            return
        del self._waiting[key]
        self._engine.call_at(_tick_after(due, BACK_OFF_TICK), lambda: self.add(key, pod), Order.ACT)

    def _try_again(self, key: Key) -> None:
        item = self._waiting.get(key)
        if item is not None and self._engine.now - item.last_try >= UNSCHEDULABLE_MAX:
            self._on_timeout(key)


def _tick_after(t: int, period: int) -> int:
    """The first tick at or after `t`."""
    return -(-t // period) * period
