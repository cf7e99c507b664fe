"""The conditions that the kubelet writes (pkg/kubelet/status/generate.go). Pure."""

from __future__ import annotations

from simulator.kubelet.specs import is_sidecar
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus, PodCondition

OWNED = ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")
"""Conditions that belong to the kubelet; all others in the API are kept as they are."""


def condition(type_: str, status: bool, reason: str = "", message: str = "") -> PodCondition:
    """A condition without times."""
    return PodCondition(type=type_, status="True" if status else "False", reason=reason, message=message)


def initialized(pod: Pod, statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """Whether all init containers have done their part."""
    by_name = {status.name: status for status in statuses}
    unknown = [c.name for c in pod.spec.init_containers if c.name not in by_name]
    incomplete = [
        c.name
        for c in pod.spec.init_containers
        if c.name in by_name and not (by_name[c.name].started if is_sidecar(c) else by_name[c.name].ready)
    ]
    if phase == "Succeeded" and not unknown:
        return condition("Initialized", True, "PodCompleted")
    # A regular container that was started proves that initialization is over.
    if any_regular_started(pod, statuses) or not (unknown or incomplete):  # STA-10
        return condition("Initialized", True)
    parts = [_named(word, found) for word, found in (("unknown", unknown), ("incomplete", incomplete)) if found]
    return condition("Initialized", False, "ContainersNotInitialized", ", ".join(parts))


def containers_ready(pod: Pod, statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """Whether every regular container and sidecar is ready."""
    by_name = {status.name: status for status in statuses}
    names = [*(c.name for c in pod.spec.init_containers if is_sidecar(c)), *(c.name for c in pod.spec.containers)]
    unknown = [name for name in names if name not in by_name]
    unready = [name for name in names if name in by_name and not by_name[name].ready]
    if phase in ("Succeeded", "Failed"):
        done = phase == "Succeeded" and not unknown
        if done or phase == "Failed":
            return condition("ContainersReady", False, "PodCompleted" if phase == "Succeeded" else "PodFailed")
    if not unknown and not unready:
        return condition("ContainersReady", True)
    parts = [_named(word, found) for word, found in (("unknown", unknown), ("unready", unready)) if found]
    return condition("ContainersReady", False, "ContainersNotReady", ", ".join(parts))


def ready(pod: Pod, present: list[PodCondition], statuses: list[ContainerStatus], phase: str) -> PodCondition:
    """ContainersReady, and every readiness gate True."""
    containers = containers_ready(pod, statuses, phase)
    if containers.status != "True":
        return condition("Ready", False, containers.reason, containers.message)
    by_type = {item.type: item for item in present}
    messages = []
    for gate in pod.spec.readiness_gates:  # STA-07
        found = by_type.get(gate.condition_type)
        if found is None:
            messages.append(f'corresponding condition of pod readiness gate "{gate.condition_type}" does not exist.')
        elif found.status != "True":
            messages.append(f'the status of pod readiness gate "{gate.condition_type}" is not "True", but {found.status}')
    if messages:
        return condition("Ready", False, "ReadinessGatesNotReady", ", ".join(messages))
    return condition("Ready", True)


def out_of_step(pod: Pod) -> bool:
    """Whether the Ready condition in the API does not say what the readiness gates there say (NeedToReconcilePodReadiness)."""
    if not pod.spec.readiness_gates:
        return False
    statuses = [*pod.status.init_container_statuses, *pod.status.container_statuses]
    wanted = ready(pod, pod.status.conditions, statuses, pod.status.phase)
    found = next((c for c in pod.status.conditions if c.type == "Ready"), None)
    return found is None or (found.status, found.reason, found.message) != (wanted.status, wanted.reason, wanted.message)


def any_regular_started(pod: Pod, statuses: list[ContainerStatus]) -> bool:
    """Whether a regular container runs or has run in this life of the pod (HasAnyRegularContainerStarted)."""
    names = {container.name for container in pod.spec.containers}
    return any(status.state.running or status.state.terminated for status in statuses if status.name in names)


def _named(word: str, names: list[str]) -> str:
    return f"containers with {word} status: [{' '.join(names)}]"
