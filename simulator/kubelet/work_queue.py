"""Pods to sync again, each at its own time; only the sync tick takes them out (util/queue/work_queue.go)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.engine import Engine, Timer
from simulator.kubelet.config import SYNC_TICK


class WorkQueue:
    """One entry for each pod; a new one replaces it. `due(uids)` is called at a tick with all pods whose time is before it.

    Ticks come each second from `phase` on (nanoseconds); a tick with nothing due is not simulated.
    """

    def __init__(self, engine: Engine, phase: int, due: Callable[[list[str]], None]) -> None:
        self._engine = engine
        self._phase = phase % SYNC_TICK
        self._due = due
        self._entries: dict[str, int] = {}
        self._deadlines: dict[str, int] = {}
        self._timer: Timer | None = None
        self._last_tick = -1

    def add(self, uid: str, t: int) -> None:
        """Sync the pod at the first tick after `t`."""
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
        self._deadlines.pop(uid, None)

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
        self._timer = self._engine.call_at(tick, self._tick)

    def _tick(self) -> None:
        now = self._last_tick = self._engine.now
        ready = [uid for uid, t in self._entries.items() if t < now]
        for uid in ready:
            del self._entries[uid]
        ready += [uid for uid, t in self._deadlines.items() if now - SYNC_TICK < t <= now and uid not in ready]
        self._schedule()
        if ready:
            self._due(ready)
