"""All probe workers of a node (prober/prober_manager.go)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from simulator.engine import Process
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Attempt, Target
from simulator.kubelet.prober.host import Subject
from simulator.kubelet.prober.prober import Prober
from simulator.kubelet.prober.quiet_worker import QuietWorker
from simulator.kubelet.prober.results import LIVENESS, READINESS, STARTUP, Key, Result, Results
from simulator.kubelet.prober.turns import Turns
from simulator.kubelet.prober.worker import Worker, is_inherited
from simulator.kubelet.specs import runtime_id
from simulator.kubelet.status_manager import StatusManager
from simulator.objects.base import evolve
from simulator.objects.container import Container
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named, is_ready, is_sidecar, long_running
from simulator.objects.pod_status import ContainerStatus, PodStatus
from simulator.objects.probes import Probe

RACE_LOST = 0.5
"""The share of manual runs that begin before the status that triggered them is stored, and miss a new container (measured: one half)."""


class ProbeManager:
    """Adds, stops and triggers workers, and decides for each container whether it is started and ready.

    `results` are those that the workers publish; `pods` are the kubelet's pods by uid. `watchers` are called with the uid of a pod when
    a worker of it starts, is triggered or ends.
    """

    def __init__(self, node: NodeContext, prober: Prober, results: Results, statuses: StatusManager, pods: Mapping[str, Pod]) -> None:
        self._node = node
        self._prober = prober
        self.results = results
        self.turns = Turns(node.engine)
        self._statuses = statuses
        self._pods = pods
        self.worker_type: type[Worker] = QuietWorker if node.config.skip_quiet else Worker
        self._workers: dict[str, dict[Key, Worker]] = {}  # by the pod's uid
        self.watchers: list[Callable[[str], object]] = []

    # ---- for the workers (ProbeHost)

    def status_of(self, pod_uid: str) -> PodStatus | None:
        """The status that the status manager holds; None before the first sync."""
        return self._statuses.status_of(pod_uid)

    def pod_of(self, pod_uid: str) -> Pod | None:
        """The pod as the kubelet knows it."""
        return self._pods.get(pod_uid)

    def probe(self, subject: Subject, target: Target) -> Process[Attempt | None]:
        """Probe once; None when the probe's machinery failed."""
        return self._prober.probe(subject, target, cancels_exec=self._node.dialect.deletion_cancels_exec_probes and self._stops(subject))

    def _stops(self, subject: Subject) -> bool:
        """Whether the pod is being deleted, or gone."""
        pod = self._pods.get(subject.pod.metadata.uid)
        return pod is None or is_being_deleted(pod)

    def forget(self, key: Key) -> None:
        """That worker has ended."""
        of_pod = self._workers.get(key.pod_uid, {})
        of_pod.pop(key, None)
        if not of_pod:
            self._workers.pop(key.pod_uid, None)
        self._tell(key)

    def _worker(self, key: Key) -> Worker | None:
        return self._workers.get(key.pod_uid, {}).get(key)

    # ---- workers

    def add_pod(self, pod: Pod) -> None:
        """Start a worker for each probe of the pod, unless the pod has them."""
        for container in long_running(pod.spec):
            for type_, probe in _probes(container):
                subject = Subject(pod, container, type_, probe)
                if self._worker(subject.key) is not None:
                    return
                worker = self._workers.setdefault(pod.metadata.uid, {})[subject.key] = self.worker_type(
                    self._node, self, subject, self.results
                )
                self._node.engine.start(worker.run())
                self._tell(subject.key)

    def stop_liveness_and_startup(self, pod: Pod) -> None:
        """Of a terminating pod only readiness is probed; sidecars keep their probes until the end."""
        for container in pod.spec.containers:
            for type_ in (LIVENESS, STARTUP):
                self._stop(Key(pod.metadata.uid, container.name, type_))

    def remove_pod(self, pod: Pod) -> None:
        """Stop all of a pod's workers."""
        for container in long_running(pod.spec):
            for type_ in (READINESS, LIVENESS, STARTUP):
                self._stop(Key(pod.metadata.uid, container.name, type_))

    def _stop(self, key: Key) -> None:
        worker = self._worker(key)
        if worker is not None:
            worker.stop()

    def _tell(self, key: Key) -> None:
        for watcher in self.watchers:
            watcher(key.pod_uid)

    def notice(self, pod_uid: str) -> None:
        """A pod's status or containers changed."""
        for worker in [*self._workers.get(pod_uid, {}).values()]:
            worker.notice()

    # ---- started and ready

    def with_probe_results(self, pod: Pod, statuses: list[ContainerStatus]) -> list[ContainerStatus]:
        """Statuses with `started` and `ready` from the probes. Triggers the readiness workers of containers that are not ready."""
        return [self._with_results(pod, status) for status in statuses]

    def _with_results(self, pod: Pod, status: ContainerStatus) -> ContainerStatus:
        started = self._is_started(pod, status)
        container = container_named(pod, status.name)
        if container is not None and container in pod.spec.init_containers and not is_sidecar(pod, container):
            ended = status.state.terminated
            return evolve(status, started=started, ready=status.ready if ended is None else ended.exit_code == 0)
        return evolve(status, started=started, ready=started and self._passes_readiness(pod, status))

    def _is_started(self, pod: Pod, status: ContainerStatus) -> bool:
        if status.state.running is None:
            return False
        result = self.results.startup(runtime_id(status.container_id))
        if result is not None:
            return result is Result.SUCCESS
        if self._node.dialect.keeps_statuses_over_restarts and status.started:  # PRB-21
            return True
        # A startup probe that has not run yet.
        return self._worker(Key(pod.metadata.uid, status.name, STARTUP)) is None  # PRB-16

    def _passes_readiness(self, pod: Pod, status: ContainerStatus) -> bool:
        result = self.results.get(READINESS, runtime_id(status.container_id))
        if result is Result.SUCCESS:
            return True
        worker = self._worker(Key(pod.metadata.uid, status.name, READINESS))
        if worker is not None:
            self._trigger(worker)
        if not is_inherited(self._node, status):
            return worker is None
        # A container of an earlier kubelet is as ready as its pod, until its probe has a result of its own.
        container = container_named(pod, status.name)
        has_probe = container is not None and container.readiness_probe is not None
        return (worker is None or result is None) and (is_ready(pod) or not has_probe)  # PRB-22

    def _trigger(self, worker: Worker) -> None:
        self._tell(worker.key)
        if not worker.trigger(overtakes=self._node.engine.streams.coin(RACE_LOST, "trigger", *worker.key)):  # PRB-12
            self._node.klog.info("Failed to trigger a manual run", probe="Readiness")


def _probes(container: Container) -> list[tuple[str, Probe]]:
    """The probes of a container in the order in which their workers start."""
    probes = ((STARTUP, container.startup_probe), (READINESS, container.readiness_probe), (LIVENESS, container.liveness_probe))
    return [(type_, probe) for type_, probe in probes if probe is not None]
