"""The spans and instants of a run that every export format is made of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import ContainerLane, PodLane, timeline
from simulator.objects.kinds import Key

What = Literal["pod", "ready", "pull", "run", "down", "container-ready", "probe", "endpoints"]


class Activity(NamedTuple):
    """Something that lasted from `begin` to `end` (ns; None: it still does; equal: an instant), about a pod or a Service.

    `number`: which start of the container (from 1), how many endpoints; `ok`: whether a run ended with 0, a probe passed (None: neither).
    """

    what: What
    about: Key
    name: str
    begin: int
    end: int | None
    node: str = ""
    container: str = ""
    init: bool = False
    number: int = 0
    ok: bool | None = None
    exit_code: int | None = None

    def until(self, horizon: int) -> int:
        """Its end; what has not ended ends with the run."""
        return horizon if self.end is None else self.end


def activities(snapshot: Snapshot, namespace: str | None = None) -> list[Activity]:
    """All activities up to the snapshot's instant, pod by pod, each in order of time; Services last."""
    story = timeline(snapshot, namespace)
    result = [one for pod in story.pods for one in _of_pod(pod)]
    for service in story.services:
        changes = [*service.ready, (snapshot.t, 0)]
        for (begin, count), (end, _) in pairwise(changes):
            if count:
                name = f"{count} ready endpoint{'s' if count > 1 else ''}"
                result.append(Activity("endpoints", service.key, name, begin, end, number=count))
    return result


def _of_pod(pod: PodLane) -> Iterator[Activity]:
    yield Activity("pod", pod.key, pod.key.name, pod.life.begin, pod.life.end, pod.node)
    for span in pod.ready:
        yield Activity("ready", pod.key, "Ready", span.begin, span.end, pod.node)
    for lane in pod.containers:
        yield from sorted(_of_container(pod, lane), key=lambda one: (one.begin, -(one.end or 1 << 62)))


def _of_container(pod: PodLane, lane: ContainerLane) -> Iterator[Activity]:
    def made(what: What, name: str, begin: int, end: int | None) -> Activity:
        return Activity(what, pod.key, name, begin, end, pod.node, lane.name, lane.init)

    for pull in lane.pulls:
        yield made("pull", f"pulls the image of {lane.name}", pull.begin, pull.end)
    for i, bar in enumerate(lane.bars):
        ok = None if bar.exit_code is None else bar.exit_code == 0
        name = lane.name if len(lane.bars) == 1 else f"{lane.name}, start {i + 1}"
        yield made("run", name, bar.begin, bar.end)._replace(number=i + 1, ok=ok, exit_code=bar.exit_code)
        if i and lane.bars[i - 1].end is not None and (lane.bars[i - 1].end or 0) < bar.begin:
            yield made("down", f"{lane.name} is down", lane.bars[i - 1].end or 0, bar.begin)._replace(number=i)
    for span in lane.ready:
        yield made("container-ready", f"{lane.name} is ready", span.begin, span.end)
    for kind, ticks in lane.probes.items():
        for tick in ticks:
            yield made("probe", f"{kind} probe {'passes' if tick.passed else 'fails'}", tick.t, tick.t)._replace(ok=tick.passed)
