"""The timeline as the page draws it: a lane for each container of each pod, one for each Service."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import ContainerLane, PodLane, ServiceLane, Span, timeline
from simulator.objects.base import JSON
from simulator.units import MICROSECOND


def lanes(snapshot: Snapshot) -> JSON:
    """The lanes of a run up to the snapshot's instant; times in microseconds since the start."""
    story = timeline(snapshot)
    return {
        "settled": _micro(story.settled()),
        "pods": [_pod(lane) for lane in story.pods],
        "services": [_service(lane) for lane in story.services],
    }


def _micro(t: int | None) -> int | None:
    return None if t is None else t // MICROSECOND


def _spans(spans: tuple[Span, ...]) -> list[list[int | None]]:
    return [[_micro(span.begin), _micro(span.end)] for span in spans]


def _pod(lane: PodLane) -> JSON:
    return {
        "namespace": lane.key.namespace,
        "name": lane.key.name,
        "workload": lane.workload,
        "node": lane.node,
        "life": [_micro(lane.life.begin), _micro(lane.life.end)],
        "scheduled": _micro(lane.scheduled),
        "deleted": _micro(lane.deleted),
        "ready": _spans(lane.ready),
        "containers": [_container(one) for one in lane.containers],
    }


def _container(lane: ContainerLane) -> JSON:
    return {
        "name": lane.name,
        "init": lane.init,
        "pulls": _spans(lane.pulls),
        "runs": [[_micro(bar.begin), _micro(bar.end), bar.exit_code] for bar in lane.bars],
        "ready": _spans(lane.ready),
        "probes": {kind: [[_micro(tick.t), tick.passed] for tick in ticks] for kind, ticks in lane.probes.items()},
    }


def _service(lane: ServiceLane) -> JSON:
    return {"namespace": lane.key.namespace, "name": lane.key.name, "ready": [[_micro(t), count] for t, count in lane.ready]}
