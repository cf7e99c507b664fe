"""Starting a container: back-off, image, environment, create, start, postStart (startContainer). Each step may fail."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.recorder import NORMAL, WARNING
from simulator.container.identity import non_root_problem
from simulator.container.runtime import Failure
from simulator.container.status import RuntimePod, State
from simulator.engine import Process
from simulator.kubelet.actions import Kill
from simulator.kubelet.api_sources import current_sources
from simulator.kubelet.back_off import BackOff
from simulator.kubelet.config import CONTAINER_BACK_OFF_INITIAL, CREATE_WORK
from simulator.kubelet.container_statuses import Reason
from simulator.kubelet.environment import ConfigProblem, environment
from simulator.kubelet.hooks import HookRunner
from simulator.kubelet.image_manager import ImageManager
from simulator.kubelet.killer import Killer
from simulator.kubelet.klog import go_quoted
from simulator.kubelet.mounts import PodPlace, mounts_of
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.client import Target
from simulator.kubelet.specs import definition, formatted
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.units import SECOND, format_duration


class NotStarted(NamedTuple):
    """A container that was not started: why, and when its back-off ends (nanoseconds), if it is in one."""

    container: str
    reason: Reason
    back_off_until: int | None = None

    def __str__(self) -> str:
        return f'failed to "StartContainer" for "{self.container}" with {self.reason.reason}: {go_quoted(self.reason.message)}'


class Starter:
    """Starts containers of one node."""

    def __init__(self, node: NodeContext, images: ImageManager, hooks: HookRunner, killer: Killer) -> None:
        self._node = node
        self._engine = node.engine
        self._runtime = node.runtime
        self._dialect = node.dialect
        self._images = images
        self._hooks = hooks
        self._killer = killer
        self._back_off = BackOff(CONTAINER_BACK_OFF_INITIAL, node.config.max_container_restart_period)
        self._backing_off: dict[str, int] = {}

    def start(self, pod: Pod, container: Container, runtime: RuntimePod, rule: str) -> Process[NotStarted | None]:
        """Start a container; None when it runs. `runtime`: the pod as this sync sees it. `rule`: the rule by which it is started."""
        waiting = self._in_back_off(pod, container, runtime)
        if waiting is not None:
            return waiting
        reason = yield from self._start(pod, container, runtime, rule)
        return None if reason is None else NotStarted(container.name, reason)

    def _in_back_off(self, pod: Pod, container: Container, runtime: RuntimePod) -> NotStarted | None:
        """Whether the back-off, counted from the end of the newest instance that has ended, has not expired (doBackOff)."""
        ended = next((record for record in runtime.instances(container.name) if record.state is State.EXITED), None)
        if ended is None or ended.finished_at is None:
            return None
        key = f"{formatted(pod)}_{container.name}_{definition(container)}"  # RST-12
        now = self._engine.now
        if not self._back_off.waits_since(key, ended.finished_at, now):  # RST-09
            self._back_off.next(key, ended.finished_at, now)
            return None
        delay = self._back_off.delay(key)
        until = ended.finished_at + delay
        if self._backing_off.get(key) != until:
            self._backing_off[key] = until
            seconds = {"delay": delay / SECOND, "until": until / SECOND}
            self._node.recorder.note(pod, "container.backs_off", "RST-09", container=container.name, **seconds)
        message = self._dialect.say("container.back_off", name=container.name, pod=formatted(pod))
        self._event(pod, container, WARNING, "BackOff", message, "RST-09")
        text = self._dialect.say("container.back_off_error", delay=format_duration(delay), name=container.name, pod=formatted(pod))
        return NotStarted(container.name, Reason("CrashLoopBackOff", text, "RST-09"), until)

    def _start(self, pod: Pod, container: Container, runtime: RuntimePod, rule: str) -> Process[Reason | None]:
        reason = yield from self._images.ensure(pod, container)
        if reason is not None:
            return self._failed(pod, container, reason, reason.reason)
        newest = runtime.newest(container.name)
        # Where the runtime has lost a container, its logs still tell how many there were.
        last = newest.attempt if newest is not None else self._runtime.last_log(pod.metadata.uid, container.name)
        attempt = 0 if last is None else last + 1  # RST-16
        try:
            ip, sources = self._runtime.pod(pod.metadata.uid).ip, current_sources(self._node)
            env = environment(pod, container, ip, sources)
            problem = non_root_problem(container, pod, self._runtime.image_user)
            if problem:  # ENV-04
                raise ConfigProblem(f'{problem} (pod: "{formatted(pod)}", container: {container.name})', "ENV-04")
        except ConfigProblem as error:
            return self._failed(pod, container, Reason("CreateContainerConfigError", str(error), error.rule), str(error))
        yield self._engine.sleep(CREATE_WORK.draw(self._engine.streams, "create-work", pod.metadata.uid))
        mounts = mounts_of(container, PodPlace(pod, self._node.name, ip, sources), env)
        created = yield from self._runtime.create_container(pod, container, definition(container), attempt, env, mounts)
        if isinstance(created, Failure):
            return self._failed(pod, container, Reason("CreateContainerError", created.error, "STA-05"), created.error)
        self._event(pod, container, NORMAL, "Created", self._dialect.say("container.created", name=container.name), rule)
        failure = yield from self._runtime.start_container(created.id)
        if failure is not None:
            return self._failed(pod, container, Reason("RunContainerError", failure.error, "STA-05"), failure.error)
        self._event(pod, container, NORMAL, "Started", self._dialect.say("container.started", name=container.name), rule)
        return (yield from self._post_start(pod, container, created.id))

    def _post_start(self, pod: Pod, container: Container, container_id: str) -> Process[Reason | None]:
        """Run the postStart hook, if there is one; the container is killed when it fails."""
        if container.lifecycle is None or container.lifecycle.post_start is None:
            return None
        target = Target(self._runtime.pod(pod.metadata.uid).ip, container, container_id)
        self._node.recorder.note(pod, "hook.began", "HOK-01", container=container.name, hook="postStart")
        failure = yield from self._hooks.run(pod, container.lifecycle.post_start, target)
        error = failure.error if failure else ""
        self._node.recorder.note(pod, "hook.ended", "HOK-01", container=container.name, hook="postStart", ok=failure is None, error=error)
        if failure is None:
            return None
        self._node.klog.error(
            "Failed to execute PostStartHook",
            failure.error,
            pod=pod,
            podUID=pod.metadata.uid,
            containerName=container.name,
            containerID=f"{self._runtime.scheme}://{container_id}",
        )
        self._event(pod, container, WARNING, "FailedPostStartHook", self._dialect.say("hook.post_start_failed"), "HOK-01")
        record = self._runtime.container(container_id)
        if record is not None:
            yield from self._killer.kill_container(pod, Kill(record, "FailedPostStartHook", "HOK-01"))  # HOK-01
        return Reason("PostStartHookError", failure.message, "HOK-01")

    def _failed(self, pod: Pod, container: Container, reason: Reason, error: str) -> Reason:
        self._event(pod, container, WARNING, "Failed", self._dialect.say("container.failed", error=error), reason.rule)
        return reason

    def _event(self, pod: Pod, container: Container, type_: str, reason: str, message: str, rule: str) -> None:
        self._node.recorder.event(pod, type_, reason, message, rule, container=container.name)
