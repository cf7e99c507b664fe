"""Why a start-up changed whose own manifest did not: which step of its slowest pod takes another time, and what decides that."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.metrics import Story
from simulator.metrics.story import PodStory
from simulator.metrics.timeline import Bar, Span
from simulator.objects.kinds import Key
from simulator.objects.selectors import matches_all
from simulator.units import SECOND, short_duration

LEAST = SECOND // 2
"""A step that changed by less explains nothing."""
BOUND, PULL, INIT, START = "bound", "pull", "init", "start"


class Step(NamedTuple):
    """A step of a pod's start-up: which, and of which container."""

    kind: str
    container: str = ""


def reasons(old: Story, new: Story, changed: Iterable[Key]) -> dict[Key, str]:
    """Why workloads and Services that are not `changed` are ready earlier or later than before; none that did not move."""
    own = set(changed)
    before, after = _slowest(old), _slowest(new)
    result: dict[Key, str] = {}
    for workload in before.keys() & after.keys() - own:
        text = _reason(before[workload], after[workload])
        if text:
            result[workload] = text
    for service in new.services:
        behind = [key for key, pod in after.items() if _serves(service.service.spec.selector, service.key, pod)]
        moved = [key for key in behind if key in before and abs(_ready(after[key]) - _ready(before[key])) >= LEAST]
        if moved and service.key not in own:
            result[service.key] = f"{moved[0]} is ready {'later' if _ready(after[moved[0]]) > _ready(before[moved[0]]) else 'earlier'}"
    return result


def _slowest(story: Story) -> dict[Key, PodStory]:
    """The pod of each workload that was ready last; none where no pod was."""
    result: dict[Key, PodStory] = {}
    for pod in story.pods:
        if pod.lane.ready and (pod.workload not in result or _ready(pod) > _ready(result[pod.workload])):
            result[pod.workload] = pod
    return result


def _ready(pod: PodStory) -> int:
    return pod.lane.ready[0].begin


def _serves(selector: dict[str, str], key: Key, pod: PodStory) -> bool:
    return bool(selector) and key.namespace == pod.key.namespace and matches_all(selector, pod.last.metadata.labels)


def _steps(pod: PodStory) -> dict[Step, int]:
    """How long each step took (ns); what is left belongs to the way from the start of the main containers to readiness."""
    lane, steps = pod.lane, dict[Step, int]()
    steps[Step(BOUND)] = (lane.scheduled or lane.life.begin) - lane.life.begin
    for container in lane.containers:
        steps[Step(PULL, container.name)] = _length(container.pulls, _ready(pod))
        if container.init:
            steps[Step(INIT, container.name)] = _length(container.bars, _ready(pod))
    steps[Step(START)] = _ready(pod) - lane.life.begin - sum(steps.values())
    return steps


def _length(spans: Iterable[Span | Bar], end: int) -> int:
    return sum(min(end if span.end is None else span.end, end) - span.begin for span in spans if span.begin < end)


def _reason(old: PodStory, new: PodStory) -> str:
    """The step that changed most, in words; empty: none did, or none by half of the whole change."""
    whole = (_ready(new) - new.lane.life.begin) - (_ready(old) - old.lane.life.begin)
    was, now = _steps(old), _steps(new)
    delta, step = max(((now[step] - was.get(step, 0), step) for step in now), key=lambda item: item[0] if whole > 0 else -item[0])
    if abs(whole) < LEAST or delta * whole <= 0 or abs(delta) * 2 < abs(whole):
        return ""
    length = short_duration(abs(delta) // (SECOND // 10) * (SECOND // 10))
    longer, later = ("longer", "later") if delta > 0 else ("less", "earlier")
    if step.kind == PULL:
        return f"its pull moved {'back' if delta > 0 else 'up'} in {new.lane.node}'s queue"
    if step.kind == BOUND:
        return f"it was bound {length} {later}" + (f", to {new.lane.node}" if new.lane.node != old.lane.node else "")
    if step.kind == INIT:
        return f"its init container {step.container} took {length} {longer}{_waited_for(old, step.container)}"
    return f"its containers took {length} {longer} from their start to ready"


def _waited_for(pod: PodStory, container: str) -> str:
    """What the container waited for, as its requests say."""
    requests = [fact.data for fact in pod.facts if fact.what == "container.waits" and fact.data.get("container") == container]
    names = dict.fromkeys(str(data.get("host") or data.get("object") or "") for data in requests)
    known = [name for name in names if name]
    return f", waiting for {known[0]}" if known else ""
