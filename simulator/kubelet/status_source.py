"""The statuses of this instant, from the runtime's view, the probes, failed starts and the clock (generateAPIPodStatus)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.client.recorder import NORMAL
from simulator.container.status import RuntimePod
from simulator.kubelet import restart_all
from simulator.kubelet.container_statuses import Reason, Translation
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.pod_actions import sandbox_need
from simulator.kubelet.pod_status import StatusInputs, pod_status
from simulator.kubelet.prober.manager import ProbeManager
from simulator.kubelet.reason_cache import ReasonCache
from simulator.kubelet.status_manager import StatusManager
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition, PodStatus
from simulator.units import SECOND, format_time, parse_time


class Generated(NamedTuple):
    """A status of this instant, and whether activeDeadlineSeconds ended the pod."""

    status: PodStatus
    past_deadline: bool

    @property
    def rule(self) -> str:
        """The rule behind the status."""
        return "STA-09" if self.past_deadline else "STA-01"


class StatusSource:
    """Generates the statuses of a node's pods."""

    def __init__(self, node: NodeContext, queue: WorkQueue, statuses: StatusManager, reasons: ReasonCache, probes: ProbeManager) -> None:
        self._node = node
        self._queue = queue
        self._statuses = statuses
        self._reasons = reasons
        self._probes = probes
        self.resizes: Callable[[str], Sequence[PodCondition]] = lambda _uid: ()
        """The conditions of a pod's resizes."""

    def generate(self, pod: Pod, runtime: RuntimePod, *, terminal: bool) -> Generated:
        """The status of this instant. `terminal`: all containers have ended and none will be started."""
        uid = pod.metadata.uid
        need = sandbox_need(pod, runtime)
        if need.needed:
            self._node.klog.info(need.why, pod=pod)
        previous = self._statuses.status_of(uid) or pod.status
        past_deadline = self._past_deadline(pod, previous)
        message = self._node.dialect.say("pod.deadline")
        if past_deadline:  # STA-09
            self._node.recorder.event(pod, NORMAL, "DeadlineExceeded", message, "STA-09")

        restarts_all = self._node.dialect.restart_rules_may_restart_the_pod and restart_all.restarts_all(pod, runtime, previous)

        def reason_of(container: str) -> Reason | None:
            return self._reasons.get(uid, container)

        inputs = StatusInputs(
            runtime,
            previous,
            reason_of,
            self._translation._replace(restarts_all=restarts_all),
            self._probes.with_probe_results,
            self._node.runtime.host_ip,
            message if past_deadline else "",
            restarts_all,
            self.resizes(uid) if not terminal else (),
        )
        return Generated(pod_status(pod, inputs, self._node.dialect, terminal=terminal), past_deadline)

    @property
    def _translation(self) -> Translation:
        runtime, dialect = self._node.runtime, self._node.dialect
        keeps = dialect.keeps_statuses_over_restarts, dialect.keeps_statuses_of_removed_containers
        return Translation(runtime.scheme, runtime.image_id, self._time_of, *keeps, dialect.containers_follow_own_policies)

    def _time_of(self, t: int) -> str:
        return format_time(self._node.engine.epoch + t)

    def _past_deadline(self, pod: Pod, status: PodStatus) -> bool:
        """Whether activeDeadlineSeconds have passed since the start time, in whole seconds; if not, the pod is synced when they have."""
        deadline = pod.spec.active_deadline_seconds
        if deadline is None:
            return False
        engine = self._node.engine
        due = parse_time(status.start_time or engine.timestamp()) - engine.epoch + deadline * SECOND
        self._queue.add_deadline(pod.metadata.uid, due)
        return engine.now >= due
