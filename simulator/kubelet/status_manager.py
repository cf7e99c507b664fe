"""Keeps each pod's latest status and writes it to the API (pkg/kubelet/status/status_manager.go)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.container.termination_message import truncated
from simulator.kubelet import conditions
from simulator.kubelet.config import FIRST_HOUSEKEEPING, FIRST_WRITES, LATE_WRITE, STATUS_ALONE, STATUS_LATE
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_states import PodStates
from simulator.kubelet.recorder import cause
from simulator.kubelet.specs import runtime_id
from simulator.objects.base import evolve
from simulator.objects.conditions import CONTAINERS_READY, DISRUPTION_TARGET, READY, condition_of
from simulator.objects.kinds import Key, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, has_ended, is_terminal, restarts_always
from simulator.objects.pod_status import (
    ContainerState,
    ContainerStateTerminated,
    ContainerStatus,
    PodCondition,
    PodStatus,
)
from simulator.objects.process import SIGKILL_EXIT
from simulator.units import SECOND

STATUS_SYNC_PERIOD = 10 * SECOND
"""syncPeriod: how often all statuses are compared with what the API has."""
SHORT = 512
"""A message of this many characters always fits, even when twenty containers share the limit."""
UNLOCATED = "The container could not be located when the pod was terminated"


class StatusManager:
    """Statuses by pod uid.

    A change is written at the same instant, after the component that made it has run; changes of one instant are one write. `watchers` are
    called with the uid of each pod whose status changed. `states` know whether a pod may still run something.
    """

    def __init__(self, node: NodeContext, states: PodStates) -> None:
        self._engine = node.engine
        self._api = node.api
        self._states = states
        self._busy_until = node.config.started_at + FIRST_HOUSEKEEPING
        self._held_until = self._engine.now
        self._statuses: dict[str, PodStatus] = {}
        self.watchers: list[Callable[[str], None]] = []
        self._finished: set[str] = set()
        self._keys: dict[str, Key] = {}
        self._dirty: dict[str, str] = {}

    def status_of(self, uid: str) -> PodStatus | None:
        """The status that was set last, or None."""
        return self._statuses.get(uid)

    def forget(self, uid: str) -> None:
        """The pod has left the API."""
        self._statuses.pop(uid, None)
        self._finished.discard(uid)

    def set_pod_status(self, pod: Pod, status: PodStatus, rule: str = "STA-01") -> None:
        """Store a generated status; that of a pod that is being deleted is written even when nothing changed."""
        self._update(pod, status, rule, force=is_being_deleted(pod))

    def set_container_readiness(self, pod: Pod, container_id: str, *, ready: bool) -> None:
        """A readiness probe has a new result: change the status at once, without waiting for a sync."""
        status = self._statuses.get(pod.metadata.uid)
        if status is None:
            return
        changed = _with_container(status, container_id, lambda container: evolve(container, ready=ready))  # STA-11
        if changed is status:
            return
        containers = [*changed.init_container_statuses, *changed.container_statuses]
        current = {
            READY: conditions.ready(pod, changed.conditions, containers, changed.phase),
            CONTAINERS_READY: conditions.containers_ready(pod, containers, changed.phase),
        }
        merged = [
            evolve(current[c.type], observed_generation=c.observed_generation) if c.type in current else c for c in changed.conditions
        ]
        self._update(pod, evolve(changed, conditions=merged), "STA-11")

    def set_container_startup(self, pod: Pod, container_id: str, *, started: bool) -> None:
        """A startup probe has a result."""
        status = self._statuses.get(pod.metadata.uid)
        if status is None:
            return
        changed = _with_container(status, container_id, lambda container: evolve(container, started=started))
        if changed is status:
            return
        alone = self._engine.streams.coin(STATUS_ALONE, "startup-status", pod.metadata.uid)
        if not alone and self._engine.streams.coin(STATUS_LATE, "late-status", pod.metadata.uid):
            self._held_until = self._engine.now + LATE_WRITE
        self._update(pod, changed, "PRB-16")
        if alone:
            self._sync()

    def set_ready_to_start(self, pod: Pod, generation: int | None) -> None:
        """The sandbox is ready: report that before images are pulled."""
        status = self._statuses.get(pod.metadata.uid, pod.status)
        ready = evolve(conditions.condition(conditions.READY_TO_START, True), observed_generation=generation)
        kept = [c for c in status.conditions if c.type != ready.type]
        place = next((i for i, c in enumerate(status.conditions) if c.type == ready.type), 0)
        self._update(pod, evolve(status, conditions=[*kept[:place], ready, *kept[place:]]), "SBX-07")

    def write_now(self, uid: str) -> None:
        """Write a pod's change without waiting for the component that made it, which has more to do."""
        if uid in self._dirty and self._engine.now >= self._busy_until:
            self._sync_pod(uid, self._dirty.pop(uid))

    def terminate_pod(self, pod: Pod) -> None:
        """The pod has ended for good: every container has an exit code, the phase is terminal."""
        status = self._statuses.get(pod.metadata.uid, pod.status)
        # Once a pod was initialized, as its worker has last seen it, a container without an exit code has failed.
        initialized = has_initialized(pod)
        regular = [_located(c) if initialized else c for c in status.container_statuses]  # TRM-05
        reached = max((i for i, c in enumerate(status.init_container_statuses) if _left_a_trace(c)), default=0)
        init = [_located(c) if i <= reached else c for i, c in enumerate(status.init_container_statuses)]
        phase = status.phase if is_terminal(status.phase) else FAILED
        self._finished.add(pod.metadata.uid)
        self._update(pod, evolve(status, container_statuses=regular, init_container_statuses=init, phase=phase), "TRM-05", force=True)

    def reconcile(self, pod: Pod) -> None:
        """Another component wrote the pod's status: at the next periodic sync, what is stored here is written again."""
        uid = pod.metadata.uid
        status = self._statuses.get(uid)
        if status is None or self._merged(pod, status) == pod.status:
            return
        phase = self._engine.streams.uniform(0, STATUS_SYNC_PERIOD, "status-sync", uid)
        self._engine.call_after(STATUS_SYNC_PERIOD - (self._engine.now - phase) % STATUS_SYNC_PERIOD, lambda: self._sync_pod(uid, "STA-01"))

    def _update(self, pod: Pod, status: PodStatus, rule: str, *, force: bool = False) -> None:
        uid = pod.metadata.uid
        status = with_shared_messages(pod, status)
        old = self._statuses.get(uid)
        before = old if old is not None else pod.status
        stamped = [_stamped(c, before, self._engine.timestamp()) for c in status.conditions]
        stored = evolve(status, conditions=stamped, start_time=before.start_time or status.start_time or self._engine.timestamp())
        if old == stored and not force:
            return
        self._statuses[uid] = stored
        for watcher in self.watchers:
            watcher(uid)
        self._keys[uid] = key_of(pod)
        if not self._dirty:
            late = max(self._held_until - self._engine.now, 0)
            self._engine.call_after(FIRST_WRITES if self._engine.now < self._busy_until else late, self._sync)
        self._dirty[uid] = rule

    def _sync(self) -> None:
        dirty, self._dirty = self._dirty, {}
        for uid, rule in dirty.items():
            self._sync_pod(uid, rule)

    def _sync_pod(self, uid: str, rule: str) -> None:
        status, key = self._statuses.get(uid), self._keys[uid]
        pod = self._api.store.get(key)
        # The pod is gone, or another one has its name by now.
        if status is None or not isinstance(pod, Pod) or pod.metadata.uid != uid:
            return
        merged = self._merged(pod, status)
        if merged != pod.status:
            pod = self._api.update_status(evolve(pod, status=merged), cause(pod, rule))
        if is_being_deleted(pod) and has_ended(pod) and uid in self._finished:  # TRM-06
            try:
                self._api.delete(key, Deletion(grace=0, uid=uid), cause(pod, "TRM-06"))
            except ApiError:
                return
            self.forget(uid)

    def _merged(self, pod: Pod, status: PodStatus) -> PodStatus:
        return merged_status(pod.status, status, could_run=self._states.could_have_running_containers(pod.metadata.uid))


