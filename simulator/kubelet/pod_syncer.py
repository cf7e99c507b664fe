"""The three syncs of a pod: running, terminating, terminated (Kubelet.SyncPod, SyncTerminatingPod, SyncTerminatedPod)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.runtime import Failure, Runtime
from simulator.container.status import RuntimePod
from simulator.dialect import Dialect
from simulator.engine import Engine, Event, Process
from simulator.kubelet.actions import Kill, PodActions, ProbeResults
from simulator.kubelet.config import SYNC_WORK
from simulator.kubelet.container_deletor import ContainerDeletor
from simulator.kubelet.killer import Killer
from simulator.kubelet.klog import Klog, go_quoted
from simulator.kubelet.mounts import Where, published
from simulator.kubelet.pod_actions import pod_actions, sandbox_need
from simulator.kubelet.pod_status import TERMINAL
from simulator.kubelet.prober.manager import ProbeManager
from simulator.kubelet.reason_cache import ReasonCache
from simulator.kubelet.recorder import PodRecorder
from simulator.kubelet.specs import container_of, formatted, is_sidecar
from simulator.kubelet.starter import NotStarted, Starter
from simulator.kubelet.startup_latency import StartupLatency
from simulator.kubelet.status_manager import StatusManager
from simulator.kubelet.status_source import Generated, StatusSource
from simulator.kubelet.volumes import VolumeManager
from simulator.objects.pod import Pod

ENDED = "TRM-08"
"""The rule by which a pod that was deleted or has ended is stopped."""


class Outcome(NamedTuple):
    """How a sync ended.

    `ended_by`: the rule by which the pod has ended for good; empty when it has not. `errors`: empty when all went well.
    `back_off_until`: the first instant at which a back-off ends (nanoseconds). `acted`: whether anything was done. `cancelled`: the sync
    was cut short because the pod is to stop.
    """

    ended_by: str = ""
    errors: tuple[str, ...] = ()
    back_off_until: int | None = None
    acted: bool = False
    cancelled: bool = False


class Stop(NamedTuple):
    """How a pod is stopped: the rule by which, within how many seconds, and what is set when it gets less time."""

    rule: str
    grace: int
    cancelled: Event


class PodSyncer:
    """Does what `pod_actions` decides."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        runtime: Runtime,
        statuses: StatusManager,
        probes: ProbeManager,
        results: ProbeResults,
        volumes: VolumeManager,
        starter: Starter,
        killer: Killer,
        recorder: PodRecorder,
        klog: Klog,
        deletor: ContainerDeletor,
        reasons: ReasonCache,
        source: StatusSource,
        latency: StartupLatency,
    ) -> None:
        self._engine = engine
        self._dialect = dialect
        self._runtime = runtime
        self._statuses = statuses
        self._probes = probes
        self._results = results
        self._volumes = volumes
        self._starter = starter
        self._killer = killer
        self._recorder = recorder
        self._klog = klog
        self._deletor = deletor
        self._reasons = reasons
        self._source = source
        self._latency = latency

    # ---- running

    def sync_pod(self, pod: Pod, runtime: RuntimePod, cancelled: Event) -> Process[Outcome]:
        """Report, mount, probe, then do what the pod needs next."""
        generated = self._report(pod, runtime, terminal=False)  # STA-01
        if generated.status.phase in TERMINAL:
            return Outcome(ended_by=generated.rule if generated.past_deadline else ENDED)
        problem = yield from self._volumes.wait_for_mounts(pod, self._source.sources(), cancelled)
        if cancelled.is_set:
            return Outcome(cancelled=True)
        if problem:
            return Outcome(errors=(problem,))
        sources = self._source.sources()
        self._runtime.refresh_volumes(published(Where(pod, self._runtime.node, self._runtime.pod(pod.metadata.uid).ip, sources)))  # VOL-03
        yield self._engine.sleep(SYNC_WORK)
        self._probes.add_pod(pod)
        return (yield from self._act(pod, runtime))

    def _report(self, pod: Pod, runtime: RuntimePod, *, terminal: bool) -> Generated:
        """Store the status of this instant. `terminal`: all containers have ended and none will be started."""
        generated = self._source.generate(pod, runtime, terminal)
        self._statuses.set_pod_status(pod, generated.status, generated.rule)
        return generated

    def _act(self, pod: Pod, runtime: RuntimePod) -> Process[Outcome]:
        """Kill, make the sandbox, start init containers, start regular containers: in this order, one after the other (SyncPod of CRI)."""
        need = sandbox_need(pod, runtime)
        if need.needed:
            self._klog.info(need.why, pod=pod)
        actions = pod_actions(pod, runtime, self._results, self._dialect)
        if actions.create_sandbox and actions.sandbox_existed:
            self._recorder.event(pod, NORMAL, "SandboxChanged", self._dialect.say("pod.sandbox_changed"), actions.pod_rule)
        yield from self._kill(pod, runtime, actions)
        self._deletor.prune_init_containers(pod, runtime)
        if actions.create_sandbox:
            error = yield from self._make_sandbox(pod, actions.attempt)
            if error:
                return Outcome(errors=(error,))
        failures = yield from self._start(pod, runtime, actions)
        until = min((f.back_off_until for f in failures if f.back_off_until is not None), default=None)
        return Outcome(errors=tuple(str(f) for f in failures), back_off_until=until, acted=actions.any)

    def _kill(self, pod: Pod, runtime: RuntimePod, actions: PodActions) -> Process[None]:
        if actions.kill_pod:
            yield from self._killer.kill_pod(pod, actions.kills_of_pod(runtime.running))
            if actions.create_sandbox:
                self._deletor.purge_init_containers(pod)
            return
        for kill in actions.to_kill:
            self._klog.info(
                "Message for Container of pod",
                containerName=kill.record.name,
                containerStatusID={"Type": self._runtime.scheme, "ID": kill.record.id},
                pod=pod,
                containerMessage=kill.message,
            )
            yield from self._killer.kill_container(pod, kill)

    def _make_sandbox(self, pod: Pod, attempt: int) -> Process[str]:
        made = yield from self._runtime.run_pod_sandbox(pod, attempt)
        if isinstance(made, Failure):  # SBX-08
            error = f"rpc error: code = Unknown desc = {made.error}"
            self._klog.error("Failed to create sandbox for pod", error, pod=pod)
            self._klog.error("CreatePodSandbox for pod failed", error, pod=pod)
            message = self._dialect.say("pod.sandbox_failed", error=error)
            self._recorder.event(pod, WARNING, "FailedCreatePodSandBox", message, "SBX-08")
            name = formatted(pod)
            return f'failed to "CreatePodSandbox" for "{name}" with CreatePodSandboxError: ' + go_quoted(
                f'Failed to create sandbox for pod "{name}": {error}'
            )
        if self._dialect.reports_ready_sandbox_at_once:  # SBX-07
            self._statuses.set_ready_to_start(pod, pod.metadata.generation)
        return ""

    def _start(self, pod: Pod, runtime: RuntimePod, actions: PodActions) -> Process[list[NotStarted]]:
        failures: list[NotStarted] = []
        for position, rule in actions.init_to_start:
            container = pod.spec.init_containers[position]
            failed = yield from self._starter.start(pod, container, runtime, rule)
            self._reasons.set(pod.metadata.uid, container.name, failed and failed.reason)
            if failed is not None:
                failures.append(failed)
                # A sidecar that does not start is no reason to give up on the others.
                if not is_sidecar(container):  # INI-14
                    return failures
            elif not is_sidecar(container):
                self._latency.init_began(pod.metadata.uid)
        self._time_init_containers(pod, runtime)
        for position, rule in actions.to_start:
            container = pod.spec.containers[position]
            failed = yield from self._starter.start(pod, container, runtime, rule)
            self._reasons.set(pod.metadata.uid, container.name, failed and failed.reason)
            if failed is not None:
                failures.append(failed)
        return failures

    def _time_init_containers(self, pod: Pod, runtime: RuntimePod) -> None:
        for container in pod.spec.init_containers:
            newest = runtime.newest(container.name)
            if newest is not None and newest.finished_at is not None and not is_sidecar(container):
                self._latency.init_ended(pod.metadata.uid, newest.finished_at)

    # ---- ending

    def sync_terminating_pod(self, pod: Pod, runtime: RuntimePod, stop: Stop) -> Process[Outcome]:
        """Report, stop probing, stop every container, report how they ended."""
        self._report(pod, runtime, terminal=False)
        self._probes.stop_liveness_and_startup(pod)  # PRB-17
        kills = [Kill(record, "", stop.rule) for record in runtime.running if container_of(pod, record.name) is not None]
        error = yield from self._killer.kill_pod(pod, kills, override=stop.grace, cancelled=stop.cancelled)
        if error:
            self._recorder.event(pod, WARNING, "FailedKillPod", f"error killing pod: {error}", "TRM-07")
            return Outcome(errors=(error,))
        self._probes.remove_pod(pod)
        self._report(pod, self._runtime.pod(pod.metadata.uid), terminal=True)
        return Outcome()

    def sync_terminated_pod(self, pod: Pod, runtime: RuntimePod) -> Process[Outcome]:
        """The last report, then volumes go, then the pod is done."""
        self._report(pod, runtime, terminal=True)
        yield from self._volumes.wait_for_unmount(pod)
        self._statuses.terminate_pod(pod)
        return Outcome()
