"""The timeline with one row for each workload: for runs with more pods than fit on a screen."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import PodStory, Story, WorkloadStory
from simulator.metrics.timeline import timeline
from simulator.objects.kinds import Key, kind_of_key
from simulator.units import short_duration
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import (
    BACK_OFF,
    DONE,
    FAILED,
    INIT,
    NARROWEST,
    PULLING,
    READY,
    RUNNING,
    STOPPED,
    WAITING,
    Scale,
    actions,
    axis,
    axis_end,
    container_cells,
    legend,
    row,
)

BEHIND = (FAILED, BACK_OFF, PULLING, INIT, WAITING, RUNNING, READY, STOPPED, DONE, " ")
"""What a row shows where its containers or pods differ: the first of these signs."""
_RANK = {sign: rank for rank, sign in enumerate(BEHIND)}


def draw_folded(snapshot: Snapshot, width: int = 100) -> list[Line]:
    """The timeline with a row for each workload, and the Services without endpoints; the axis ends soon after the last change."""
    story = Story(snapshot)
    shown = [workload for workload in story.workloads if workload.pods]
    if not shown:
        return []
    labels = [_label(workload, several_namespaces=len({one.key.namespace for one in shown}) > 1) for workload in shown]
    label_width = min(max(map(len, labels)) + 2, max(14, width // 3))
    lanes = timeline(snapshot)
    scale = Scale(0, axis_end(lanes), max(NARROWEST, width - label_width - 2))
    lines = [*axis(scale, label_width), *actions([fact.t for fact in snapshot.facts("action")], scale, label_width)]
    lines += [
        row(label, _merged([_pod_cells(pod, scale, story.end) for pod in one.pods]), label_width)
        for label, one in zip(labels, shown, strict=True)
    ]
    lonely = [lane.key.name for lane in lanes.services if not lane.ready[-1][1]]
    if lonely:
        lines.append([Part(f"Services without ready endpoints: {', '.join(lonely)}", "yellow")])
    if scale.end < story.end:
        lines.append([Part(f"After {short_duration(scale.end)} nothing new happened until {short_duration(story.end)}.", "dim")])
    return [*lines, *legend(lines, width)]


def _label(workload: WorkloadStory, *, several_namespaces: bool) -> str:
    """`  deploy/web ×3`, with the namespace in front where there are several."""
    count = _most_at_once(workload.pods)
    times = f" ×{count}" if count > 1 else ""
    namespace = f"{workload.key.namespace} " if several_namespaces else ""
    return f"  {namespace}{_short_name(workload.key)}{times}"


def _short_name(key: Key) -> str:
    """A key as one types it: `deploy/web`."""
    kind = kind_of_key(key)
    return f"{min((kind.singular, *kind.short_names), key=len)}/{key.name}"


def _most_at_once(pods: Sequence[PodStory]) -> int:
    """How many of some pods existed at one time, at most."""
    edges = sorted([(pod.created, 1) for pod in pods] + [(pod.lane.life.end, -1) for pod in pods if pod.lane.life.end is not None])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def _pod_cells(pod: PodStory, scale: Scale, end: int) -> str:
    """The bar of a pod: ready where it was ready, else what the container does that is furthest behind."""
    containers = [container_cells(lane, pod.lane, scale, end) for lane in pod.lane.containers]
    # An init container that is done does not hold its pod up.
    cells = [_behind([sign for sign in column if sign != DONE] or list(column)) for column in zip(*containers, strict=True)]
    for span in pod.lane.ready:
        until = end if span.end is None else span.end
        for x in range(scale(span.begin), scale(min(until, scale.end) - 1) + 1):
            cells[x] = READY if span.begin < scale.end else cells[x]
    return "".join(cells)


def _merged(rows: Sequence[str]) -> str:
    """Several bars as one."""
    return "".join(_behind(column) for column in zip(*rows, strict=True))


def _behind(signs: Sequence[str]) -> str:
    return min(signs, key=lambda sign: _RANK.get(sign, len(BEHIND)))
