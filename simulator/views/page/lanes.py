"""The timeline as pages draw it: the legend, a lane for each container of each pod, one for each workload, one for each Service.

A lane has its states as [begin, end, place in the legend] without overlaps, so that a page draws and computes nothing.
"""

from __future__ import annotations

from typing import Any

from simulator.journal.snapshot import Snapshot
from simulator.metrics.story import Story
from simulator.metrics.timeline import ContainerLane, PodLane, ServiceLane, Timeline, timeline
from simulator.objects.base import JSON
from simulator.units import MICROSECOND
from simulator.views.caption import caption
from simulator.views.legend import FAILED, LEGEND
from simulator.views.timeline.folded import labels_of, shown_workloads
from simulator.views.timeline.stretches import Mark, Stretch, marks, merged, of_pod, painted, stretches

NUMBERS = {sign: number for number, sign in enumerate(LEGEND)}


def lanes(snapshot: Snapshot) -> JSON:
    """The lanes of a run up to the snapshot's instant; times in microseconds since the start."""
    story = timeline(snapshot)
    return {
        "legend": [
            {"name": one.name, "sign": sign, "meaning": one.meaning, "colors": one.colors, "height": one.height, "pattern": one.pattern}
            for sign, one in LEGEND.items()
        ],
        "settled": _micro(story.settled()),
        "caption": [[_micro(t), text] for t, text in caption(snapshot, story)],
        "actions": [_micro(fact.t) for fact in snapshot.facts("action")],
        "pods": [_pod(lane, story.end) for lane in story.pods],
        "workloads": _workloads(snapshot, story),
        "services": [_service(lane) for lane in story.services],
    }


def _micro(t: int | None) -> int | None:
    return None if t is None else t // MICROSECOND


def _states(states: list[Stretch]) -> list[list[Any]]:
    return [[_micro(begin), _micro(end), NUMBERS[sign]] for begin, end, sign in states]


def _marks(marked: list[Mark]) -> list[list[Any]]:
    return [[_micro(t), NUMBERS[sign]] for t, sign in marked]


def _pod(lane: PodLane, end: int) -> JSON:
    return {
        "namespace": lane.key.namespace,
        "name": lane.key.name,
        "workload": lane.workload,
        "node": lane.node,
        "life": [_micro(lane.life.begin), _micro(lane.life.end)],
        "ready": [[_micro(span.begin), _micro(span.end)] for span in lane.ready],
        "containers": [_container(one, lane, end) for one in lane.containers],
    }


def _container(lane: ContainerLane, pod: PodLane, end: int) -> JSON:
    return {
        "name": lane.name,
        "init": lane.init,
        "states": _states(painted(stretches(lane, pod, end))),
        "marks": _marks(marks(lane, pod)),
        "exits": [bar.exit_code for bar in lane.bars if bar.exit_code is not None and bar.end is not None],
        "probes": {kind: [[_micro(tick.t), tick.passed] for tick in ticks] for kind, ticks in lane.probes.items()},
    }


def _workloads(snapshot: Snapshot, story: Timeline) -> list[JSON]:
    """A row for each workload, for runs with more containers than fit: its states are those of the pod that is furthest behind."""
    shown = shown_workloads(Story(snapshot))
    return [
        {
            "object": f"{one.key.kind}/{one.key.namespace}/{one.key.name}",
            "label": label.strip(),
            "pods": [pod.key.name for pod in one.pods],
            "states": _states(merged(of_pod(pod.lane, story.end) for pod in one.pods)),
            "marks": _marks(
                [mark for pod in one.pods for lane in pod.lane.containers for mark in marks(lane, pod.lane) if mark[1] == FAILED]
            ),
        }
        for label, one in zip(labels_of(shown), shown, strict=True)
    ]


def _service(lane: ServiceLane) -> JSON:
    return {"namespace": lane.key.namespace, "name": lane.key.name, "ready": [[_micro(t), count] for t, count in lane.ready]}
