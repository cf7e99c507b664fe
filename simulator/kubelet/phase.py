"""The phase of a pod, from the statuses of its containers (getPhase in kubelet_pods.go). Pure."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.kubelet.specs import is_sidecar
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus


@dataclass
class _Counts:
    pending_init: int = 0
    failed_init: int = 0
    pending_sidecars: int = 0
    unknown: int = 0
    running: int = 0
    waiting: int = 0
    stopped: int = 0
    succeeded: int = 0


def phase(pod: Pod, statuses: list[ContainerStatus], *, terminal: bool, initialized: bool) -> str:
    """Pending, Running, Succeeded or Failed.

    `terminal`: nothing will be started any more. `initialized`: a regular container has been started once.
    """
    counts = _count(pod, {status.name: status for status in statuses})
    policy = pod.spec.restart_policy
    if counts.failed_init and policy == "Never":
        return "Failed"
    if counts.pending_init or (counts.pending_sidecars and not initialized) or counts.waiting:  # STA-08
        return "Pending"
    if counts.running and not counts.unknown:
        return "Running"
    if counts.running or counts.unknown or not counts.stopped:
        return "Pending"
    # Everything has stopped.
    if terminal:
        return "Succeeded" if counts.stopped == counts.succeeded else "Failed"
    if policy == "Always":
        return "Running"
    if counts.stopped == counts.succeeded:
        return "Succeeded"
    return "Failed" if policy == "Never" else "Running"


def _count(pod: Pod, statuses: dict[str, ContainerStatus]) -> _Counts:
    counts = _Counts()
    for container in pod.spec.init_containers:
        status = statuses.get(container.name)
        (_count_sidecar if is_sidecar(container) else _count_init)(counts, status)
    for container in pod.spec.containers:
        _count_regular(counts, statuses.get(container.name))
    return counts


def _count_init(counts: _Counts, status: ContainerStatus | None) -> None:
    ended = status and (status.state.terminated or (status.state.waiting and status.last_state.terminated))
    if not ended:
        counts.pending_init += 1
    elif ended.exit_code != 0:
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


def _count_regular(counts: _Counts, status: ContainerStatus | None) -> None:
    if status is None:
        counts.unknown += 1
    elif status.state.running is not None:
        counts.running += 1
    elif status.state.terminated is not None:
        counts.stopped += 1
        counts.succeeded += status.state.terminated.exit_code == 0
    elif status.state.waiting is None:
        counts.unknown += 1
    elif status.last_state.terminated is not None:
        counts.stopped += 1
    else:
        counts.waiting += 1
