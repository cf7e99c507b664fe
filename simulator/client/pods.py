"""How long a pod has been ready, and the facts by which controllers count pods (pkg/controller/controller_utils.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.memo import remembered
from simulator.objects.conditions import READY, condition_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active, is_ready, is_terminating
from simulator.units import SECOND, parse_time


@remembered
def ready_since(pod: Pod) -> int | None:
    """Since when it is ready: nanoseconds since the epoch, a whole second as the API keeps it; None when it is not ready."""
    ready = condition_of(pod.status, READY)
    if ready is None or ready.status != "True" or ready.last_transition_time is None:
        return None
    return parse_time(ready.last_transition_time)


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


class Glance(NamedTuple):
    """The facts about a pod by which a set counts it."""

    labels: tuple[tuple[str, str], ...]
    active: bool
    terminating: bool
    ready: bool
    ready_since: int | None


def glance(pod: Pod) -> Glance:
    """The facts about a pod by which it is counted."""
    labels = tuple(sorted(pod.metadata.labels.items()))
    return Glance(labels, is_active(pod), is_terminating(pod), is_ready(pod), ready_since(pod))
