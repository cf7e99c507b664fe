"""Evicts pods when too little of the node is left; it looks every 10 seconds (pkg/kubelet/eviction/eviction_manager.go)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.client.recorder import NORMAL, WARNING
from simulator.engine import Order, Process
from simulator.journal.records import Cause
from simulator.kubelet.admission_handler import AdmissionHandler
from simulator.kubelet.eviction import (
    DISK,
    MEMORY,
    PRESSURE,
    RELIEF,
    Use,
    first_victim,
    is_critical,
    over_limit,
    shortage_message,
    shortages,
)
from simulator.kubelet.heartbeat import HEALTHY
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_states import Disruption, PodStates
from simulator.kubelet.pod_workers import PodWorkers
from simulator.manifest.qos import qos_class
from simulator.objects.base import evolve
from simulator.objects.kinds import Key
from simulator.objects.labels import MEMORY_PRESSURE
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.tolerations import untolerated
from simulator.units import MINUTE, SECOND

PERIOD = 10 * SECOND
"""monitoringInterval, which is also how often usage is measured."""
TRANSITION = 5 * MINUTE
"""evictionPressureTransitionPeriod: how long a condition stays after the pressure."""
GRACE = 1
"""immediateEvictionGracePeriodSeconds."""
PAGE = 4096
"""Memory and disk are counted in pages and blocks."""


class EvictionManager:
    """The manager of one node."""

    def __init__(
        self, node: NodeContext, pods: Mapping[str, Pod], admission: AdmissionHandler, states: PodStates, workers: PodWorkers
    ) -> None:
        self._node = node
        self._engine = node.engine
        self._pods = pods
        self._states = states
        self._workers = workers
        admission.pressure = self.refuses
        self._seen: dict[str, int] = {}
        self._phase = node.engine.streams.uniform(0, PERIOD, "eviction", node.name)

    def start(self) -> None:
        """Begin to look."""
        self._engine.start(self._looks())

    def pressures(self) -> list[str]:
        """The conditions of pressure that hold now."""
        return [PRESSURE[resource][0] for resource, t in self._seen.items() if self._engine.now < t + TRANSITION]

    def refuses(self, pod: Pod) -> str:
        """Why a new pod is not admitted; empty: it is."""
        now = self.pressures()
        if not now or is_critical(pod):
            return ""
        if now == [PRESSURE[MEMORY][0]]:
            node = self._api_node()
            taints = [] if node is None else [taint for taint in node.spec.taints if taint.key == MEMORY_PRESSURE]
            if qos_class(pod.spec) != "BestEffort" or (taints and untolerated(taints, pod.spec.tolerations, ("NoSchedule",)) is None):
                return ""
        return f"The node had condition: [{' '.join(now)}]. "  # EVC-04

    def _looks(self) -> Process[None]:
        while True:
            due = -((self._phase - self._engine.now) // PERIOD) * PERIOD + self._phase
            yield self._engine.sleep(due - self._engine.now if due > self._engine.now else PERIOD, Order.OBSERVE)
            self._look()

    def _look(self) -> None:
        node = self._api_node()
        if node is None:
            return
        uses = [self._use(pod) for uid, pod in self._pods.items() if self._states.could_have_running_containers(uid)]
        for use in uses:
            if text := over_limit(use):  # EVC-05
                self._evict(use.pod, text)
                return
        short = shortages(node, uses)
        for one in short:  # EVC-01
            self._seen[one.resource] = self._engine.now
        self._report(node)
        if not short:
            return
        self._node.recorder.node_event(node, WARNING, "EvictionThresholdMet", f"Attempting to reclaim {short[0].resource}", "EVC-01")
        victim = first_victim(uses, short[0].resource)
        if victim is not None:
            self._evict(victim.pod, shortage_message(short[0], victim))

    def _evict(self, pod: Pod, message: str) -> None:
        """Stop a pod for good."""
        self._node.recorder.event(pod, WARNING, "Evicted", message, "EVC-03")
        self._workers.disrupt(pod, GRACE, Disruption("EVC-03", "Evicted", message))  # EVC-03

    def _use(self, pod: Pod) -> Use:
        """What a pod uses now, as far as its programs state it."""
        runtime, t, used = self._node.runtime, self._engine.now, {}
        for record in runtime.pod(pod.metadata.uid).running:
            behavior = runtime.behavior(record.id)
            if behavior is not None and behavior.origin is not None:
                loads = {MEMORY: behavior.memory, DISK: behavior.disk}
                used[record.name] = {
                    name: load.at(t - behavior.origin, t) // PAGE * PAGE for name, load in loads.items() if load is not None
                }
        return Use(pod, used)

    def _api_node(self) -> Node | None:
        node = self._node.api.store.get(Key("Node", "", self._node.name))
        return node if isinstance(node, Node) else None

    def _report(self, node: Node) -> None:
        """Write the node's conditions, with an Event for each that changed."""
        now, conditions = self.pressures(), list(node.status.conditions)
        for resource, (kind, reason, message, event) in PRESSURE.items():
            at = next((i for i, item in enumerate(conditions) if item.type == kind), None)
            state = "True" if kind in now else "False"
            if at is None or conditions[at].status == state:
                continue
            healthy = HEALTHY[kind]
            words = (reason, message) if kind in now else healthy[1:]
            stamp = self._engine.timestamp()
            conditions[at] = evolve(
                conditions[at], status=state, reason=words[0], message=words[1], last_heartbeat_time=stamp, last_transition_time=stamp
            )
            text = event if kind in now else RELIEF[resource]
            self._node.recorder.node_event(node, NORMAL, text, f"Node {self._node.name} status is now: {text}", "EVC-01")
        if conditions != list(node.status.conditions):
            cause = Cause(int(node.metadata.resource_version or 0), "EVC-01")
            self._node.api.update_status(evolve(node, status=evolve(node.status, conditions=conditions)), cause)
