"""What happened in a run, by role: milestones of pods and workloads, endpoints of Services, Events by reason, the final state. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from simulator.expectations.object_spans import FINDERS
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.print.tables.pods import summary as columns
from simulator.kubectl.view import View
from simulator.metrics import Story, pods
from simulator.metrics.selection import Selection
from simulator.metrics.story import PodStory
from simulator.objects.event import Event
from simulator.objects.kinds import Key, kind_of_key
from simulator.scenario.read_expect import WORDS
from simulator.units import MILLISECOND

OF_PODS = {"scheduled": pods.scheduled, "initialized": pods.initialized, "started": pods.started}
OF_OTHERS = ("rolledOut", "complete", "failed")
Parts = dict[str, Any]
"""The summary of one subject: `times` (word -> seconds), `ready` (seconds, ready and unready in turn), `events` (reason -> count), ..."""


class Summary(NamedTuple):
    """A run by role. `tolerance`: by how many seconds times may differ."""

    kubernetes: str
    seed: int
    seconds: float
    subjects: dict[str, Parts]
    tolerance: float = 0.0


def summary(snapshot: Snapshot) -> Summary:
    """The canonical summary of a run up to the snapshot's time."""
    story = Story(snapshot)
    roles = _roles(story)
    subjects: dict[str, Parts] = {roles[pod.key, pod.created]: _pod(pod, View(snapshot)) for pod in story.pods}
    for workload in story.workloads:
        if workload.key.kind != "Pod":
            subjects[_name(workload.key, story)] = {"times": _firsts(workload.key, story, OF_OTHERS)}
    for service in story.services:
        # Of several numbers at one time the last one counts.
        levels = {_seconds(t): count for t, count in service.lane.ready}
        changes = [f"{count} from {t:g}" for t, count in levels.items()]
        subjects[_name(service.key, story)] = {"times": _firsts(service.key, story, ("reachable",)), "endpoints": changes}
    for role, events in _events(story, roles).items():
        subjects.setdefault(role, {})["events"] = dict(sorted(events.items()))
    parts = {name: {part: value for part, value in subjects[name].items() if value} for name in sorted(subjects)}
    header = snapshot.header
    return Summary(header.kubernetes, header.seed, _seconds(snapshot.t), {name: values for name, values in parts.items() if values})


def _seconds(t: int) -> float:
    return round(t / MILLISECOND) / 1000


def _name(key: Key, story: Story) -> str:
    home = story.snapshot.header.namespace or "default"
    text = f"{kind_of_key(key).singular}/{key.name}"
    return text if key.namespace in ("", home) else f"{key.namespace}/{text}"


def _roles(story: Story) -> dict[tuple[Key, int], str]:
    """The roles of pods: their workload and a number, in the order of creation and readiness.

    Pods without a controller and those of a StatefulSet keep their names, which are not random. Another pod of the same name gets a number.
    """
    grouped: dict[Key, list[PodStory]] = {}
    for pod in story.pods:
        named = pod.workload == pod.key or pod.workload.kind == "StatefulSet"
        grouped.setdefault(pod.key if named else pod.workload, []).append(pod)
    roles = {}
    for key, group in grouped.items():
        for number, pod in enumerate(sorted(group, key=_order), start=1):
            again = f" ({number})" if number > 1 else ""
            roles[pod.key, pod.created] = f"{_name(key, story)}{again if key == pod.key else f' pod {number}'}"
    return roles


def _order(pod: PodStory) -> tuple[int, int, int, str]:
    ready = pod.lane.ready[0].begin if pod.lane.ready else pod.end
    return pod.created, pod.lane.scheduled or pod.end, ready, pod.key.name


def _pod(pod: PodStory, view: View) -> Parts:
    times = {"created": _seconds(pod.created)}
    for word, measure in OF_PODS.items():
        for value in measure(pod, ""):
            if value is not None:
                times[word] = _seconds(pod.created + value)
    if pod.lane.life.end is not None:
        times["gone"] = _seconds(pod.lane.life.end)
    row = columns(pod.last, view)
    return {
        "times": times,
        "ready": [_seconds(edge) for span in pod.lane.ready for edge in span if edge is not None],
        "containers": {lane.name: _runs([bar.exit_code for bar in lane.bars]) for lane in pod.containers()},
        "end": "gone" if pod.lane.life.end is not None else f"{row.ready}/{row.total} {row.status}",
    }


def _runs(codes: list[int | None]) -> str:
    """`started 3 times, ended with 1, 1`."""
    ends = [str(code) for code in codes if code is not None]
    starts = {0: "never started", 1: "started once"}.get(len(codes), f"started {len(codes)} times")
    return f"{starts}, ended with {', '.join(ends)}" if ends else starts


def _firsts(key: Key, story: Story, words: tuple[str, ...]) -> dict[str, float]:
    """When words first held for an object; only words that apply to its kind."""
    firsts = {}
    for word in words:
        if not WORDS[word] or key.kind in WORDS[word]:
            objects = FINDERS[word](story, Selection(key.kind, key.name, key.namespace))
            first = objects[0].first if objects else None
            if first is not None:
                firsts[word] = _seconds(first)
    return firsts


def _events(story: Story, roles: dict[tuple[Key, int], str]) -> dict[str, Counter[str]]:
    """Events by subject and reason; an Event with a count counts that many times. Those of a ReplicaSet belong to its Deployment."""
    lives = {pod.last.metadata.uid: roles[pod.key, pod.created] for pod in story.pods}
    totals: dict[tuple[str, str, Key], int] = {}
    for write in story.snapshot.writes():
        item = write.item
        if isinstance(item, Event) and write.type != "DELETED":
            about = item.involved_object
            role = lives.get(about.uid) or _topmost(Key(about.kind, about.namespace, about.name), story)
            count = item.series.count if item.series and item.series.count else item.count or 1
            totals[role, item.reason, write.key] = count
    counts: dict[str, Counter[str]] = {}
    for (role, reason, _), count in totals.items():
        counts.setdefault(role, Counter())[reason] += count
    return counts


def _topmost(key: Key, story: Story) -> str:
    """The workload that an object belongs to, or the object itself. (The name of a ReplicaSet contains a hash.)"""
    while writes := story.snapshot.writes(key):
        owner = next((ref for ref in writes[-1].item.metadata.owner_references if ref.controller), None)
        if owner is None:
            break
        key = Key(owner.kind, key.namespace, owner.name)
    return _name(key, story)
