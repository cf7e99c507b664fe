"""Where statuses come from: the runtime's view, probes, start failures and the clock, put together (generateAPIPodStatus)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api import ApiServer
from simulator.client.recorder import NORMAL
from simulator.container.runtime import Runtime
from simulator.container.status import RuntimePod
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.kubelet.container_statuses import Reason, Translation
from simulator.kubelet.environment import Sources
from simulator.kubelet.klog import Klog
from simulator.kubelet.pod_actions import sandbox_need
from simulator.kubelet.pod_status import ProbeView, StatusInputs, pod_status
from simulator.kubelet.recorder import PodRecorder
from simulator.kubelet.work_queue import WorkQueue
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodStatus
from simulator.objects.service import Service
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
    """Generates the statuses of a node's pods, and looks up what else syncs need of the API.

    `status_of`, `reason_of` and `with_probe_results` are the status manager's, the pod syncer's and the probe manager's.
    """

    def __init__(
        self,
        engine: Engine,
        api: ApiServer,
        runtime: Runtime,
        dialect: Dialect,
        recorder: PodRecorder,
        klog: Klog,
        queue: WorkQueue,
        host_ip: str,
        status_of: Callable[[str], PodStatus | None],
        reason_of: Callable[[str, str], Reason | None],
        with_probe_results: ProbeView,
    ) -> None:
        self._engine = engine
        self._api = api
        self._runtime = runtime
        self._dialect = dialect
        self._recorder = recorder
        self._klog = klog
        self._queue = queue
        self._host_ip = host_ip
        self._status_of = status_of
        self._reason_of = reason_of
        self._with_probe_results = with_probe_results
        self._translation = Translation(
            container_id=lambda container_id: f"{runtime.scheme}://{container_id}",
            image=lambda image: image,
            image_id=runtime.image_id,
            timestamp=lambda t: format_time(engine.epoch + t),
        )

    def generate(self, pod: Pod, runtime: RuntimePod, terminal: bool) -> Generated:
        """The status of this instant. `terminal`: all containers have ended and none will be started."""
        uid = pod.metadata.uid
        need = sandbox_need(pod, runtime)
        if need.needed:
            self._klog.info(need.why, pod=pod)
        previous = self._status_of(uid) or pod.status
        past_deadline = self._past_deadline(pod, previous)
        message = self._dialect.say("pod.deadline")
        if past_deadline:  # STA-09
            self._recorder.event(pod, NORMAL, "DeadlineExceeded", message, "STA-09")
        inputs = StatusInputs(
            runtime,
            previous,
            lambda name: self._reason_of(uid, name),
            self._translation,
            self._with_probe_results,
            self._host_ip,
            past_deadline,
            message,
        )
        return Generated(pod_status(pod, inputs, self._dialect, terminal=terminal), past_deadline)

    def _past_deadline(self, pod: Pod, status: PodStatus) -> bool:
        """Whether activeDeadlineSeconds are over, counted from the start time in whole seconds; else the pod is looked at when they are."""
        deadline = pod.spec.active_deadline_seconds
        if deadline is None:
            return False
        due = parse_time(status.start_time or self._engine.timestamp()) - self._engine.epoch + deadline * SECOND
        self._queue.add_deadline(pod.metadata.uid, due)
        return self._engine.now >= due

    def sources(self) -> Sources:
        """Where the values of variables and volumes come from, at this instant."""
        store = self._api.store

        def config_map(namespace: str, name: str) -> ConfigMap | None:
            found = store.get(Key("ConfigMap", namespace, name))
            return found if isinstance(found, ConfigMap) else None

        def secret(namespace: str, name: str) -> Secret | None:
            found = store.get(Key("Secret", namespace, name))
            return found if isinstance(found, Secret) else None

        node = store.get(Key("Node", "", self._runtime.node))
        allocatable = node.status.allocatable if isinstance(node, Node) else {}
        return Sources(config_map, secret, store.typed(Service), self._host_ip, allocatable)
