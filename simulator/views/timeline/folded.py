"""The timeline with one row for each workload: for runs with more pods than fit on a screen."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import PodStory, Story, WorkloadStory
from simulator.metrics.timeline import timeline
from simulator.objects.kinds import Key, kind_of_key
from simulator.units import short_duration
from simulator.views.styled import Line, Part
from simulator.views.timeline.text import NARROWEST, Scale, actions, axis, axis_end, legend, merged_cells, pod_cells, row


def draw_folded(snapshot: Snapshot, width: int = 100) -> list[Line]:
    """The timeline with a row for each workload, and the Services without endpoints; the axis ends soon after the last change."""
    story = Story(snapshot)
    shown = shown_workloads(story)
    if not shown:
        return []
    labels = labels_of(shown)
    label_width = min(max(map(len, labels)) + 2, max(14, width // 3))
    lanes = timeline(snapshot)
    scale = Scale(0, axis_end(lanes), max(NARROWEST, width - label_width - 2))
    lines = [*axis(scale, label_width), *actions([fact.t for fact in snapshot.facts("action")], scale, label_width)]
    lines += [
        row(label, merged_cells([pod_cells(pod.lane, scale, story.end) for pod in one.pods]), label_width)
        for label, one in zip(labels, shown, strict=True)
    ]
    lonely = [lane.key.name for lane in lanes.services if not lane.ready[-1][1]]
    if lonely:
        lines.append([Part(f"Services without ready endpoints: {', '.join(lonely)}", "yellow")])
    if scale.end < story.end:
        lines.append([Part(f"After {short_duration(scale.end)} nothing new happened until {short_duration(story.end)}.", "dim")])
    return [*lines, *legend(lines, width)]


def shown_workloads(story: Story) -> list[WorkloadStory]:
    """The workloads that have a row: those with pods."""
    return [workload for workload in story.workloads if workload.pods]


def labels_of(shown: Sequence[WorkloadStory]) -> list[str]:
    """The labels of their rows."""
    return [_label(workload, several_namespaces=len({one.key.namespace for one in shown}) > 1) for workload in shown]


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
