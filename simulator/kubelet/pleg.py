"""The PLEG and its cache: the kubelet sees its containers only as of the last relist (pkg/kubelet/pleg/generic.go).

Relists come at fixed instants. One that could find nothing new, and that no worker waits for, is not simulated: it would change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.engine import Gate, Order, Process, Timer
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.relist_times import RelistTimes

STARTED, DIED, REMOVED = "ContainerStarted", "ContainerDied", "ContainerRemoved"


class LifecycleEvent(NamedTuple):
    """A change that a relist noticed: `data` is the id of the container or sandbox."""

    pod_uid: str
    type: str
    data: str
    record: ContainerRecord | None


class Pleg:
    """Relists the runtime and calls `changed(event)` for each change; `get_newer_than` is the cache's side."""

    def __init__(self, node: NodeContext, changed: Callable[[LifecycleEvent], None]) -> None:
        engine = self._engine = node.engine
        self._runtime = node.runtime
        self._changed = changed
        self.times = RelistTimes(engine.streams, node.config, node.name, engine.begin)
        self._pods: dict[str, RuntimePod] = {}
        self._fresh: set[str] = set()
        self._dirty: dict[str, None] = dict.fromkeys(node.runtime.pods())
        self._relisted = Gate(engine)
        self._timer: Timer | None = None
        self._never = engine.begin - 1
        self._last_relisted = self._never
        self.paused = False
        node.runtime.watchers.append(self.notice)
        if self._dirty:
            self._schedule()

    # ---- the cache

    def cached(self, uid: str) -> RuntimePod:
        """The pod as of its last relist."""
        return self._pods.get(uid, RuntimePod())

    def is_outdated(self, uid: str) -> bool:
        """Whether the pod has changed since its last relist."""
        return uid in self._dirty

    def sync_ended(self, uid: str) -> None:
        """A sync ended: what was relisted on demand before it is outdated."""
        self._fresh.discard(uid)

    def get_newer_than(self, uid: str, t: int | None) -> Process[RuntimePod]:
        """The pod as seen by a relist that began after `t`, which is waited for. Without `t`: as of the last relist."""
        while t is not None and uid not in self._fresh and self._last_relist() <= t:
            self._schedule()
            yield self._relisted.wait()
        return self.cached(uid)

    def _last_relist(self) -> int:
        """When the last relist began, simulated or not."""
        now = self._engine.now
        index = self.times.last(now)
        latest = self.times.at(index)
        # One that is due at this very instant counts once it has run.
        if latest == now and self._last_relisted != now:
            latest = self.times.at(index - 1)
        return max(latest, self._last_relisted)

    # ---- relisting

    def relist_now(self, uid: str) -> None:
        """Relist one pod at this instant, after everything else that happens at it (PLEGOnDemandRelist)."""

        def relist() -> None:
            self._fresh.add(uid)
            self._relist([uid])

        self._engine.call_after(0, relist, Order.OBSERVE)

    def notice(self, uid: str) -> None:
        """Something about a pod in the runtime changed: the next relist sees it."""
        self._dirty[uid] = None
        self._schedule()

    def _schedule(self) -> None:
        if self._timer is not None and self._timer.pending:
            return
        index = self.times.last(self._engine.now)
        due = self.times.at(index)
        if due < self._engine.now or due == self._last_relisted:
            due = self.times.at(index + 1)
        self._timer = self._engine.call_at(due, self._relist_all, Order.OBSERVE)

    def _relist_all(self) -> None:
        if self.paused:
            return
        self._last_relisted = self._engine.now
        self._relist(list(self._dirty))

    def resume(self) -> None:
        """Relist again after a pause: the next relist notices all changes since."""
        self.paused = False
        self._schedule()

    def _relist(self, uids: list[str]) -> None:
        events: list[LifecycleEvent] = []
        for uid in uids:
            self._dirty.pop(uid, None)
            before, after = self.cached(uid), self._runtime.pod(uid)
            after = after._replace(last_ip=after.ip or before.last_ip)
            events += compare(uid, before, after)
            if after.containers or after.sandboxes:
                self._pods[uid] = after
            else:
                self._pods.pop(uid, None)
        self._relisted.open()
        for event in events:
            self._changed(event)


def compare(uid: str, before: RuntimePod, after: RuntimePod) -> list[LifecycleEvent]:
    """What changed between two relists; containers first, then sandboxes. A container that started and ended in between has only died."""
    old, new = _states(before), _states(after)
    records = {record.id: record for record in (*after.containers, *before.containers)}
    events = []
    for item in dict.fromkeys((*old, *new)):
        state, now = old.get(item), new.get(item)
        if state == now or now == "unknown":
            continue
        if now is None:
            types = [REMOVED] if state == "exited" else [DIED, REMOVED]
        else:
            types = [STARTED if now == "running" else DIED]  # PLG-01
        events += [LifecycleEvent(uid, type_, item, records.get(item)) for type_ in types]
    return events


def _states(pod: RuntimePod) -> dict[str, str]:
    words = {State.RUNNING: "running", State.EXITED: "exited", State.CREATED: "unknown"}
    states = {record.id: words[record.state] for record in pod.containers}
    states.update({sandbox.id: "running" if sandbox.ready else "exited" for sandbox in pod.sandboxes})
    return states
