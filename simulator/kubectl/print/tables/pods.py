"""`get pods`: READY, STATUS and RESTARTS (printPod)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.kubectl.print.tables.table import Table, columns, or_none
from simulator.kubectl.view import View
from simulator.objects.conditions import INITIALIZED, POD_SCHEDULED, condition_of, has_condition
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready, sidecars
from simulator.objects.pod_status import ContainerStateTerminated, ContainerStatus


class Summary(NamedTuple):
    """The columns of a pod that need thought. `last_restart` is when a container that has been restarted ended last."""

    ready: int
    total: int
    status: str
    restarts: int
    last_restart: str


def summary(pod: Pod, view: View) -> Summary:
    """What `get pods` says about a pod."""
    restartable = {container.name for container in sidecars(pod.spec)}
    waiting_for, ready, counted = _initialising(pod, restartable)
    status = waiting_for or _reason(pod)
    if not waiting_for or has_condition(pod.status, INITIALIZED):
        counted = [s for s in counted if s.name in restartable] + pod.status.container_statuses
        status, running = _of_containers(pod, status, view)
        ready += running
    ends = [s.last_state.terminated.finished_at or "" for s in counted if s.last_state.terminated]
    return Summary(
        ready=ready,
        total=len(pod.spec.containers) + len(restartable),
        status=_of_deletion(pod, status, view),
        restarts=sum(s.restart_count for s in counted),
        last_restart=max(ends, default=""),
    )


def _reason(pod: Pod) -> str:
    """The pod's own reason before its phase; a pod that may not be scheduled yet says so."""
    scheduled = condition_of(pod.status, POD_SCHEDULED)
    if scheduled is not None and scheduled.reason == "SchedulingGated":
        return "SchedulingGated"
    return pod.status.reason or pod.status.phase


def _initialising(pod: Pod, sidecars: set[str]) -> tuple[str, int, list[ContainerStatus]]:
    """The first init container that is not through: its `Init:` status (empty: all are through).

    Also how many sidecars before it are ready, and the statuses up to it: later ones are not looked at.
    """
    ready = 0
    statuses = pod.status.init_container_statuses
    for i, status in enumerate(statuses):
        seen = statuses[: i + 1]
        state = status.state
        if state.terminated and state.terminated.exit_code == 0:
            continue
        if status.name in sidecars and status.started:
            ready += status.ready
            continue
        if state.terminated:
            return f"Init:{_ended(state.terminated)}", ready, seen
        if state.waiting and state.waiting.reason not in ("", "PodInitializing"):
            return f"Init:{state.waiting.reason}", ready, seen
        return f"Init:{i}/{len(pod.spec.init_containers)}", ready, seen
    return "", ready, statuses


def _ended(terminated: ContainerStateTerminated) -> str:
    return terminated.reason or (f"Signal:{terminated.signal}" if terminated.signal else f"ExitCode:{terminated.exit_code}")


def _of_containers(pod: Pod, status: str, view: View) -> tuple[str, int]:
    """The status by the containers (the first one that waits or has ended counts), and how many run and are ready."""
    ready, failure = 0, ""
    for container in reversed(pod.status.container_statuses):
        state = container.state
        if state.waiting and state.waiting.reason:
            status = state.waiting.reason
        elif state.terminated:
            status = _ended(state.terminated)
            if state.terminated.exit_code:
                failure = status
        else:
            ready += _runs_ready(container)
    if status == "Completed":
        # One that completed says nothing about the pod while another still runs.
        if ready and is_ready(pod):
            status = "Running"
        elif failure and view.dialect.failure_beats_completed:
            status = failure
        elif ready:
            status = "NotReady"
    return status, ready


def _runs_ready(container: ContainerStatus) -> bool:
    return container.ready and container.state.running is not None


def _of_deletion(pod: Pod, status: str, view: View) -> str:
    if not pod.metadata.deletion_timestamp:
        return status
    if pod.status.reason == "NodeLost":
        return "Unknown"
    ended = has_ended(pod) and view.dialect.terminating_yields_to_end
    return status if ended else "Terminating"


def _row(pod: Pod, view: View) -> list[str]:
    state = summary(pod, view)
    restarts = f"{state.restarts} ({view.age(state.last_restart)} ago)" if state.restarts and state.last_restart else str(state.restarts)
    gates = pod.spec.readiness_gates
    return [
        pod.metadata.name,
        f"{state.ready}/{state.total}",
        state.status,
        restarts,
        view.age(pod.metadata.creation_timestamp),
        or_none(pod.status.pod_ips[0].ip if pod.status.pod_ips else ""),
        or_none(pod.spec.node_name),
        or_none(pod.status.nominated_node_name),
        f"{sum(has_condition(pod.status, gate.condition_type) for gate in gates)}/{len(gates)}" if gates else "<none>",
    ]


TABLES = {"Pod": Table(columns("NAME READY STATUS RESTARTS AGE", "IP NODE NOMINATED_NODE READINESS_GATES"), _row)}
