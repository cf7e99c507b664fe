"""Container statuses from the runtime's records, the previous statuses, and the reasons of failed starts (kubelet_pods.go). Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.kubelet import restart_all
from simulator.kubelet.pod_actions import start_rule
from simulator.objects.base import evolve
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import never_restarts
from simulator.objects.pod_status import (
    ContainerState,
    ContainerStateRunning,
    ContainerStateTerminated,
    ContainerStateWaiting,
    ContainerStatus,
)
from simulator.objects.process import SIGKILL_EXIT

LOST = "The container could not be located when the pod was deleted.  The container used to be Running"
NEVER_STARTED = "1970-01-01T00:00:00Z"


class Reason(NamedTuple):
    """Why a container could not be started: the reason of its waiting state, the message, and the rule that was followed."""

    reason: str
    message: str
    rule: str


class Translation(NamedTuple):
    """How runtime records become API values: the scheme of container ids, image ids, times (nanoseconds since the start) as text.

    `keeps_started`: a running container is `started` when the last status of its name was. `keeps_removed`: restart counts and the last
    state outlive containers that the runtime has lost. `own_policies`: whether a container that ended waits for its next start depends on
    its own restart policy, not on the pod's. `restarts_all`: containers are removed to restart all of the pod.
    """

    scheme: str
    image_id: Callable[[str], str]
    timestamp: Callable[[int], str]
    keeps_started: bool = False
    keeps_removed: bool = False
    own_policies: bool = True
    restarts_all: bool = False

    def container_id(self, runtime_id: str) -> str:
        """`abc` as `containerd://abc`."""
        return f"{self.scheme}://{runtime_id}"


def container_statuses(
    pod: Pod,
    containers: list[Container],
    runtime: RuntimePod,
    previous: list[ContainerStatus],
    reasons: Callable[[str], Reason | None],
    translate: Translation,
    *,
    init: bool,
) -> list[ContainerStatus]:
    """Statuses of regular or of init containers; regular ones sorted by name, init containers in spec order."""
    old = {status.name: status for status in previous}
    waiting = "PodInitializing" if pod.spec.init_containers else "ContainerCreating"
    statuses = []
    for container in containers:
        status = _default(container, old.get(container.name), waiting)
        instances = runtime.instances(container.name)
        if instances:
            status = from_record(instances[0], translate)
            if translate.keeps_removed and container.name in old:
                status = _remembering(status, old[container.name])
            if translate.keeps_started and status.state.running is not None and container.name in old:  # PRB-21
                status = evolve(status, started=old[container.name].started)
            if len(instances) > 1:
                status = evolve(status, last_state=from_record(instances[1], translate).state)
        elif container.name in old and translate.restarts_all and old[container.name].state.waiting is None:
            status = _reset(status, old[container.name])
        elif container.name in old:
            status = _lost(status, old[container.name], waiting, deleted=pod.metadata.deletion_timestamp is not None)
        # To 1.34, a sidecar whose pod never restarts is not shown as waiting, though it is started again.
        if translate.own_policies or status.state.terminated is None or not never_restarts(pod):  # STA-16
            status = _with_reason(status, container, pod, runtime, reasons, init=init)
        statuses.append(status)
    return statuses if init else sorted(statuses, key=lambda status: status.name)


def from_record(record: ContainerRecord, translate: Translation) -> ContainerStatus:
    """The status of one instance."""
    return ContainerStatus(
        name=record.name,
        container_id=translate.container_id(record.id),
        image=record.image,
        image_id=translate.image_id(record.image),
        restart_count=record.attempt,
        state=_state(record, translate),
    )


def _state(record: ContainerRecord, translate: Translation) -> ContainerState:
    if record.state is State.RUNNING:
        return ContainerState(running=ContainerStateRunning(started_at=translate.timestamp(record.started_at or 0)))
    if record.state is State.CREATED:
        return ContainerState(waiting=ContainerStateWaiting())
    return ContainerState(
        terminated=ContainerStateTerminated(
            exit_code=record.exit_code,
            reason=record.reason,
            message=record.message,
            container_id=translate.container_id(record.id),
            started_at=NEVER_STARTED if record.started_at is None else translate.timestamp(record.started_at),
            finished_at=None if record.finished_at is None else translate.timestamp(record.finished_at),
        )
    )


def _remembering(status: ContainerStatus, old: ContainerStatus) -> ContainerStatus:
    """The status of an instance with what the last status of its name tells of instances that were removed."""
    count, last = max(status.restart_count, old.restart_count), status.last_state
    if old.container_id != status.container_id and old.state.terminated is not None:
        last = old.state
    elif old.last_state.terminated is not None:
        last = old.last_state
    # It runs again, whatever the runtime counts.
    if status.state.running is not None and old.state.terminated is not None and old.restart_count >= status.restart_count:
        count = old.restart_count + 1
    return evolve(status, restart_count=count, last_state=last)  # STA-14


def _default(container: Container, old: ContainerStatus | None, waiting: str) -> ContainerStatus:
    """The status of a container that the runtime does not have."""
    status = ContainerStatus(
        name=container.name, image=container.image, state=ContainerState(waiting=ContainerStateWaiting(reason=waiting))
    )
    if old is None:
        return status
    # A container that ended may have been removed since; its last state stays.
    if old.state.terminated is not None:
        return old
    return evolve(status, restart_count=old.restart_count, last_state=old.last_state)


def _lost(status: ContainerStatus, old: ContainerStatus, waiting: str, *, deleted: bool) -> ContainerStatus:
    """The status of a container that was running when last reported and that the runtime does not have any more."""
    is_default = status.state.waiting is not None and status.state.waiting.reason == waiting
    if old.state.running is None or not is_default or status.last_state.terminated is not None:  # STA-06
        return status
    ended = ContainerStateTerminated(exit_code=SIGKILL_EXIT, reason="ContainerStatusUnknown", message=LOST)
    restarts = status.restart_count + (not deleted)
    return evolve(status, last_state=ContainerState(terminated=ended), restart_count=restarts)


def _reset(status: ContainerStatus, old: ContainerStatus) -> ContainerStatus:
    """The status of a container that was removed because all containers restart."""
    waiting = ContainerState(waiting=ContainerStateWaiting(reason=restart_all.REASON, message=restart_all.REMOVED))
    ended = ContainerStateTerminated(exit_code=SIGKILL_EXIT, reason=restart_all.REASON, message=restart_all.REMOVED)
    return evolve(status, state=waiting, last_state=ContainerState(terminated=ended), restart_count=old.restart_count + 1)  # RST-17


def _with_reason(
    status: ContainerStatus,
    container: Container,
    pod: Pod,
    runtime: RuntimePod,
    reasons: Callable[[str], Reason | None],
    *,
    init: bool,
) -> ContainerStatus:
    """A container whose start failed and will be tried again is waiting; its terminated state becomes its last state."""
    newest = runtime.newest(container.name)
    if init and newest is not None and newest.state is State.EXITED and newest.exit_code == 0:
        return status
    if not start_rule(container, pod, runtime):
        return status
    reason = reasons(container.name)
    if reason is None:  # STA-05
        return status
    last = status.state if status.state.terminated is not None else status.last_state
    return evolve(
        status, last_state=last, state=ContainerState(waiting=ContainerStateWaiting(reason=reason.reason, message=reason.message))
    )
