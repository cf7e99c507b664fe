"""Stopping containers: grace arithmetic, preStop hooks, the order of sidecars (kuberuntime_container.go, termination_order)."""

from __future__ import annotations

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.status import ContainerRecord
from simulator.engine import Engine, Event, Process
from simulator.kubelet.actions import Kill
from simulator.kubelet.config import MINIMUM_GRACE, STOP_WORK
from simulator.kubelet.hooks import HookFailure, HookRunner
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Target
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named, sidecars
from simulator.units import SECOND


def grace_period(pod: Pod, container: Container, probe: str) -> int:
    """Seconds that a container gets: the deletion's, else the failed probe's, else the pod's (setTerminationGracePeriod)."""
    if pod.metadata.deletion_grace_period_seconds is not None:  # TRM-01
        return pod.metadata.deletion_grace_period_seconds
    failed = {"startup": container.startup_probe, "liveness": container.liveness_probe}.get(probe)
    if failed is not None and failed.termination_grace_period_seconds is not None:
        return failed.termination_grace_period_seconds
    if pod.spec.termination_grace_period_seconds is not None:
        return pod.spec.termination_grace_period_seconds
    return MINIMUM_GRACE // SECOND


class Ordering:
    """The order in which a pod with sidecars stops: a sidecar waits for all regular containers and all later sidecars."""

    def __init__(self, engine: Engine, pod: Pod, running: list[str]) -> None:
        self._engine = engine
        self._ended: dict[str, Event] = {name: engine.event() for name in running}
        order = [container.name for container in sidecars(pod.spec)]
        regular = [container.name for container in pod.spec.containers]
        self._before = {name: [*regular, *order[i + 1 :]] for i, name in enumerate(order)}

    def wait_for_turn(self, name: str, grace: int) -> Process[int]:
        """Wait for the container's turn, at most `grace` seconds; the whole seconds that it took."""
        began = self._engine.now
        turn = self._engine.event()
        timer = self._engine.call_after(grace * SECOND, turn.set)
        self._engine.start(self._await(self._before.get(name, []), turn))
        yield turn
        timer.cancel()
        return (self._engine.now - began) // SECOND

    def _await(self, names: list[str], turn: Event) -> Process[None]:
        for name in names:
            if name in self._ended and not self._ended[name].is_set:
                yield self._ended[name]
        turn.set()

    def ended(self, name: str) -> None:
        """That container has ended."""
        self._ended[name].set()


class Killer:
    """Stops containers of one node."""

    def __init__(self, node: NodeContext, hooks: HookRunner) -> None:
        self._node = node
        self._engine = node.engine
        self._runtime = node.runtime
        self._hooks = hooks

    def kill_pod(self, pod: Pod, kills: list[Kill], *, override: int | None = None) -> Process[None]:
        """Stop the running containers side by side, then the sandbox.

        `override`: the grace period in seconds, where it was decided already.
        """
        ordering = Ordering(self._engine, pod, [kill.record.name for kill in kills]) if sidecars(pod.spec) else None
        stops = [self.kill_container(pod, kill, override=override, ordering=ordering) for kill in kills]
        for stop in [self._engine.start(stop) for stop in stops]:
            if not stop.processed:
                yield stop
        self._runtime.stop_pod_sandbox(pod.metadata.uid)  # TRM-04

    def kill_container(
        self,
        pod: Pod,
        kill: Kill,
        *,
        override: int | None = None,
        ordering: Ordering | None = None,
    ) -> Process[None]:
        """Event, preStop hook, its turn in the order, SIGTERM, SIGKILL. Returns when the container has ended."""
        record = kill.record
        container = container_named(pod, record.name)
        if container is None:
            return
        grace = grace_period(pod, container, kill.probe) if override is None else override
        text = kill.message or self._node.dialect.say("container.killing", name=record.name)
        self._node.recorder.event(pod, NORMAL, "Killing", text, kill.rule, container=record.name)
        if container.lifecycle is not None and container.lifecycle.pre_stop is not None and grace > 0:
            grace -= yield from self._pre_stop(pod, container, record, grace)  # HOK-02
        if ordering is not None and grace > 0:
            grace -= yield from ordering.wait_for_turn(record.name, grace)  # TRM-03
        # A hook or the order may have used up the grace period; the container still gets a minimal time to shut down.
        grace = max(grace, MINIMUM_GRACE // SECOND)  # TRM-02
        self._node.klog.info("Killing container with a grace period", **self._names(pod, record), gracePeriod=grace)
        yield self._engine.sleep(STOP_WORK)
        yield from self._runtime.stop_container(record.id, grace * SECOND)
        if ordering is not None:
            ordering.ended(record.name)

    def _pre_stop(self, pod: Pod, container: Container, record: ContainerRecord, grace: int) -> Process[int]:
        """Run the preStop hook and wait for it, at most for the grace period; the whole seconds that it took."""
        assert container.lifecycle is not None
        assert container.lifecycle.pre_stop is not None
        began = self._engine.now
        over = self._engine.event()
        timer = self._engine.call_after(grace * SECOND, lambda: over.set(False))
        target = Target(self._runtime.pod(pod.metadata.uid).ip, container, record.id)
        self._node.recorder.note(pod, "hook.began", "HOK-02", container=container.name, hook="preStop", limit=grace)
        hook = self._engine.start(self._hooks.run(pod, container.lifecycle.pre_stop, target))
        hook.then(lambda failure: self._report(pod, container, record, failure))
        hook.then(lambda _: over.set(True))
        in_time = yield over
        timer.cancel()
        if not in_time:  # HOK-03
            what = "PreStop hook not completed in grace period"
            self._node.klog.info(what, **self._names(pod, record), gracePeriod=grace)
        return (self._engine.now - began) // SECOND

    def _report(self, pod: Pod, container: Container, record: ContainerRecord, failure: HookFailure | None) -> None:
        error = failure.error if failure else ""
        self._node.recorder.note(pod, "hook.ended", "HOK-02", container=container.name, hook="preStop", ok=failure is None, error=error)
        if failure is not None:  # HOK-06
            self._node.klog.error("PreStop hook failed", failure.error, **self._names(pod, record))
            message = self._node.dialect.say("hook.pre_stop_failed")
            self._node.recorder.event(pod, WARNING, "FailedPreStopHook", message, "HOK-06", container=container.name)

    def _names(self, pod: Pod, record: ContainerRecord) -> dict[str, object]:
        """Pod and container as values of a log line."""
        return {
            "pod": pod,
            "podUID": pod.metadata.uid,
            "containerName": record.name,
            "containerID": f"{self._runtime.scheme}://{record.id}",
        }