def merged_status(old: PodStatus, new: PodStatus, *, could_run: bool) -> PodStatus:
    """What is written over `old`: others' conditions are kept, and a terminal phase waits until no container can run (mergePodStatus)."""
    own = conditions.OWNED if condition_of(new, DISRUPTION_TARGET) is None else (*conditions.OWNED, DISRUPTION_TARGET)
    owned = [c for c in new.conditions if c.type in own]
    kept = [c for c in old.conditions if c.type not in own]
    merged = evolve(new, conditions=[*kept, *owned], resource_claim_statuses=old.resource_claim_statuses)
    if is_terminal(new.phase) and not is_terminal(old.phase) and could_run:  # STA-03
        return evolve(merged, phase=old.phase, reason=old.reason, message=old.message)
    return _never_ready(merged) if is_terminal(merged.phase) else merged  # STA-04


def _never_ready(status: PodStatus) -> PodStatus:
    """A pod that has ended is not ready, whatever its containers were."""
    reason = conditions.reason_of_end(status.phase)
    fixed = [
        evolve(c, status="False", reason=reason, message="") if c.type in (READY, CONTAINERS_READY) and c.status == "True" else c
        for c in status.conditions
    ]
    return evolve(status, conditions=fixed)


def _stamped(item: PodCondition, before: PodStatus, now: str) -> PodCondition:
    """A condition with the time of its last transition, which is the old one while the status stays the same."""
    old = condition_of(before, item.type)
    kept = old.last_transition_time if old is not None and old.status == item.status else None
    own = item.last_transition_time if item.type in conditions.RESIZES else None
    return evolve(item, last_transition_time=own or kept or now)


