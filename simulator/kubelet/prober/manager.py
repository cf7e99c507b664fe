"""All probe workers of a node (prober/prober_manager.go, prober/prober.go)."""

from __future__ import annotations

from typing import Protocol

from simulator.client.recorder import WARNING
from simulator.dialect import Dialect
from simulator.engine import Engine, Process
from simulator.journal.journal import Journal
from simulator.journal.records import Fact
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.klog import Klog
from simulator.kubelet.prober.network import Asker, Heard, Target
from simulator.kubelet.prober.results import Result, Results
from simulator.kubelet.prober.worker import LIVENESS, READINESS, STARTUP, Key, Worker
from simulator.kubelet.recorder import PodRecorder
from simulator.kubelet.specs import container_of, is_sidecar, probed, runtime_id
from simulator.objects.base import evolve
from simulator.objects.container import Container
from simulator.objects.kinds import key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus, PodStatus
from simulator.objects.probes import Probe
from simulator.units import SECOND

MAX_TRIES = 3
"""maxProbeRetries: how often a probe whose machinery failed is tried."""
RACE_LOST = 0.5
"""How often a manual run begins before the status that triggered it is stored, and misses a new container (measured: every second)."""


class Statuses(Protocol):
    """What the workers look at: pods and the statuses that the status manager holds."""

    def status_of(self, pod_uid: str) -> PodStatus | None:
        """The status that was set last."""

    def pod_of(self, pod_uid: str) -> Pod | None:
        """The pod as the kubelet knows it."""


