"""What the bar of a container is made of: states from one instant to another, and marks. The terminal, pictures and pages draw them."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from itertools import pairwise

from simulator.metrics.timeline import ContainerLane, PodLane
from simulator.views.legend import (
    BACK_OFF,
    CREATING,
    DONE,
    FAILED,
    INIT,
    INITIALIZING,
    PENDING,
    PULLING,
    RANK,
    READY,
    RUNNING,
    STOPPED,
    TERMINATING,
)

Stretch = tuple[int, int, str]
"""From when, until when (nanoseconds), and the sign of the state."""
Mark = tuple[int, str]


def last_of(pod: PodLane, end: int) -> int:
    """The instant up to which a pod is drawn, in a story that ends at `end`."""
    return end if pod.life.end is None else pod.life.end


def stretches(lane: ContainerLane, pod: PodLane, end: int) -> list[Stretch]:
    """The states of a container in painting order: a later one covers an earlier one."""
    last = last_of(pod, end)
    going = last if pod.deleted is None else min(last, pod.deleted)
    over = going if pod.over is None else min(going, pod.over)
    first = lane.bars[0].begin if lane.bars else over
    placed = first if pod.scheduled is None else min(first, pod.scheduled)
    has_init = any(one.init for one in pod.containers)
    result = [(pod.life.begin, placed, PENDING), (placed, first, INITIALIZING if has_init else CREATING)]
    result += [(span.begin, min(over, last if span.end is None else span.end), BACK_OFF) for span in lane.held]
    result += [(span.begin, last if span.end is None else span.end, PULLING) for span in lane.pulls]
    completes = lane.init and not lane.sidecar
    # An init container that has completed waits for nothing, also when it runs once more in a new sandbox.
    result += [
        (before.end, after.begin, BACK_OFF)
        for before, after in zip(lane.bars, lane.bars[1:], strict=False)
        if before.end is not None and not (completes and before.exit_code == 0)
    ]
    runs = [(bar.begin, last if bar.end is None else bar.end) for bar in lane.bars]
    result += [(begin, ended, INIT if completes else RUNNING) for begin, ended in runs]
    if not completes:
        # The status still says ready until the kubelet notices the end.
        result += _common(runs, [(span.begin, last if span.end is None else span.end) for span in lane.ready])
    # A pod that is being deleted or has ended restarts nothing.
    if lane.bars and lane.bars[-1].exit_code and lane.bars[-1].end is not None and pod.deleted is None and lane.comes_back:
        result.append((lane.bars[-1].end, over, BACK_OFF))
    if pod.deleted is not None and (not runs or runs[-1][1] > pod.deleted):
        result.append((pod.deleted, runs[-1][1] if runs else last, TERMINATING))
    return [stretch for stretch in result if stretch[0] < stretch[1]]


def _common(runs: list[tuple[int, int]], spans: list[tuple[int, int]]) -> list[Stretch]:
    """Where a container runs and is ready; both lists are in order of time."""
    result, i = [], 0
    for begin, end in runs:
        while i < len(spans) and spans[i][1] <= begin:
            i += 1
        j = i
        while j < len(spans) and spans[j][0] < end:
            result.append((max(begin, spans[j][0]), min(end, spans[j][1]), READY))
            j += 1
    return result


def marks(lane: ContainerLane, pod: PodLane) -> list[Mark]:
    """How the runs of a container ended."""
    result = []
    for bar in lane.bars:
        if bar.end is not None and bar.exit_code is not None:
            stopped = pod.deleted is not None and bar.end >= pod.deleted
            result.append((bar.end, STOPPED if stopped else FAILED if bar.exit_code else DONE))
    return result


def painted(layers: list[Stretch]) -> list[Stretch]:
    """Stretches in painting order as stretches that do not overlap."""
    return _topmost((begin, end, -i, sign) for i, (begin, end, sign) in enumerate(layers))


def merged(rows: Iterable[list[Stretch]]) -> list[Stretch]:
    """Several rows of stretches that do not overlap as one: at each instant the state that is furthest behind."""
    return _topmost((begin, end, RANK[sign], sign) for row in rows for begin, end, sign in row)


def of_pod(pod: PodLane, end: int) -> list[Stretch]:
    """A pod as one row. It is ready where its containers are and its condition says so too."""
    row = merged(painted(stretches(lane, pod, end)) for lane in pod.containers)
    last = last_of(pod, end)
    ready = [(span.begin, last if span.end is None else span.end) for span in pod.ready]
    held_back = [(begin, until, RUNNING if sign == READY else sign) for begin, until, sign in row]
    return painted([*held_back, *_common([one[:2] for one in row if one[2] == READY], ready)])


def _topmost(stretches: Iterable[tuple[int, int, int, str]]) -> list[Stretch]:
    """Of stretches with a rank each, the one of lowest rank at every instant; equal neighbours are one."""
    waiting = sorted(stretches, key=lambda one: one[0])
    edges = sorted({edge for one in waiting for edge in one[:2]})
    active: list[tuple[int, int, str]] = []
    result: list[Stretch] = []
    i = 0
    for begin, end in pairwise(edges):
        while i < len(waiting) and waiting[i][0] <= begin:
            _, until, rank, sign = waiting[i]
            heappush(active, (rank, until, sign))
            i += 1
        while active and active[0][1] <= begin:
            heappop(active)
        if not active:
            continue
        sign = active[0][2]
        if result and result[-1][1] == begin and result[-1][2] == sign:
            result[-1] = (result[-1][0], end, sign)
        else:
            result.append((begin, end, sign))
    return result
