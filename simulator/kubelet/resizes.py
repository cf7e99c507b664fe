"""Resizes of pods in place: what the kubelet has allocated to containers, and resizes that wait for capacity (pkg/kubelet/allocation).

A pod that is being resized has three sets of resources: those of its spec, those that its kubelet has allocated, and those that its
containers have. All of the kubelet works with the pod as it is allocated; only this module knows what the spec asks for.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.status import ContainerRecord, RuntimePod
from simulator.engine import Process
from simulator.kubelet.admission import too_large
from simulator.kubelet.admission_handler import AdmissionHandler
from simulator.kubelet.klog import go_quoted
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.specs import Resources, formatted, is_resized, resizable, resources_of, with_resources
from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.qos import qos_class
from simulator.manifest.quantities import parse
from simulator.objects.conditions import RESIZE_IN_PROGRESS, RESIZE_PENDING
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.objects.pod_status import PodCondition
from simulator.units import MINUTE

RETRY = 3 * MINUTE
"""How often resizes that wait are tried again without a reason."""
INFEASIBLE, DEFERRED, ERROR = "Infeasible", "Deferred", "Error"
STARTED, COMPLETED, FAILED = ("ResizeStarted", "started"), ("ResizeCompleted", "completed"), ("ResizeError", "error")


class _State(msgspec.Struct):
    """A pod whose resources were changed: as the API has it, what is allocated, and its two conditions."""

    desired: Pod
    allocation: Resources
    conditions: dict[str, PodCondition] = msgspec.field(default_factory=dict)

    @property
    def allocated(self) -> Pod:
        """The pod as the kubelet runs it."""
        return with_resources(self.desired, self.allocation)


class Resizes:
    """Of one node. `pods` are the pods that the kubelet knows; `sync(pod)` starts a sync."""

    def __init__(self, node: NodeContext, admission: AdmissionHandler, pods: dict[str, Pod], sync: Callable[[Pod], None]) -> None:
        self._node = node
        self._admission = admission
        self._pods = pods
        self._sync = sync
        self._states: dict[str, _State] = {}
        self._pending: list[str] = []
        self._last_retry = 0

    # ---- what others see

    def desired(self, pod: Pod) -> Pod:
        """A pod as the API has it."""
        state = self._states.get(pod.metadata.uid)
        return pod if state is None else state.desired

    def conditions(self, uid: str) -> list[PodCondition]:
        """PodResizePending and PodResizeInProgress, as far as they hold."""
        state = self._states.get(uid)
        known = {} if state is None else state.conditions
        return [known[name] for name in (RESIZE_PENDING, RESIZE_IN_PROGRESS) if name in known]

    # ---- what happens to pods

    def changed(self, pod: Pod, known: Pod) -> Pod:
        """The API has a new version of a pod that the kubelet knows; the pod as it is allocated."""
        uid = pod.metadata.uid
        state = self._states.get(uid)
        if state is None:
            if resources_of(pod) == resources_of(known):
                return pod
            state = self._states[uid] = _State(pod, resources_of(known))
        before, state.desired = resources_of(state.desired), pod
        if resources_of(pod) == state.allocation:
            self._clear(state, RESIZE_PENDING)
            self._pending = [one for one in self._pending if one != uid]
        elif resources_of(pod) != before or (uid not in self._pending and RESIZE_PENDING not in state.conditions):  # RSZ-01
            self._pending = sorted({*self._pending, uid}, key=self._rank)
            self._pods[uid] = state.allocated
            self.retry()
        return state.allocated

    def forget(self, uid: str) -> None:
        """The pod has left the API."""
        self._states.pop(uid, None)
        self._pending = [one for one in self._pending if one != uid]

    def capacity_freed(self) -> None:
        """A pod has left, ended or become smaller."""
        if self._pending and self._node.dialect.retries_resizes_for_capacity:  # RSZ-04
            self.retry()

    def sync_begins(self, pod: Pod, runtime: RuntimePod) -> Pod:
        """Note whether a resize is under way or complete; the pod as it is allocated now (SyncPod)."""
        uid = pod.metadata.uid
        state = self._states.get(uid)
        if state is None:
            return pod
        if uid in self._pending and not self._node.dialect.retries_resizes_for_capacity:  # RSZ-05
            self._decide(uid)
        allocated = with_resources(pod, state.allocation)
        if any(is_resized(item, runtime.newest(item.name)) for item in resizable(allocated)):
            self._set(state, RESIZE_IN_PROGRESS, "", "")
        elif RESIZE_IN_PROGRESS in state.conditions:  # RSZ-06
            generation = state.conditions[RESIZE_IN_PROGRESS].observed_generation
            self._clear(state, RESIZE_IN_PROGRESS)
            self._tell(allocated, NORMAL, COMPLETED, generation)
        return allocated

    def failed(self, pod: Pod, error: str) -> None:
        """The runtime could not change a container."""
        state = self._states.get(pod.metadata.uid)
        if state is not None and self._set(state, RESIZE_IN_PROGRESS, ERROR, error):  # RSZ-07
            self._tell(state.allocated, WARNING, FAILED, state.conditions[RESIZE_IN_PROGRESS].observed_generation, error)

    def carry_out(self, pod: Pod, changes: list[tuple[ContainerRecord, Container]]) -> Process[str]:
        """Give running containers other resources; the error of the sync, or empty."""
        problems = [text for record, container in changes if (text := self._problem(record, container))]
        if problems:
            error = f"[{', '.join(problems)}]" if len(problems) > 1 else problems[0]
            self.failed(pod, error)
            return f'failed to "ResizePodInPlace" for "{formatted(pod)}" with ErrResizePodInPlace: {go_quoted(error)}'
        for record, container in changes:
            yield from self._node.runtime.resize_container(record.id, container.resources)
        return ""

    def _problem(self, record: ContainerRecord, container: Container) -> str:
        """Why a memory limit cannot become smaller: the container uses more, as far as its program states that."""
        had, limit = ((part.limits if part else {}).get("memory") for part in (record.resources, container.resources))
        behavior, now = self._node.runtime.behavior(record.id), self._node.engine.now
        if limit is None or (had is not None and parse(limit)[0] >= parse(had)[0]) or behavior is None:
            return ""
        used = 0 if behavior.memory is None or behavior.origin is None else behavior.memory.at(now - behavior.origin, now)
        amount = int(parse(limit)[0])
        return "" if used < amount else f'attempting to set container "{record.name}" memory limit ({amount}) below current usage ({used})'

    def status_changed(self, before: Pod, after: Pod) -> None:
        """A pod has a new status in the API."""
        if self._pending and freed_capacity(before, after):
            self.capacity_freed()

    # ---- allocation

    def retry(self) -> None:
        """Decide about all resizes that wait, those first that ask for no more, then by priority, class and age."""
        for uid in list(self._pending):
            before = self.conditions(uid)
            allocated = self._decide(uid)
            if uid in self._pods and (allocated or self.conditions(uid) != before):
                self._sync(self._pods[uid])
        self._last_retry = now = self._node.engine.now
        if self._pending and self._node.dialect.retries_resizes_for_capacity:
            self._node.engine.call_after(RETRY, lambda: self._retry_again(now))

    def _retry_again(self, since: int) -> None:
        if self._last_retry == since and self._pending:
            self.retry()

    def _decide(self, uid: str) -> bool:
        """Whether the node can give a pod what it asks for, which is then allocated."""
        state = self._states[uid]
        pod = state.desired
        waits, reason, message = False, INFEASIBLE, self._cannot(pod)
        if not message:
            refused = self._admission.refusal_of(pod, self._pods.values())
            waits, reason, message = refused is not None, DEFERRED, "" if refused is None else refused.message
        if not waits:
            self._pending = [one for one in self._pending if one != uid]
        if message:  # RSZ-02
            if self._set(state, RESIZE_PENDING, reason, message):
                self._tell(pod, WARNING, (f"Resize{reason}", reason), state.conditions[RESIZE_PENDING].observed_generation, message)
            return False
        state.allocation = resources_of(pod)  # RSZ-03
        self._pods[uid] = state.allocated
        self._clear(state, RESIZE_PENDING)
        self._clear(state, RESIZE_IN_PROGRESS)
        self._set(state, RESIZE_IN_PROGRESS, "", "")
        self._tell(pod, NORMAL, STARTED, pod.metadata.generation)
        return True

    def _cannot(self, pod: Pod) -> str:
        """Why this node can never give a pod what it asks for; empty when it can. From 1.36 on, the API server refuses such requests."""
        node = self._admission.api_node()
        return "" if node is None or self._node.dialect.too_large_resizes_are_refused else too_large(pod, node)

    def _rank(self, uid: str) -> tuple[bool, int, bool, str, int]:
        state = self._states[uid]
        waiting = state.conditions.get(RESIZE_PENDING)
        since = "~" if waiting is None else waiting.last_transition_time or ""
        place = self._pending.index(uid) if uid in self._pending else len(self._pending)
        guaranteed = qos_class(state.desired.spec) == "Guaranteed"
        return asks_for_more(state), -(state.desired.spec.priority or 0), not guaranteed, since, place

    # ---- conditions and events

    def _set(self, state: _State, name: str, reason: str, message: str) -> bool:
        """Whether the condition changed in more than its message."""
        old, now = state.conditions.get(name), self._node.engine.timestamp()
        generation = state.desired.metadata.generation if self._node.dialect.reports_observed_generation else None
        if old is not None and name == RESIZE_IN_PROGRESS:
            reason, message, generation = reason or old.reason, message or old.message, old.observed_generation
        since = now if old is None or old.reason != reason else old.last_transition_time
        same = old is not None and (old.reason, old.message, old.observed_generation) == (reason, message, generation)
        if not same:
            state.conditions[name] = PodCondition(
                type=name, status="True", reason=reason, message=message, observed_generation=generation,
                last_probe_time=now, last_transition_time=since,
            )  # fmt: skip
        return old is None or (old.reason, old.observed_generation) != (reason, generation)

    def _clear(self, state: _State, name: str) -> None:
        state.conditions.pop(name, None)

    def _tell(self, pod: Pod, type_: str, what: tuple[str, str], generation: int | None, error: str = "") -> None:
        dialect, (reason, word) = self._node.dialect, what
        if reason not in dialect.resize_events:
            return
        rule = {"ResizeStarted": "RSZ-03", "ResizeCompleted": "RSZ-06", "ResizeError": "RSZ-07"}.get(reason, "RSZ-02")
        named = generation if dialect.resize_events_name_the_generation else None
        self._node.recorder.event(pod, type_, reason, f"Pod resize {word}: {summary(pod, named, error)}", rule)


def asks_for_more(state: _State) -> bool:
    """Whether a resize raises the pod's requests."""
    before, after = (pod_resources(pod.spec, "requests") for pod in (state.allocated, state.desired))
    return any(parse(after.get(name, "0"))[0] > parse(before.get(name, "0"))[0] for name in ("cpu", "memory"))


def freed_capacity(before: Pod, after: Pod) -> bool:
    """Whether a new status of a pod means that it uses less of its node: it has ended, or its containers have become smaller."""
    if has_ended(after) and not has_ended(before):
        return True
    had = {status.name: status.resources for status in before.status.container_statuses}
    return not is_being_deleted(after) and any(
        status.name in had and status.resources != had[status.name] for status in after.status.container_statuses
    )


def summary(pod: Pod, generation: int | None, error: str) -> str:
    """What a pod asks for, as JSON in the order of Go's struct."""
    data: dict[str, object] = {}
    for key, items in (("initContainers", pod.spec.init_containers), ("containers", pod.spec.containers)):
        listed = [{"name": item.name, "resources": _sorted(item.resources)} for item in items]
        data |= {key: listed} if listed else {}
    data |= {} if generation is None else {"generation": generation}
    data |= {"error": error} if error else {}
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def _sorted(resources: ResourceRequirements) -> dict[str, dict[str, str]]:
    parts = {"limits": resources.limits, "requests": resources.requests}
    return {part: dict(sorted(amounts.items())) for part, amounts in parts.items() if amounts}