class ProbeManager:
    """Adds, stops and triggers workers; says of each container whether it is started and ready."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        asker: Asker,
        recorder: PodRecorder,
        journal: Journal,
        klog: Klog,
        statuses: Statuses,
        results: dict[str, Results],
        config: KubeletConfig,
    ) -> None:
        self.engine = engine
        self.dialect = dialect
        self.started_at = config.started_at
        self.skips_quiet_probes = config.skip_quiet_probes
        self._asker = asker
        self._recorder = recorder
        self._journal = journal
        self._klog = klog
        self._statuses = statuses
        self._results = results
        self._workers: dict[Key, Worker] = {}
        self._noted: set[tuple[str, str]] = set()

    def status_of(self, pod_uid: str) -> PodStatus | None:
        """The status that was set last."""
        return self._statuses.status_of(pod_uid)

    def pod_of(self, pod_uid: str) -> Pod | None:
        """The pod as the kubelet knows it."""
        return self._statuses.pod_of(pod_uid)

    def settled_until(self, container_id: str) -> int | None:
        """The instant until which probes of that container hear what they hear now; None: for ever."""
        return self._asker.settled_until(container_id)

    def notice(self, pod_uid: str) -> None:
        """A pod's status or containers changed: its workers that rest have a look."""
        for worker in [worker for key, worker in self._workers.items() if key.pod_uid == pod_uid]:
            worker.notice()

    def forget(self, key: Key) -> None:
        """A worker has ended."""
        self._workers.pop(key, None)

    def log_deletion_before_start(self, pod: Pod, container: str) -> None:
        """A startup probe that ends because the pod is deleted."""
        self._klog.info("Pod deletion requested before container has fully started", pod=pod, containerName=container)

    # ---- workers

    def add_pod(self, pod: Pod) -> None:
        """Start a worker for each probe of the pod, unless the pod has them."""
        for container in probed(pod):
            for type_, probe in _probes(container):
                key = Key(pod.metadata.uid, container.name, type_)
                if key in self._workers:
                    return
                worker = self._workers[key] = Worker(self, pod, container, type_, probe, self._results[type_])
                self.engine.start(worker.run())

    def stop_liveness_and_startup(self, pod: Pod) -> None:
        """A terminating pod is only asked for readiness; sidecars keep their probes until the end."""
        for container in pod.spec.containers:
            for type_ in (LIVENESS, STARTUP):
                self._stop(Key(pod.metadata.uid, container.name, type_))

    def remove_pod(self, pod: Pod) -> None:
        """Stop all of a pod's workers."""
        for container in probed(pod):
            for type_ in (READINESS, LIVENESS, STARTUP):
                self._stop(Key(pod.metadata.uid, container.name, type_))

    def _stop(self, key: Key) -> None:
        worker = self._workers.get(key)
        if worker is not None:
            worker.stop()

    # ---- started and ready

    def with_probe_results(self, pod: Pod, statuses: list[ContainerStatus]) -> list[ContainerStatus]:
        """Statuses with `started` and `ready` as the probes have it; asks readiness workers of containers that are not ready to run now."""
        return [self._with_results(pod, status) for status in statuses]

    def _with_results(self, pod: Pod, status: ContainerStatus) -> ContainerStatus:
        started = self._is_started(pod, status)
        container = container_of(pod, status.name)
        if container is not None and container in pod.spec.init_containers and not is_sidecar(container):
            ended = status.state.terminated
            return evolve(status, started=started, ready=ended is not None and ended.exit_code == 0)
        return evolve(status, started=started, ready=started and self._is_ready(pod, status))

    def _is_started(self, pod: Pod, status: ContainerStatus) -> bool:
        if status.state.running is None:
            return False
        result = self._results[STARTUP].get(runtime_id(status.container_id))
        if result is not None:
            return result is Result.SUCCESS
        # A startup probe that has not run yet.
        return Key(pod.metadata.uid, status.name, STARTUP) not in self._workers  # PRB-16

    def _is_ready(self, pod: Pod, status: ContainerStatus) -> bool:
        if self._results[READINESS].get(runtime_id(status.container_id)) is Result.SUCCESS:
            return True
        worker = self._workers.get(Key(pod.metadata.uid, status.name, READINESS))
        if worker is None:
            return True
        if not worker.trigger(overtakes=self.engine.streams.coin(RACE_LOST, "trigger", *worker.key)):  # PRB-12
            self._klog.info("Failed to trigger a manual run", probe="Readiness")
        return False

    # ---- one probe

    def probe(self, pod: Pod, target: Target, type_: str, probe: Probe) -> Process[Heard | None]:
        """Ask; what was heard, or None when the probe's machinery failed."""
        heard = Heard(Result.UNKNOWN, "", "missing probe handler")
        for _ in range(MAX_TRIES):
            heard = yield from self._ask(target, probe)
            if not heard.error:
                break
        name = target.container.name
        if heard.error:  # PRB-14
            message = self.dialect.say("probe.errored", probe=type_, error=heard.error)
            self._recorder.event(pod, WARNING, "Unhealthy", message, "PRB-14", container=name)
            self._note(pod, target, type_, heard)
            return None
        if heard.result is Result.FAILURE:  # PRB-20
            self._klog.info(
                "Probe failed",
                probeType=type_,
                pod=pod,
                podUID=pod.metadata.uid,
                containerName=name,
                probeResult="failure",
                output=heard.output,
            )
            message = self.dialect.say("probe.failed", probe=type_, output=heard.output)
            self._recorder.event(pod, WARNING, "Unhealthy", message, "PRB-20", container=name)
        if heard.warns:
            message = self.dialect.say("probe.warning", probe=type_, output=heard.output)
            self._recorder.event(pod, WARNING, "ProbeWarning", message, "PRB-18", container=name)
        self._note(pod, target, type_, heard)
        return heard

    def _ask(self, target: Target, probe: Probe) -> Process[Heard]:
        timeout = (probe.timeout_seconds or 1) * SECOND
        if probe.exec is not None:
            return (yield from self._asker.exec(target, probe.exec.command, timeout))
        if probe.http_get is not None:
            return (yield from self._asker.http(target, probe.http_get, timeout))
        if probe.tcp_socket is not None:
            return (yield from self._asker.tcp(target, probe.tcp_socket.port, probe.tcp_socket.host))
        if probe.grpc is not None:
            return (yield from self._asker.grpc(target, probe.grpc.port or 0, probe.grpc.service, timeout))
        return Heard(Result.UNKNOWN, "", "missing probe handler")

    def _note(self, pod: Pod, target: Target, type_: str, heard: Heard) -> None:
        """Put a result into the journal that says something new: no success, or the first success after none."""
        known = self._results[type_].get(target.container_id)
        first = (target.container_id, type_) not in self._noted
        self._noted.add((target.container_id, type_))
        if first or heard.result is not Result.SUCCESS or known is not Result.SUCCESS:
            output = heard.error or heard.output
            data = {"container": target.container.name, "probe": type_.lower(), "result": heard.result.value, "output": output}
            self._journal.append(Fact(self.engine.now, "probe", key_of(pod), data))


def _probes(container: Container) -> list[tuple[str, Probe]]:
    """The probes of a container in the order in which their workers start."""
    found = ((STARTUP, container.startup_probe), (READINESS, container.readiness_probe), (LIVENESS, container.liveness_probe))
    return [(type_, probe) for type_, probe in found if probe is not None]
