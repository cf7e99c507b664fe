"""The PLEG and its cache: the kubelet sees its containers only as of the last relist (pkg/kubelet/pleg/generic.go).

Relists come at fixed instants. One that could find nothing new, and that nobody waits for, is not played: it would change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.runtime import Runtime
from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.engine import Engine, Gate, Order, Process, Timer
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.relist_times import RelistTimes

STARTED, DIED, REMOVED = "ContainerStarted", "ContainerDied", "ContainerRemoved"


class LifecycleEvent(NamedTuple):
    """Something that a relist found: `data` is the id of the container or sandbox."""

    pod_uid: str
    type: str
    data: str
    record: ContainerRecord | None


class Pleg:
    """Relists the runtime and tells `found(event)` what changed; `get_newer_than` is the cache's side."""

    def __init__(self, engine: Engine, runtime: Runtime, config: KubeletConfig, found: Callable[[LifecycleEvent], None]) -> None:
        self._engine = engine
        self._runtime = runtime
        self._found = found
        self.times = RelistTimes(engine.streams, config, runtime.node, engine.begin)
        self._pods: dict[str, RuntimePod] = {}
        self._fresh: set[str] = set()
        self._dirty: dict[str, None] = {}
        self._relisted = Gate(engine)
        self._timer: Timer | None = None
        self._never = engine.begin - 1
        self._last_played = self._never
        self.paused = False
        runtime.watchers.append(self._notice)

    # ---- the cache

    def cached(self, uid: str) -> RuntimePod:
        """The pod as of its last relist."""
        return self._pods.get(uid, RuntimePod())

    def sync_ended(self, uid: str) -> None:
        """What was relisted on demand before is old now."""
        self._fresh.discard(uid)

    def get_newer_than(self, uid: str, t: int | None) -> Process[RuntimePod]:
        """The pod as a relist saw it that began after `t`; waits for one. Without `t`: as it is known."""
        while t is not None and uid not in self._fresh and self._last_relist() <= t:
            self._schedule()
            yield self._relisted.wait()
        return self.cached(uid)

    def _last_relist(self) -> int:
        """When the last relist began, played or not."""
        now = self._engine.now
        index = self.times.last(now)
        latest = self.times.at(index)
        # The one that is due at this very instant counts once it has been played.
        if latest == now and self._last_played != now:
            latest = self.times.at(index - 1)
        return max(latest, self._last_played)

    # ---- relisting

    def relist_now(self, uid: str) -> None:
        """Relist one pod at this instant, behind all that happens at it (PLEGOnDemandRelist)."""

        def relist() -> None:
            self._fresh.add(uid)
            self._relist([uid])

        self._engine.call_after(0, relist, Order.OBSERVE)

    def _notice(self, uid: str) -> None:
        self._dirty[uid] = None
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None and self._timer.pending:
            return
        index = self.times.last(self._engine.now)
        due = self.times.at(index)
        if due < self._engine.now or due == self._last_played:
            due = self.times.at(index + 1)
        self._timer = self._engine.call_at(due, self._play, Order.OBSERVE)

    def _play(self) -> None:
        if self.paused:
            return
        self._last_played = self._engine.now
        self._relist(list(self._dirty))

    def resume(self) -> None:
        """Relist again after a pause: all that changed meanwhile is found at the next relist."""
        self.paused = False
        self._schedule()

    def _relist(self, uids: list[str]) -> None:
        events: list[LifecycleEvent] = []
        for uid in uids:
            self._dirty.pop(uid, None)
            before, after = self.cached(uid), self._runtime.pod(uid)
            events += compare(uid, before, after)
            if after.containers or after.sandboxes:
                self._pods[uid] = after
            else:
                self._pods.pop(uid, None)
        self._relisted.open()
        for event in events:
            self._found(event)


def compare(uid: str, before: RuntimePod, after: RuntimePod) -> list[LifecycleEvent]:
    """What changed between two relists; containers first, then sandboxes. A container that came and went in between has only died."""
    old, new = _states(before), _states(after)
    records = {record.id: record for record in (*after.containers, *before.containers)}
    events = []
    for item in dict.fromkeys((*old, *new)):
        was, now = old.get(item), new.get(item)
        if was == now or now == "unknown":
            continue
        if now is None:
            types = [REMOVED] if was == "exited" else [DIED, REMOVED]
        else:
            types = [STARTED if now == "running" else DIED]  # PLG-01
        events += [LifecycleEvent(uid, type_, item, records.get(item)) for type_ in types]
    return events


def _states(pod: RuntimePod) -> dict[str, str]:
    words = {State.RUNNING: "running", State.EXITED: "exited", State.CREATED: "unknown"}
    states = {record.id: words[record.state] for record in pod.containers}
    states.update({sandbox.id: "running" if sandbox.ready else "exited" for sandbox in pod.sandboxes})
    return states