def with_shared_messages(pod: Pod, status: PodStatus) -> PodStatus:
    """The status with termination messages cut to each container's share of the pod's limit."""
    count = len(pod.spec.containers) + len(pod.spec.init_containers) + len(pod.spec.ephemeral_containers)
    regular = [_shared(item, count) for item in status.container_statuses]
    init = [_shared(item, count) for item in status.init_container_statuses]
    if regular == status.container_statuses and init == status.init_container_statuses:
        return status
    return evolve(status, container_statuses=regular, init_container_statuses=init)


def _shared(item: ContainerStatus, count: int) -> ContainerStatus:
    changes = {}
    for name in ("state", "last_state"):
        state = getattr(item, name)
        if state.terminated is not None and len(state.terminated.message) > SHORT:
            message = truncated(state.terminated.message, count)  # STA-12
            changes[name] = evolve(state, terminated=evolve(state.terminated, message=message))
    return evolve(item, **changes) if changes else item


def _with_container(status: PodStatus, container_id: str, change: Callable[[ContainerStatus], ContainerStatus]) -> PodStatus:
    def changed(statuses: list[ContainerStatus]) -> list[ContainerStatus]:
        return [change(c) if runtime_id(c.container_id) == container_id else c for c in statuses]

    regular, init = changed(status.container_statuses), changed(status.init_container_statuses)
    if regular == status.container_statuses and init == status.init_container_statuses:
        return status
    return evolve(status, container_statuses=regular, init_container_statuses=init)


def has_initialized(pod: Pod) -> bool:
    """Whether the pod's init containers were all done."""
    status = pod.status
    if not pod.spec.init_containers or any(_left_a_trace(c) for c in status.container_statuses):
        return True
    last = status.init_container_statuses[-1:]
    ended = [c.state.terminated or c.last_state.terminated for c in last]
    sidecar = restarts_always(pod.spec.init_containers[-1]) and any(c.state.running and c.started for c in last)
    return sidecar or any(end is not None and end.exit_code == 0 for end in ended)


def _left_a_trace(status: ContainerStatus) -> bool:
    return bool(status.state.running or status.state.terminated or status.last_state.terminated)


def _located(status: ContainerStatus) -> ContainerStatus:
    if status.state.terminated is not None:
        return status
    ended = ContainerStateTerminated(exit_code=SIGKILL_EXIT, reason="ContainerStatusUnknown", message=UNLOCATED)
    return evolve(status, state=ContainerState(terminated=ended))
