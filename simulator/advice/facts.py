"""What runs tell about a container: when it answered, how often it was killed, when it was ready. Pure."""

from __future__ import annotations

from simulator.advice.app import App, Subject
from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.metrics import Story
from simulator.metrics.story import PodStory
from simulator.views.traffic import traffic


def pods(snapshot: Snapshot, subject: Subject) -> list[PodStory]:
    """The pods of its workload, oldest first."""
    kind, name, namespace = subject.object.kind, subject.object.metadata.name, subject.object.metadata.namespace
    found = [
        pod for pod in Story(snapshot).pods if (pod.workload.kind, pod.workload.namespace, pod.workload.name) == (kind, namespace, name)
    ]
    return sorted(found, key=lambda pod: (pod.created, pod.key))


def facts(snapshot: Snapshot, subject: Subject, what: str) -> list[Fact]:
    """Facts about the container in all pods of its workload."""
    keys = {pod.key for pod in pods(snapshot, subject)}
    name = subject.container.name
    return [fact for fact in snapshot.facts(what) if fact.about in keys and fact.data.get("container") == name]


def restarts(snapshot: Snapshot, subject: Subject) -> int:
    """How often the container was started again, over all pods."""
    return sum(lane.restarts for pod in pods(snapshot, subject) for lane in pod.containers(subject.container.name))


def restarted(snapshot: Snapshot, subject: Subject) -> str:
    """The same in words, with how many pods there were when there were several."""
    count, there = restarts(snapshot, subject), len(pods(snapshot, subject))
    return f"{count} restart{'' if count == 1 else 's'}" + (f" in {there} pods" if there > 1 else "")


def ready_after(snapshot: Snapshot, subject: Subject) -> int | None:
    """From the first start of the container in the oldest pod until it was ready (ns)."""
    for pod in pods(snapshot, subject)[:1]:
        for lane in pod.containers(subject.container.name):
            if lane.bars and lane.ready:
                return lane.ready[0].begin - lane.bars[0].begin
    return None


def killed_after(snapshot: Snapshot, subject: Subject) -> int | None:
    """From the first start of the container in the oldest pod until it was first told to end (ns)."""
    for pod in pods(snapshot, subject)[:1]:
        ours = [fact for fact in pod.facts if fact.data.get("container") == subject.container.name]
        start = next((fact.t for fact in ours if fact.what == "container.started"), None)
        end = next((fact.t for fact in ours if fact.what == "container.signalled"), None)
        if start is not None and end is not None:
            return end - start
    return None


def answers_after(app: App, subject: Subject) -> int | None:
    """How long its start takes until a port is open, as far as that is known: from what it is said or assumed to do, else from a run."""
    run = subject.run
    if run.wait_for:
        return None
    if run.listen and not run.argv:
        return max(rule.from_.median() for rule in run.listen)
    for pod in pods(app.snapshot, subject)[:1]:
        ours = [fact for fact in pod.facts if fact.data.get("container") == subject.container.name and fact.data.get("run", 0) == 0]
        start = next((fact.t for fact in ours if fact.what == "container.started"), None)
        opened = next((fact.t for fact in ours if fact.what == "container.listens"), None)
        if start is not None and opened is not None:
            return opened - start
    return None


def lost(snapshot: Snapshot, service: str, since: int) -> int:
    """How many requests to a Service got no good answer from `since` on."""
    seconds = [second for calls in traffic(snapshot, service) for second in calls.seconds if second.begin * 1_000_000_000 >= since]
    return sum(count for second in seconds for result, count in second.counts.items() if result != "ok")
