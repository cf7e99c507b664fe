"""The critical path to all-ready: from the workload that was ready last back to the start, through what it waited for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.metrics.story import PodStory, Story
from simulator.objects.kinds import Key
from simulator.objects.pod_facts import has_succeeded
from simulator.units import MILLISECOND
from simulator.views.graph.model import Link, Step

SHORTEST = MILLISECOND
"""Shorter steps are left out."""


def critical_path(story: Story, links: Sequence[Link]) -> list[Step]:
    """The steps from the start of the run to the last workload that got ready, in order; each begins where the one before ended."""
    ready = [(_ready(pod), pod) for pod in story.pods if _ready(pod) is not None]
    if not ready:
        return []
    last = max(ready, key=lambda one: (one[0] or 0, one[1].key))[1]
    return [step for step in _to_ready(last, story, links, frozenset()) if step.end - step.begin >= SHORTEST]


def _subject(pod: PodStory) -> Key:
    """The subject of a step: the workload, or the pod if it belongs to a StatefulSet, whose pods differ."""
    return pod.key if pod.workload.kind == "StatefulSet" else pod.workload


def _ready(pod: PodStory) -> int | None:
    """When it was first ready; for a pod that runs to completion, when it had succeeded."""
    if pod.lane.ready:
        return pod.lane.ready[0].begin
    if pod.is_meant_to_end:
        return next((t for t, state in pod.states if has_succeeded(state)), None)
    return None


def _to_ready(pod: PodStory, story: Story, links: Sequence[Link], seen: frozenset[Key]) -> list[Step]:
    """The steps to a pod's readiness."""
    last = _last_wait(pod, links)
    if last is not None and last.target not in seen and last.end is not None:
        before = _to_reachable(last, story, links, seen | {last.target})
        steps = [*before, Step(before[-1].end if before else pod.created, last.end, _subject(pod), f"{last.container} retries")]
    else:
        steps = _to_creation(pod, story, links, seen)
    t = steps[-1].end if steps else 0
    for end, what in _milestones(pod):
        if end > t:
            steps.append(Step(t, end, _subject(pod), what))
            t = end
    return steps


def _to_creation(pod: PodStory, story: Story, links: Sequence[Link], seen: frozenset[Key]) -> list[Step]:
    """The steps until a pod was created: at once, when the pod before it was ready (a StatefulSet in order), or for another reason."""
    if pod.created <= 0:
        return []
    before = [one for one in story.pods if one.workload == pod.workload and 0 <= (_ready(one) or -1) <= pod.created]
    if pod.workload.kind == "StatefulSet" and before:
        steps = _to_ready(max(before, key=lambda one: _ready(one) or 0), story, links, seen)
        return [*steps, Step(steps[-1].end, pod.created, _subject(pod), "is made")]
    return [Step(0, pod.created, _subject(pod), "its pod is created")]


def _last_wait(pod: PodStory, links: Sequence[Link]) -> Link | None:
    """The last wait of its workload to end."""
    waits = [link for link in links if link.kind == "waits" and link.source == pod.workload]
    held = [link for link in waits if link.end is not None and link.begin is not None and link.end - link.begin > SHORTEST]
    return max(held, key=lambda link: (link.end or 0, link.container), default=None)


def _to_reachable(wait: Link, story: Story, links: Sequence[Link], seen: frozenset[Key]) -> list[Step]:
    """The steps until a Service was reachable: a pod behind it was ready, and kube-proxy had programmed it."""
    service = next((one for one in story.services if one.key == wait.target), None)
    pods = story.selected_by(service) if service is not None else [pod for pod in story.pods if pod.workload == wait.target]
    ready = [(_ready(pod) or 0, pod.key, pod) for pod in pods if _ready(pod) is not None and (_ready(pod) or 0) <= (wait.end or 0)]
    if not ready:
        return []
    steps = _to_ready(min(ready)[2], story, links, seen)
    if service is None:
        return steps
    known = next((fact.t for fact in service.programmed if fact.data.get("ready") and fact.t >= min(ready)[0]), None)
    if known is not None and known <= (wait.end or 0):
        steps.append(Step(min(ready)[0], known, wait.target, "kube-proxy programs its endpoint"))
    return steps


def _milestones(pod: PodStory) -> list[tuple[int, str]]:
    """The milestones of the pod in order, each with what took place until then."""
    milestones: list[tuple[int, str]] = []
    if pod.lane.scheduled is not None:
        milestones.append((pod.lane.scheduled, "waits for a node"))
    for lane in pod.containers():
        for pull in lane.pulls:
            if pull.end is not None:
                milestones += [
                    (pull.begin, "is set up" if not milestones or milestones[-1][1] == "waits for a node" else f"prepares {lane.name}")
                ]
                milestones.append((pull.end, f"pulls the image of {lane.name}"))
        for i, bar in enumerate(lane.bars):
            milestones.append((bar.begin, f"{lane.name} starts" if i == 0 else f"{lane.name} is down"))
            if bar.end is not None and (lane.init or bar.exit_code is not None):
                milestones.append((bar.end, f"{lane.name} runs"))
        if not lane.init and lane.ready:
            milestones.append((lane.ready[0].begin, f"{lane.name} becomes ready"))
    end = _ready(pod)
    return [
        *sorted(one for one in milestones if end is None or one[0] <= end),
        *([(end, "the pod becomes ready")] if end is not None else []),
    ]
