"""The order in which the probe workers of a node take turns that are due at the same instant."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import NamedTuple

from simulator.engine import Engine, Event, Order


class Rank(NamedTuple):
    """A worker's place among those that are due at the same instant: timers fire in the order in which they were set.

    Attributes:
        set_at: When the plain loop sets the timer of this turn, in nanoseconds: when the turn before it has ended.
        order: Orders timers that are set at the same instant. A worker keeps it as long as its turns follow each other regularly,
            because then they also keep their order.
    """

    set_at: int
    order: int


class Turns:
    """Wakes the workers of one node at their ticks. At each instant it does so in order of rank, one after the other."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._orders = 0
        self._due: dict[int, list[tuple[Rank, int, Event]]] = {}
        self._waits = 0
        self._latest: tuple[int, Rank] | None = None

    def next_order(self) -> int:
        """The order of a worker whose turns are regular from now on."""
        self._orders += 1
        return self._orders

    def wake_at(self, t: int, rank: Rank, wake: Event) -> None:
        """Set `wake` when it is the turn of `rank` at `t`; no effect once something else has set it."""
        due = self._due.get(t)
        if due is None:
            due = self._due[t] = []
            self._engine.call_at(t, lambda: self._next(t), Order.PROBE)
        self._waits += 1
        heappush(due, (rank, self._waits, wake))

    def passed(self, rank: Rank) -> bool:
        """Whether a worker of a later rank has already had its turn at this instant, so that `rank` has missed it."""
        return self._latest is not None and self._latest[0] == self._engine.now and self._latest[1] > rank

    def _next(self, t: int) -> None:
        """Wake the next worker. What its turn causes happens before the turn after it, because that has the last order."""
        due = self._due[t]
        while due:
            rank, _, wake = heappop(due)
            if wake.set():  # else something else has set it, so that the worker waits for another event by now
                self._latest = (t, rank)
                self._engine.call_at(t, lambda: self._next(t), Order.PROBE)
                return
        del self._due[t]
