"""What components ask about a pod. Pure (pkg/api/v1/pod, pkg/controller/controller_utils.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.memo import remembered
from simulator.objects.base import evolve
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition, PodStatus
from simulator.units import SECOND, parse_time


def condition(pod: Pod, kind: str) -> PodCondition | None:
    """The condition of that type."""
    return next((item for item in pod.status.conditions if item.type == kind), None)


@remembered
def is_ready(pod: Pod) -> bool:
    """Whether the condition Ready is True."""
    found = condition(pod, "Ready")
    return found is not None and found.status == "True"


@remembered
def ready_since(pod: Pod) -> int | None:
    """Since when it is ready: nanoseconds since the epoch, a whole second as the API keeps it."""
    found = condition(pod, "Ready")
    if found is None or found.status != "True" or found.last_transition_time is None:
        return None
    return parse_time(found.last_transition_time)


def available_in(pod: Pod, min_ready_seconds: int | None, wall: int) -> int | None:
    """In how many nanoseconds a pod will have been ready for so long: 0 now, None when it is not ready."""
    return available_after(ready_since(pod), min_ready_seconds, wall)


def available_after(since: int | None, min_ready_seconds: int | None, wall: int) -> int | None:
    """The same for a pod that has been ready since an instant (nanoseconds since the epoch)."""
    if since is None:
        return None
    if not min_ready_seconds:
        return 0
    return max(0, since + min_ready_seconds * SECOND - wall)


def is_available(pod: Pod, min_ready_seconds: int | None, wall: int) -> bool:
    """Whether a pod has been ready for `min_ready_seconds`."""
    return available_in(pod, min_ready_seconds, wall) == 0


def has_ended(pod: Pod) -> bool:
    """Whether all its containers have ended for good."""
    return pod.status.phase in ("Succeeded", "Failed")


def is_active(pod: Pod) -> bool:
    """Whether a controller counts it: not ended, not being deleted."""
    return not has_ended(pod) and pod.metadata.deletion_timestamp is None


def is_terminating(pod: Pod) -> bool:
    """Whether it is being deleted and has not ended yet."""
    return not has_ended(pod) and pod.metadata.deletion_timestamp is not None


class Glance(NamedTuple):
    """What a set has to know of a pod in order to count it."""

    labels: tuple[tuple[str, str], ...]
    active: bool
    terminating: bool
    ready: bool
    ready_since: int | None


def glance(pod: Pod) -> Glance:
    """What is seen of a pod at a glance."""
    labels = tuple(sorted(pod.metadata.labels.items()))
    return Glance(labels, is_active(pod), is_terminating(pod), is_ready(pod), ready_since(pod))


def with_condition(status: PodStatus, wanted: PodCondition) -> PodStatus:
    """The status with that condition in place of the one of its type; the time of the last transition stays while its status does."""
    old = next((item for item in status.conditions if item.type == wanted.type), None)
    if old is None:
        return evolve(status, conditions=[*status.conditions, wanted])
    if old.status == wanted.status:
        wanted = evolve(wanted, last_transition_time=old.last_transition_time)
    return evolve(status, conditions=[wanted if item.type == wanted.type else item for item in status.conditions])
