"""The conditions that the kubelet writes (pkg/kubelet/status/generate.go). Pure."""

from __future__ import annotations

from simulator.container.status import RuntimePod
from simulator.kubelet import restart_all
from simulator.objects.conditions import (
    CONTAINERS_READY,
    INITIALIZED,
    POD_SCHEDULED,
    READY,
    RESIZE_IN_PROGRESS,
    RESIZE_PENDING,
    condition_of,
)
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import SUCCEEDED, all_statuses, is_sidecar, is_terminal, sidecars
from simulator.objects.pod_status import ContainerStatus, PodCondition

READY_TO_START = "PodReadyToStartContainers"
RESIZES = (RESIZE_PENDING, RESIZE_IN_PROGRESS)
OWNED = (*RESIZES, READY_TO_START, INITIALIZED, READY, CONTAINERS_READY, POD_SCHEDULED, restart_all.CONDITION)
"""Conditions that belong to the kubelet; all others in the API are left as they are."""


def condition(type_: str, status: bool, reason: str = "", message: str = "") -> PodCondition:
    """A condition without times."""
    return PodCondition(type=type_, status="True" if status else "False", reason=reason, message=message)


def initialized(pod: Pod, statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """Whether all init containers are done and all sidecars have started."""
    by_name = {status.name: status for status in statuses}
    init = pod.spec.init_containers
    unknown = [c.name for c in init if c.name not in by_name]
    known = [(c, by_name[c.name]) for c in init if c.name in by_name]
    incomplete = [c.name for c, status in known if not (status.started if is_sidecar(pod, c) else status.ready)]
    if phase == SUCCEEDED and not unknown:
        return condition(INITIALIZED, True, "PodCompleted")
    # A regular container that was started proves that initialization is over.
    if any_regular_started(pod, statuses) or not (unknown or incomplete):  # STA-10
        return condition(INITIALIZED, True)
    return condition(INITIALIZED, False, "ContainersNotInitialized", _listed(unknown=unknown, incomplete=incomplete))


def containers_ready(pod: Pod, statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """Whether every regular container and sidecar is ready."""
    by_name = {status.name: status for status in statuses}
    names = [container.name for container in (*sidecars(pod.spec), *pod.spec.containers)]
    unknown = [name for name in names if name not in by_name]
    unready = [name for name in names if name in by_name and not by_name[name].ready]
    if is_terminal(phase) and not (phase == SUCCEEDED and unknown):
        return condition(CONTAINERS_READY, False, reason_of_end(phase))
    if not unknown and not unready:
        return condition(CONTAINERS_READY, True)
    return condition(CONTAINERS_READY, False, "ContainersNotReady", _listed(unknown=unknown, unready=unready))


def ready(pod: Pod, present: list[PodCondition], statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """Whether the containers are ready, and every readiness gate is True among the conditions that are `present`."""
    containers = containers_ready(pod, statuses, phase)
    if containers.status != "True":
        return condition(READY, False, containers.reason, containers.message)
    by_type = {item.type: item for item in present}
    messages = []
    for gate in pod.spec.readiness_gates:  # STA-07
        item = by_type.get(gate.condition_type)
        if item is None:
            messages.append(f'corresponding condition of pod readiness gate "{gate.condition_type}" does not exist.')
        elif item.status != "True":
            messages.append(f'the status of pod readiness gate "{gate.condition_type}" is not "True", but {item.status}')
    if messages:
        return condition(READY, False, "ReadinessGatesNotReady", ", ".join(messages))
    return condition(READY, True)


def restarting(pod: Pod, runtime: RuntimePod, phase: str, *, restarts: bool) -> PodCondition:
    """Whether all containers are being removed to start again; `restarts`: that was decided."""
    if is_terminal(phase):
        return condition(restart_all.CONDITION, False, reason_of_end(phase))
    if not restarts or restart_all.is_reset(pod, runtime):
        return condition(restart_all.CONDITION, False)
    return condition(restart_all.CONDITION, True, restart_all.STARTED, "container exited with restart policy rule")  # RST-17


def needs_reconcile(pod: Pod) -> bool:
    """Whether the Ready condition in the API contradicts the readiness gates there (NeedToReconcilePodReadiness)."""
    if not pod.spec.readiness_gates:
        return False
    expected = ready(pod, pod.status.conditions, all_statuses(pod), pod.status.phase)
    stored = condition_of(pod.status, READY)
    return stored is None or (stored.status, stored.reason, stored.message) != (expected.status, expected.reason, expected.message)


def any_regular_started(pod: Pod, statuses: list[ContainerStatus]) -> bool:
    """Whether a regular container runs or has run since the pod was created (HasAnyRegularContainerStarted)."""
    names = {container.name for container in pod.spec.containers}
    return any(status.state.running or status.state.terminated for status in statuses if status.name in names)


def reason_of_end(phase: str) -> str:
    """Why a pod of a terminal phase is not ready."""
    return "PodCompleted" if phase == SUCCEEDED else "PodFailed"


def _listed(**names: list[str]) -> str:
    """Containers by what is wrong with them, as a message."""
    return ", ".join(f"containers with {word} status: [{' '.join(group)}]" for word, group in names.items() if group)
