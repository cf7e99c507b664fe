"""The phase of a pod, from the statuses of its containers (getPhase in kubelet_pods.go). Pure."""

from __future__ import annotations

import msgspec

from simulator.kubelet import restart_all
from simulator.kubelet.specs import restarts
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, PENDING, RUNNING, SUCCEEDED, is_sidecar
from simulator.objects.pod_status import ContainerStateTerminated, ContainerStatus


class _Counts(msgspec.Struct):
    pending_init: int = 0
    failed_init: int = 0
    pending_sidecars: int = 0
    unknown: int = 0
    running: int = 0
    waiting: int = 0
    stopped: int = 0
    succeeded: int = 0
    restarting: int = 0


def phase(pod: Pod, statuses: list[ContainerStatus], *, terminal: bool, initialized: bool) -> str:
    """Pending, Running, Succeeded or Failed.

    `terminal`: nothing will be started any more. `initialized`: a regular container has been created in the present sandbox.
    """
    counts = _count(pod, {status.name: status for status in statuses})
    if counts.failed_init:
        return FAILED
    if counts.pending_init or (counts.pending_sidecars and not initialized) or counts.waiting:  # STA-08
        return PENDING
    if counts.running and not counts.unknown:
        return RUNNING
    if counts.running or counts.unknown or not counts.stopped:
        return PENDING
    # Everything has stopped.
    if terminal:
        return SUCCEEDED if counts.stopped == counts.succeeded else FAILED
    if counts.restarting:
        return RUNNING
    return SUCCEEDED if counts.stopped == counts.succeeded else FAILED


def _count(pod: Pod, statuses: dict[str, ContainerStatus]) -> _Counts:
    counts = _Counts()
    for container in pod.spec.init_containers:
        status = statuses.get(container.name)
        if is_sidecar(pod, container):
            _count_sidecar(counts, status)
        else:
            _count_init(counts, status, pod, container)
    for container in pod.spec.containers:
        _count_regular(counts, statuses.get(container.name), pod, container)
    return counts


def _count_init(counts: _Counts, status: ContainerStatus | None, pod: Pod, container: Container) -> None:
    ended = status and (status.state.terminated or (status.state.waiting and status.last_state.terminated))
    if not ended:
        counts.pending_init += 1
    elif ended.exit_code != 0 and not _restarts(container, pod, ended):
        counts.failed_init += 1


def _count_sidecar(counts: _Counts, status: ContainerStatus | None) -> None:
    if status is None:
        counts.unknown += 1
    elif status.state.running is not None:
        counts.pending_sidecars += not status.started
        counts.running += 1
    elif status.state.waiting is not None and status.last_state.terminated is None:
        counts.pending_sidecars += 1
        counts.waiting += 1


def _count_regular(counts: _Counts, status: ContainerStatus | None, pod: Pod, container: Container) -> None:
    if status is None:
        counts.unknown += 1
    elif status.state.running is not None:
        counts.running += 1
    elif status.state.terminated is not None:
        counts.stopped += 1
        counts.succeeded += status.state.terminated.exit_code == 0
        counts.restarting += _restarts(container, pod, status.state.terminated)
    elif status.state.waiting is None:
        counts.unknown += 1
    elif status.last_state.terminated is not None:
        counts.stopped += 1
        counts.restarting += _restarts(container, pod, status.last_state.terminated)
    else:
        counts.waiting += 1


def _restarts(container: Container, pod: Pod, ended: ContainerStateTerminated) -> bool:
    return ended.reason == restart_all.REASON or restarts(container, pod, ended.exit_code)
