"""Metrics of workloads and of the whole run."""

from __future__ import annotations

from simulator.metrics.pods import Values
from simulator.metrics.story import ROLLED, Story, WorkloadStory
from simulator.metrics.timeline import timeline
from simulator.objects.apps import Deployment, StatefulSet
from simulator.objects.batch import Job
from simulator.objects.conditions import has_condition
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.pod_facts import has_succeeded, is_ready
from simulator.objects.readiness import is_rolled_out


def rollout_complete(workload: WorkloadStory) -> Values:
    """From the last change of the workload's spec (its creation is the first) until its rollout was complete."""
    if workload.key.kind not in ROLLED or not workload.states:
        return []
    begin, generation = workload.states[0][0], workload.states[0][1].metadata.generation
    for t, item in workload.states:
        if item.metadata.generation != generation:
            begin, generation = t, item.metadata.generation
    done = next((t for t, item in workload.states if t >= begin and item.metadata.generation == generation and is_rolled_out(item)), None)
    return [None if done is None else done - begin]


def most_replicas(workload: WorkloadStory) -> Values:
    """The largest number of replicas that the workload's spec had."""
    sizes = [item.spec.replicas for _, item in workload.states if isinstance(item, Deployment | StatefulSet)]
    return [max(sizes, key=lambda size: size or 0)] if sizes else []


def settled(story: Story) -> Values:
    """The instant after which pods and Services did not change any more."""
    return [timeline(story.snapshot).settled()]


def warnings(story: Story) -> Values:
    """How many Warning events there were; an Event with a count counts that often."""
    last = {write.key: write.item for write in story.snapshot.writes() if isinstance(write.item, Event)}
    counts = (
        event.series.count if event.series and event.series.count else event.count or 1
        for event in last.values()
        if event.type == "Warning"
    )
    return [sum(counts)]


def up_since(story: Story, workload: WorkloadStory) -> int | None:
    """Since when a workload has been up at the story's end: rolled out, complete, or all its pods ready or done. None: it is not."""
    if workload.key.kind in ROLLED or workload.key.kind == "Job":
        return _holds_since([(t, _is_up(item)) for t, item in workload.states])
    pods = [pod for pod in workload.pods if story.snapshot.get(pod.key) is not None]
    since = [_holds_since([(t, is_ready(item) or has_succeeded(item)) for t, item in pod.states]) for pod in pods]
    return None if not since or None in since else max(t for t in since if t is not None)


def _is_up(item: Object) -> bool:
    return has_condition(item.status, "Complete") if isinstance(item, Job) else is_rolled_out(item)


def _holds_since(states: list[tuple[int, bool]]) -> int | None:
    """The beginning of the last stretch in which something holds; None if it does not hold at the end."""
    since: int | None = None
    for t, holds in states:
        since = None if not holds else t if since is None else since
    return since
