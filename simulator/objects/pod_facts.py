"""What components and views ask about a pod: has it ended, is it ready, is it being deleted, which containers are sidecars.

Pure, and the one definition of each (pkg/api/v1/pod/util.go, pkg/controller/controller_utils.go).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from simulator.objects.base import evolve
from simulator.objects.conditions import DISRUPTION_TARGET, READY, condition_of, has_condition, replaced
from simulator.objects.container import Container
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulator.objects.pod_status import ContainerStatus, PodCondition, PodStatus
from simulator.objects.volume import Volume

SUCCEEDED, FAILED, RUNNING, PENDING = "Succeeded", "Failed", "Running", "Pending"
TERMINAL_PHASES = (SUCCEEDED, FAILED)


def is_terminal(phase: str) -> bool:
    """Whether a pod of that phase has ended: a pod never leaves Succeeded or Failed."""
    return phase in TERMINAL_PHASES


def has_ended(pod: Pod) -> bool:
    """Whether all its containers have ended for good (podutil.IsPodTerminal)."""
    return is_terminal(pod.status.phase)


def has_succeeded(pod: Pod) -> bool:
    """Whether all its containers have ended for good, each with exit code 0."""
    return pod.status.phase == SUCCEEDED


def has_failed(pod: Pod) -> bool:
    """Whether all its containers have ended for good, at least one of them with an error, or it was evicted or lost."""
    return pod.status.phase == FAILED


def is_active(pod: Pod) -> bool:
    """Whether a controller counts it: not ended, not being deleted (controller.IsPodActive)."""
    return not has_ended(pod) and not is_being_deleted(pod)


def is_terminating(pod: Pod) -> bool:
    """Whether it is being deleted and has not ended yet (controller.IsPodTerminating)."""
    return not has_ended(pod) and is_being_deleted(pod)


def is_ready(pod: Pod) -> bool:
    """Whether the condition Ready is True (podutil.IsPodReady)."""
    return has_condition(pod.status, READY)


def is_sidecar(pod: Pod | PodTemplateSpec, container: Container) -> bool:
    """Whether a container is a sidecar: an init container with `restartPolicy: Always`.

    Since 1.35 a regular container may have that policy too, so the container alone is not enough.
    """
    return restarts_always(container) and has_init_container(pod, container.name)


def is_regular_init(pod: Pod | PodTemplateSpec, container: Container) -> bool:
    """Whether a container is an init container that has to end before the next container starts: one that is no sidecar."""
    return not restarts_always(container) and has_init_container(pod, container.name)


def has_init_container(pod: Pod | PodTemplateSpec, name: str) -> bool:
    """Whether one of the pod's init containers, sidecars included, has that name."""
    return any(container.name == name for container in pod.spec.init_containers)


def restarts_always(container: Container) -> bool:
    """Whether the container has `restartPolicy: Always` of its own. An init container that has it is a sidecar."""
    return container.restart_policy == "Always"


def sidecars(spec: PodSpec) -> list[Container]:
    """The restartable init containers, in spec order."""
    return [container for container in spec.init_containers if restarts_always(container)]


def long_running(spec: PodSpec) -> list[Container]:
    """The containers that run side by side once the pod is initialized: the regular ones, then sidecars."""
    return [*spec.containers, *sidecars(spec)]


def all_containers(spec: PodSpec) -> list[Container]:
    """Init containers, then regular ones, in spec order. Their names are unique among both."""
    return [*spec.init_containers, *spec.containers]


def container_named(pod: Pod | PodTemplateSpec, name: str) -> Container | None:
    """The container of that name, of any kind; None when there is none."""
    return next((container for container in (*all_containers(pod.spec), *ephemeral(pod.spec)) if container.name == name), None)


def ephemeral(spec: PodSpec) -> list[Container]:
    """The ephemeral containers, which are added to a running pod to debug it."""
    return msgspec.convert(spec.ephemeral_containers, list[Container]) if spec.ephemeral_containers else []


def all_statuses(pod: Pod) -> list[ContainerStatus]:
    """The statuses of init containers, then of regular ones."""
    return [*pod.status.init_container_statuses, *pod.status.container_statuses]


def status_of(pod: Pod, name: str) -> ContainerStatus | None:
    """The status of the container or init container of that name; None when the kubelet has not written one yet."""
    for statuses in (pod.status.init_container_statuses, pod.status.container_statuses):
        for status in statuses:
            if status.name == name:
                return status
    return None


def restart_policy_of(pod: Pod | PodTemplateSpec, container: Container) -> str:
    """The restart policy that a container follows: its own, else the pod's."""
    return container.restart_policy or pod.spec.restart_policy


def runs_to_completion(pod: Pod | PodTemplateSpec) -> bool:
    """Whether the pod is meant to end: `restartPolicy` is Never or OnFailure."""
    return pod.spec.restart_policy in ("Never", "OnFailure")


def never_restarts(pod: Pod | PodTemplateSpec) -> bool:
    """Whether the pod has `restartPolicy: Never`: a container that ends is not restarted unless its own policy says so."""
    return pod.spec.restart_policy == "Never"


def with_condition(status: PodStatus, new: PodCondition) -> PodStatus:
    """The status with `new` in the place of the condition of its type (podutil.UpdatePodCondition).

    The time of the last transition stays while the condition's status does.
    """
    old = condition_of(status, new.type)
    if old is not None and old.status == new.status:
        new = evolve(new, last_transition_time=old.last_transition_time)
    return evolve(status, conditions=replaced(status.conditions, new))


DisruptionReason = Literal[
    "PreemptionByScheduler", "DeletionByTaintManager", "EvictionByEvictionAPI", "DeletionByPodGC", "TerminationByKubelet"
]


def disruption_target(reason: DisruptionReason, message: str, timestamp: str, generation: int | None = None) -> PodCondition:
    """The condition that marks a pod which is about to be deleted by the cluster and not by its owner.

    Args:
        reason: Who disrupts it, one of Kubernetes' own words.
        message: The sentence of the component that does.
        timestamp: Now, as an RFC 3339 time.
        generation: The pod's generation, in releases that report it; else None.
    """
    return PodCondition(
        type=DISRUPTION_TARGET,
        status="True",
        reason=reason,
        message=message,
        last_transition_time=timestamp,
        observed_generation=generation,
    )


def uses_node(pod: Pod) -> bool:
    """Whether a pod uses resources of a node: it is bound and has not ended."""
    return bool(pod.spec.node_name) and not has_ended(pod)


def claim_name(pod: Pod, volume: Volume) -> str:
    """The claim of a volume; empty when it has none. A generic ephemeral volume has a claim of its own."""
    if volume.persistent_volume_claim is not None:
        return volume.persistent_volume_claim.claim_name
    return "" if volume.ephemeral is None else f"{pod.metadata.name}-{volume.name}"


def claim_names(pod: Pod) -> list[str]:
    """The claims of a pod's volumes."""
    return [name for volume in pod.spec.volumes if (name := claim_name(pod, volume))]
