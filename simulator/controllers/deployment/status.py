"""The status of a Deployment and its conditions (sync.go calculateStatus, progress.go). Pure."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.controllers.deployment.rollout import fenceposts
from simulator.objects.apps import Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet
from simulator.objects.base import evolve
from simulator.objects.conditions import condition_of
from simulator.units import SECOND, parse_time

PROGRESSING, AVAILABLE, FAILURE = "Progressing", "Available", "ReplicaFailure"
TIMED_OUT = "ProgressDeadlineExceeded"
ALL_AVAILABLE = "NewReplicaSetAvailable"
NO_DEADLINE = 2**31 - 1
"""progressDeadlineSeconds and revisionHistoryLimit: this value means no limit."""


def has_deadline(deployment: Deployment) -> bool:
    """Whether the Deployment has a progress deadline."""
    return deployment.spec.progress_deadline_seconds not in (None, NO_DEADLINE)


def without(status: DeploymentStatus, kind: str) -> DeploymentStatus:
    """The status without the condition of that type."""
    return evolve(status, conditions=[item for item in status.conditions if item.type != kind])


def with_condition(status: DeploymentStatus, new: DeploymentCondition) -> DeploymentStatus:
    """The status with that condition at the end; unchanged when it had it with the same status and reason."""
    old = condition_of(status, new.type)
    if old is not None and (old.status, old.reason) == (new.status, new.reason):
        return status
    if old is not None and old.status == new.status:
        new = evolve(new, last_transition_time=old.last_transition_time)
    return evolve(status, conditions=[*without(status, new.type).conditions, new])


def condition(kind: str, status: str, reason: str, message: str, timestamp: str) -> DeploymentCondition:
    """A condition that became true just now."""
    return DeploymentCondition(
        type=kind, status=status, reason=reason, message=message, last_update_time=timestamp, last_transition_time=timestamp
    )


def counted(
    deployment: Deployment, new: ReplicaSet | None, sets: list[ReplicaSet], timestamp: str, *, terminating: bool
) -> DeploymentStatus:
    """The numbers, and whether the Deployment is available."""
    available = sum(item.status.available_replicas for item in sets)
    desired = sum(item.spec.replicas or 0 for item in sets)
    status = evolve(
        deployment.status,
        observed_generation=deployment.metadata.generation or 0,
        replicas=sum(item.status.replicas for item in sets),
        updated_replicas=new.status.replicas if new is not None else 0,
        ready_replicas=sum(item.status.ready_replicas for item in sets),
        available_replicas=available,
        unavailable_replicas=max(0, desired - available),
        terminating_replicas=_terminating(sets) if terminating else None,
    )
    if available >= (deployment.spec.replicas or 0) - fenceposts(deployment).unavailable:
        new_condition = condition(AVAILABLE, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", timestamp)
    else:
        new_condition = condition(
            AVAILABLE, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", timestamp
        )
    return with_condition(status, new_condition)


def _terminating(sets: Iterable[ReplicaSet]) -> int | None:
    """None while a set that its controller has synced does not report a number."""
    total = 0
    for item in sets:
        if item.status.terminating_replicas is not None:
            total += item.status.terminating_replicas
        elif item.status.observed_generation:
            return None
    return total


def is_complete(deployment: Deployment, status: DeploymentStatus) -> bool:
    """Whether all pods are of the new revision and available."""
    desired = deployment.spec.replicas or 0
    counts = (status.updated_replicas, status.replicas, status.available_replicas)
    return counts == (desired, desired, desired) and status.observed_generation >= (deployment.metadata.generation or 0)


def progressed(old: DeploymentStatus, new: DeploymentStatus) -> bool:
    """Whether anything moved forward: more new, ready or available pods, or fewer old ones."""
    return (
        new.updated_replicas > old.updated_replicas
        or new.replicas - new.updated_replicas < old.replicas - old.updated_replicas
        or new.ready_replicas > old.ready_replicas
        or new.available_replicas > old.available_replicas
    )


def time_left(deployment: Deployment, status: DeploymentStatus, wall: int) -> int | None:
    """Nanoseconds until the progress deadline (negative: past it); None without a deadline, or when the rollout has ended."""
    current = condition_of(status, PROGRESSING)
    if not has_deadline(deployment) or current is None or current.reason in (ALL_AVAILABLE, TIMED_OUT) or not current.last_update_time:
        return None
    return parse_time(current.last_update_time) + (deployment.spec.progress_deadline_seconds or 0) * SECOND - wall


def with_progress(deployment: Deployment, status: DeploymentStatus, new: ReplicaSet | None, wall: int, timestamp: str) -> DeploymentStatus:
    """The status with its condition Progressing up to date."""
    if not has_deadline(deployment):
        return without(status, PROGRESSING)
    current = condition_of(deployment.status, PROGRESSING)
    # Once a rollout is complete, changes of its pods are no progress.
    if status.replicas == status.updated_replicas and current is not None and current.reason == ALL_AVAILABLE:
        return status
    subject = f'ReplicaSet "{new.metadata.name}"' if new is not None else f'Deployment "{deployment.metadata.name}"'
    if is_complete(deployment, status):
        return with_condition(status, condition(PROGRESSING, "True", ALL_AVAILABLE, f"{subject} has successfully progressed.", timestamp))
    if progressed(deployment.status, status):
        new_condition = condition(PROGRESSING, "True", "ReplicaSetUpdated", f"{subject} is progressing.", timestamp)
        # Every step updates lastUpdateTime, even when the reason stays.
        if current is not None and current.status == "True":
            new_condition = evolve(new_condition, last_transition_time=current.last_transition_time)
        return with_condition(without(status, PROGRESSING), new_condition)
    left = time_left(deployment, status, wall)
    if left is not None and left < 0:
        return with_condition(status, condition(PROGRESSING, "False", TIMED_OUT, f"{subject} has timed out progressing.", timestamp))
    return status


def with_failure(status: DeploymentStatus, new: ReplicaSet | None, sets: list[ReplicaSet]) -> DeploymentStatus:
    """The status with the failure of a ReplicaSet, the new one's first."""
    ordered = ([] if new is None else [new]) + sets
    failed = next((item for one in ordered if (item := condition_of(one.status, FAILURE))), None)
    if failed is None:
        return without(status, FAILURE)
    new_condition = condition(FAILURE, failed.status, failed.reason, failed.message, failed.last_transition_time or "")
    return with_condition(status, new_condition)
