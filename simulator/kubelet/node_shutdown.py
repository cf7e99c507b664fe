"""Graceful node shutdown: pods are stopped in two phases before the node goes down (pkg/kubelet/nodeshutdown)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from simulator.client.recorder import NORMAL
from simulator.engine import Process
from simulator.kubelet.admission_handler import AdmissionHandler
from simulator.kubelet.heartbeat import Heartbeat
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_states import Disruption, PodStates
from simulator.kubelet.pod_workers import PodWorkers
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active
from simulator.units import MILLISECOND, SECOND

SHUT_DOWN = Disruption("SHD-01", "Terminated", "Pod was terminated in response to imminent node shutdown.")
CRITICAL = 2_000_000_000
"""The priority from which on a pod is critical."""
POLL = 100 * MILLISECOND
"""How often it is checked whether the pods of a phase have stopped."""


class Phase(NamedTuple):
    """The pods that stop together, and how many seconds they have."""

    pods: tuple[Pod, ...]
    seconds: int


def phases(pods: Iterable[Pod], period: int, critical: int) -> list[Phase]:
    """First the pods that are not critical, then the critical ones, which have the `critical` part of the `period` (seconds)."""
    active = [pod for pod in pods if is_active(pod)]
    late = tuple(pod for pod in active if (pod.spec.priority or 0) >= CRITICAL)
    soon = tuple(pod for pod in active if pod not in late)
    return [phase for phase in (Phase(soon, period - critical), Phase(late, critical)) if phase.pods]


class NodeShutdown:
    """The shutdown of one node."""

    def __init__(
        self, node: NodeContext, heartbeat: Heartbeat, admission: AdmissionHandler, states: PodStates, workers: PodWorkers
    ) -> None:
        self._node = node
        self._heartbeat = heartbeat
        self._admission = admission
        self._states = states
        self._workers = workers

    def run(self, pods: Iterable[Pod], done: Callable[[], object]) -> Process[None]:
        """Report it, stop the pods phase by phase, then call `done`."""
        node, config = self._node.api.store.get(Key("Node", "", self._node.name)), self._node.config
        if isinstance(node, Node):
            self._node.recorder.node_event(node, NORMAL, "NodeShutdown", "Shutdown manager detected shutdown event", "SHD-01")
        self._heartbeat.shut_down()
        self._admission.shuts_down = True
        for phase in phases(pods, config.shutdown_grace_period // SECOND, config.shutdown_grace_period_critical_pods // SECOND):
            for pod in phase.pods:
                own = pod.spec.termination_grace_period_seconds
                self._workers.disrupt(pod, phase.seconds if own is None else min(own, phase.seconds), SHUT_DOWN)  # SHD-01
            yield from self._wait_for(phase)
        done()

    def _wait_for(self, phase: Phase) -> Process[None]:
        """Until its pods are over, at most for its time."""
        end = self._node.engine.now + phase.seconds * SECOND
        while self._node.engine.now < end and not all(self._states.is_finished(pod.metadata.uid) for pod in phase.pods):
            yield self._node.engine.sleep(POLL)
