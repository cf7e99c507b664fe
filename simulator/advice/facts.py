"""What a run shows about a container: when it answered, how often it was restarted, when it was ready. Pure."""

from __future__ import annotations

from functools import lru_cache

from simulator.advice.app import App, Subject
from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story
from simulator.metrics.story import PodStory
from simulator.units import SECOND
from simulator.views.traffic import traffic


@lru_cache(maxsize=2)
def _pods_by_owner(snapshot: Snapshot) -> dict[tuple[str, str, str], list[PodStory]]:
    """The pods of each workload, oldest first. Many facts are read from one run in a row."""
    owners: dict[tuple[str, str, str], list[PodStory]] = {}
    for pod in sorted(Story(snapshot).pods, key=lambda pod: (pod.created, pod.key)):
        owners.setdefault((pod.workload.kind, pod.workload.namespace, pod.workload.name), []).append(pod)
    return owners


def pods(snapshot: Snapshot, subject: Subject) -> list[PodStory]:
    """The pods of its workload, oldest first."""
    metadata = subject.object.metadata
    return _pods_by_owner(snapshot).get((subject.object.kind, metadata.namespace, metadata.name), [])


def facts(snapshot: Snapshot, subject: Subject, what: str) -> list[Fact]:
    """The facts of that kind about the container, in all pods of its workload."""
    own = [fact for pod in pods(snapshot, subject) for fact in _own_facts(pod, subject) if fact.what == what]
    return sorted(own, key=lambda fact: fact.t)


def started_at(app: App, subject: Subject) -> int | None:
    """When the container started for the first time in a run of the inputs as they are (ns); None: it did not."""
    return next((fact.t for fact in facts(app.snapshot, subject, "container.started")), None)


def ends_by_itself(app: App, subject: Subject) -> bool:
    """Whether the container ended without a signal in a run of the inputs as they are."""
    return len(facts(app.snapshot, subject, "container.exited")) > len(facts(app.snapshot, subject, "container.signalled"))


def restarts(snapshot: Snapshot, subject: Subject) -> int:
    """How often the container was restarted, over all pods."""
    return sum(lane.restarts for pod in pods(snapshot, subject) for lane in pod.containers(subject.container.name))


def restarts_text(snapshot: Snapshot, subject: Subject) -> str:
    """The same in words, with the number of pods when there are several."""
    count, pod_count = restarts(snapshot, subject), len(pods(snapshot, subject))
    return f"{count} restart{'' if count == 1 else 's'}" + (f" in {pod_count} pods" if pod_count > 1 else "")


def ready_after(snapshot: Snapshot, subject: Subject) -> int | None:
    """From the first start of the container in the oldest pod until it was ready (ns)."""
    for pod in pods(snapshot, subject)[:1]:
        for lane in pod.containers(subject.container.name):
            if lane.bars and lane.ready:
                return lane.ready[0].begin - lane.bars[0].begin
    return None


def killed_after(snapshot: Snapshot, subject: Subject) -> int | None:
    """From the first start of the container in the oldest pod until its first signal (ns)."""
    for pod in pods(snapshot, subject)[:1]:
        own = _own_facts(pod, subject)
        start, end = _first(own, "container.started"), _first(own, "container.signalled")
        if start is not None and end is not None:
            return end - start
    return None


def answers_after(app: App, subject: Subject) -> int | None:
    """How long after its start a port is open (ns), as its program says, else as a run shows; None: unknown, or it waits for others."""
    run = subject.run
    if run.wait_for:
        return None
    if run.listen and not run.argv:
        return max(rule.from_.median() for rule in run.listen)
    for pod in pods(app.snapshot, subject)[:1]:
        own = [fact for fact in _own_facts(pod, subject) if fact.data.get("run", 0) == 0]
        start, opened = _first(own, "container.started"), _first(own, "container.listens")
        if start is not None and opened is not None:
            return opened - start
    return None


def _own_facts(pod: PodStory, subject: Subject) -> list[Fact]:
    return [fact for fact in pod.facts if fact.data.get("container") == subject.container.name]


def _first(facts: list[Fact], what: str) -> int | None:
    return next((fact.t for fact in facts if fact.what == what), None)


def lost_requests(snapshot: Snapshot, service: str, since: int) -> int:
    """How many requests to a Service failed from `since` (ns) on."""
    seconds = [second for calls in traffic(snapshot, service) for second in calls.seconds if second.begin * SECOND >= since]
    return sum(count for second in seconds for result, count in second.counts.items() if result != "ok")
