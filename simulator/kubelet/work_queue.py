"""Pods to sync again, each at its own time; only the sync tick takes them out (util/queue/work_queue.go)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.engine import Engine, Order, Timer
from simulator.kubelet.config import SYNC_TICK

REMEMBERED = 8
"""How many instants a place remembers: two pods are hardly ever added at the same ones, unless all their waits are equal."""


class Place(NamedTuple):
    """The place of a pod among those of one tick.

    They come in the order in which they were added, so the latest `added` instants decide, those before them when the latest are equal,
    and at last the `number` of each pod's first addition.
    """

    added: tuple[int, ...]
    number: int

    def moved(self, now: int) -> Place:
        """The place of a pod that is added again."""
        return Place((now, *self.added[: REMEMBERED - 1]), self.number)


class Skipped(NamedTuple):
    """The syncs of a resting pod that were not simulated: when the last of them ended, and when the one that is under way ends."""

    ended: int | None = None
    ends: int | None = None


class WorkQueue:
    """One entry for each pod; a new one replaces it. `due(uids)` is called at a tick with all pods whose time is before it.

    Ticks come each second from `phase` on (nanoseconds); a tick with nothing due is not simulated, nor is one for pods that rest.
    """

    def __init__(self, engine: Engine, phase: int, due: Callable[[list[str]], None]) -> None:
        self._engine = engine
        self._phase = phase % SYNC_TICK
        self._due = due
        self._entries: dict[str, int] = {}
        self._resting: dict[str, int] = {}
        self._places: dict[str, Place] = {}
        self._added = 0
        self._deadlines: dict[str, int] = {}
        self._timer: Timer | None = None
        self._last_tick = -1

    def add(self, uid: str, t: int) -> None:
        """Sync the pod at the first tick after `t`."""
        if uid not in self._entries:
            self._move(uid)
        self._entries[uid] = t
        self._schedule()

    def add_deadline(self, uid: str, t: int) -> None:
        """Sync the pod also at the first tick from `t` on, whatever else is added."""
        if self._deadlines.get(uid) != t:
            self._deadlines[uid] = t
            self._schedule()

    def forget(self, uid: str) -> None:
        """The pod has left the node."""
        self._entries.pop(uid, None)
        self._resting.pop(uid, None)
        self._places.pop(uid, None)
        self._deadlines.pop(uid, None)

    # ---- pods that rest

    def rest(self, uid: str, t: int) -> None:
        """As `add`, but simulate nothing for this pod until `rouse`: no sync of it would change anything."""
        if self._entries.pop(uid, None) is None:
            self._move(uid)
        self._resting[uid] = t

    def rests(self, uid: str) -> bool:
        """Whether the pod rests."""
        return uid in self._resting

    def rouse(self, uid: str, takes: int, delay: Callable[[], int]) -> Skipped:
        """End the rest of a pod: its entry is what it would be after all ticks so far. A sync `takes` some time, and `delay` later comes
        the next. When a sync is under way now, there is no entry: that sync adds one.
        """
        due, place, ended = self._resting.pop(uid), self._places[uid], None
        while self._is_over(tick := self._tick_after(due)):
            if tick + takes > self._engine.now or (tick + takes == self._engine.now and not self._engine.has_reached(Order.ACT)):
                self._places[uid] = place
                return Skipped(ended, tick + takes)
            ended = tick + takes
            due, place = ended + delay(), place.moved(ended)
        self._insert(uid, due, place)
        return Skipped(ended)

    def _is_over(self, tick: int) -> bool:
        """Whether a tick has been simulated, or would have been."""
        now = self._engine.now
        return tick < now or (tick == now and (self._last_tick == now or self._engine.has_reached(Order.ACT)))

    def _insert(self, uid: str, due: int, place: Place) -> None:
        later = {other: t for other, t in self._entries.items() if self._places[other] > place}
        for other in later:
            del self._entries[other]
        self._entries |= {uid: due, **later}
        self._places[uid] = place
        self._schedule()

    def _move(self, uid: str) -> None:
        self._added += uid not in self._places
        self._places[uid] = self._places.get(uid, Place((), self._added)).moved(self._engine.now)

    # ---- ticks

    def _tick_after(self, t: int) -> int:
        return t + SYNC_TICK - (t - self._phase) % SYNC_TICK

    def _schedule(self) -> None:
        # A deadline at the very instant of a tick was handled by that tick.
        times = [*self._entries.values(), *(t - 1 for t in self._deadlines.values() if t >= self._engine.now and t > self._last_tick)]
        if not times:
            return
        tick = self._tick_after(max(min(times), self._engine.now - 1))
        if self._timer is not None and self._timer.pending:
            if self._timer.due <= tick:
                return
            self._timer.cancel()
        self._timer = self._engine.call_at(tick, self._tick, Order.TICK)

    def _tick(self) -> None:
        now = self._last_tick = self._engine.now
        ready = [uid for uid, t in self._entries.items() if t < now]
        for uid in ready:
            del self._entries[uid]
        ready += [uid for uid, t in self._deadlines.items() if now - SYNC_TICK < t <= now and uid not in ready]
        self._schedule()
        if ready:
            self._due(ready)
