"""Carries out what `pod_actions` decides: kill, sandbox, init containers, regular containers, in this order (kuberuntime SyncPod)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.identity import sandbox_problem
from simulator.container.runtime import Failure
from simulator.container.status import RuntimePod, State
from simulator.engine import Process
from simulator.kubelet.actions import Kill, PodActions, Start
from simulator.kubelet.container_deletor import ContainerDeletor
from simulator.kubelet.killer import Killer
from simulator.kubelet.klog import go_quoted
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.reason_cache import ReasonCache
from simulator.kubelet.specs import formatted
from simulator.kubelet.starter import NotStarted, Starter
from simulator.kubelet.startup_latency import StartupLatency
from simulator.kubelet.status_manager import StatusManager
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import ephemeral, is_sidecar


class Problems(NamedTuple):
    """What went wrong: the errors (empty: nothing), and the first instant at which a back-off ends (nanoseconds)."""

    errors: tuple[str, ...] = ()
    back_off_until: int | None = None


class ActionRunner:
    """Of one node."""

    def __init__(
        self,
        node: NodeContext,
        statuses: StatusManager,
        starter: Starter,
        killer: Killer,
        reasons: ReasonCache,
        latency: StartupLatency,
    ) -> None:
        self._node = node
        self._statuses = statuses
        self._starter = starter
        self._killer = killer
        self._reasons = reasons
        self._latency = latency
        self._deletor = ContainerDeletor(node)

    def run(self, pod: Pod, runtime: RuntimePod, actions: PodActions) -> Process[Problems]:
        """Do it, one step after the other. `runtime`: the pod as this sync sees it."""
        if actions.create_sandbox and actions.sandbox_existed:
            message = self._node.dialect.say("pod.sandbox_changed")
            self._node.recorder.event(pod, NORMAL, "SandboxChanged", message, actions.pod_rule)
        yield from self._kill(pod, runtime, actions)
        for record in actions.to_reset:
            if record.state is State.RUNNING:
                yield from self._killer.kill_container(pod, Kill(record, "killing", "RST-17"), override=0)
            self._deletor.remove(record, keeps_log=True)
        self._deletor.prune_init_containers(pod, runtime)
        if actions.create_sandbox:
            error = yield from self._create_sandbox(pod, actions.attempt)
            if error:
                return Problems((error,))
        failures = yield from self._start(pod, runtime, actions)
        until = min((f.back_off_until for f in failures if f.back_off_until is not None), default=None)
        return Problems(tuple(str(f) for f in failures), until)

    def _kill(self, pod: Pod, runtime: RuntimePod, actions: PodActions) -> Process[None]:
        if actions.kill_pod:
            yield from self._killer.kill_pod(pod, actions.kills_of_pod(runtime.running))
            if actions.create_sandbox:
                self._deletor.purge_init_containers(pod)
            return
        for kill in actions.to_kill:
            self._node.klog.info(
                "Message for Container of pod",
                containerName=kill.record.name,
                containerStatusID={"Type": self._node.runtime.scheme, "ID": kill.record.id},
                pod=pod,
                containerMessage=kill.message,
            )
            yield from self._killer.kill_container(pod, kill)

    def _create_sandbox(self, pod: Pod, attempt: int) -> Process[str]:
        """Empty when the sandbox is ready, else the error of the sync."""
        error = sandbox_problem(pod)
        if not error:
            sandbox = yield from self._node.runtime.run_pod_sandbox(pod, attempt)
            error = f"rpc error: code = Unknown desc = {sandbox.error}" if isinstance(sandbox, Failure) else ""
        if error:  # SBX-08
            self._node.klog.error("Failed to create sandbox for pod", error, pod=pod)
            self._node.klog.error("CreatePodSandbox for pod failed", error, pod=pod)
            message = self._node.dialect.say("pod.sandbox_failed", error=error)
            self._node.recorder.event(pod, WARNING, "FailedCreatePodSandBox", message, "SBX-08")
            name = formatted(pod)
            return f'failed to "CreatePodSandbox" for "{name}" with CreatePodSandboxError: ' + go_quoted(
                f'Failed to create sandbox for pod "{name}": {error}'
            )
        if self._node.dialect.reports_ready_sandbox_at_once:  # SBX-07
            self._statuses.set_ready_to_start(pod, pod.metadata.generation)
        return ""

    def _start(self, pod: Pod, runtime: RuntimePod, actions: PodActions) -> Process[list[NotStarted]]:
        failures: list[NotStarted] = []
        for start in actions.ephemeral_to_start:
            failure = yield from self._start_container(pod, ephemeral(pod.spec)[start.position], runtime, start)
            failures += [failure] if failure is not None else []
        for start in actions.init_to_start:
            container = pod.spec.init_containers[start.position]
            failure = yield from self._start_container(pod, container, runtime, start)
            if failure is not None:
                failures.append(failure)
                # A sidecar that does not start is no reason to give up on the others.
                if not is_sidecar(pod, container):  # INI-14
                    return failures
            elif not is_sidecar(pod, container):
                self._latency.init_began(pod.metadata.uid)
        self._time_init_containers(pod, runtime)
        for start in actions.to_start:
            failure = yield from self._start_container(pod, pod.spec.containers[start.position], runtime, start)
            if failure is not None:
                failures.append(failure)
        return failures

    def _start_container(self, pod: Pod, container: Container, runtime: RuntimePod, start: Start) -> Process[NotStarted | None]:
        failure = yield from self._starter.start(pod, container, runtime, start.rule)
        self._reasons.set(pod.metadata.uid, container.name, failure and failure.reason)
        return failure

    def _time_init_containers(self, pod: Pod, runtime: RuntimePod) -> None:
        for container in pod.spec.init_containers:
            newest = runtime.newest(container.name)
            if newest is not None and newest.finished_at is not None and not is_sidecar(pod, container):
                self._latency.init_ended(pod.metadata.uid, newest.finished_at)
