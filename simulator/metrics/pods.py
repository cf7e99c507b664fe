"""Metrics of a pod and its containers: lists of values in nanoseconds or counts.

A list is empty when the metric does not apply to the pod; a value is None when it has not happened yet.
`glob` selects containers; empty: the pod as a whole.
"""

from __future__ import annotations

from collections.abc import Callable

from simulator.metrics.story import PodStory
from simulator.metrics.timeline import ContainerLane
from simulator.objects.conditions import INITIALIZED, has_condition
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, status_of

Values = list[int | None]


def scheduled(pod: PodStory, glob: str) -> Values:
    """From its creation until it had a node."""
    return _since_creation(pod, pod.lane.scheduled)


def initialized(pod: PodStory, glob: str) -> Values:
    """From its creation until its condition Initialized was True."""
    return _since_creation(pod, _first(pod, lambda state: has_condition(state.status, INITIALIZED)))


def started(pod: PodStory, glob: str) -> Values:
    """From its creation until each of the containers (without a glob: all but init containers) had been started once."""
    lanes = [lane for lane in pod.containers(glob) if glob or not lane.init]
    starts = [lane.bars[0].begin if lane.bars else None for lane in lanes]
    known = [start for start in starts if start is not None]
    return _since_creation(pod, max(known) if known and len(known) == len(starts) else None) if lanes else []


def ready(pod: PodStory, glob: str) -> Values:
    """From its creation until it was ready (of a container: until its own `ready` was true); nothing for pods that run to completion."""
    if pod.is_meant_to_end:
        return []
    if not glob:
        return _since_creation(pod, pod.lane.ready[0].begin if pod.lane.ready else None)
    lanes = [lane for lane in pod.containers(glob) if not lane.init]
    return [value for lane in lanes for value in _since_creation(pod, lane.ready[0].begin if lane.ready else None)]


def finished(pod: PodStory, glob: str) -> Values:
    """From its creation until it had succeeded; nothing for pods that are meant to run forever."""
    return _since_creation(pod, _first(pod, has_succeeded)) if pod.is_meant_to_end else []


def restarts(pod: PodStory, glob: str) -> Values:
    """Starts of each container after its first one."""
    return [lane.restarts for lane in pod.containers(glob)]


def back_offs(pod: PodStory, glob: str) -> Values:
    """How often each container's status entered a back-off: CrashLoopBackOff, ImagePullBackOff."""
    return [_waits(pod, lane) for lane in pod.containers(glob)]


def _waits(pod: PodStory, lane: ContainerLane) -> int:
    count, waited = 0, False
    for _, state in pod.states:
        status = status_of(state, lane.name)
        waits = status is not None and status.state.waiting is not None and status.state.waiting.reason.endswith("BackOff")
        count += waits and not waited
        waited = waits
    return count


def pulling(pod: PodStory, glob: str) -> Values:
    """For how long images of its containers were pulled, waiting in the node's queue included; an unfinished pull counts until now."""
    return [sum((pull.end if pull.end is not None else pod.end) - pull.begin for pull in lane.pulls) for lane in pod.containers(glob)]


def _since_creation(pod: PodStory, t: int | None) -> Values:
    """A time since the pod's creation; nothing for a pod that was deleted before it got that far."""
    if t is not None:
        return [t - pod.created]
    return [] if pod.lane.deleted is not None else [None]


def _first(pod: PodStory, holds: Callable[[Pod], bool]) -> int | None:
    return next((t for t, state in pod.states if holds(state)), None)
