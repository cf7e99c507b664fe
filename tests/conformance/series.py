"""What is compared: sequences of values, each with the time at which it first came, runs of equal values folded into one entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.journal import Journal
from simulator.journal.records import Write
from simulator.objects.event import Event
from simulator.objects.kinds import Key, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus, PodStatus
from tests.conformance.traces import Trace

MASKS = [
    (re.compile(r"\((?:uid-[\w.-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)"), "(UID)"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}:\d{5}\b(?=->)"), "LOCAL"),
    (re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"), "IP"),
    (re.compile(r"in [\d.]+(?:ms|s|µs|m[\d.]+s) \([\d.]+(?:ms|s|µs|m[\d.]+s) including waiting\)"), "in TIME"),
    (re.compile(r'timeout: failed to connect service "IP:(\d+)" within [^:]+: .*'), r"grpc connect to \1 failed"),
]
"""Numbers that differ from run to run."""


@dataclass
class Entry:
    """A value, when it first came (seconds), and how often in a row."""

    value: Any
    t: float
    repeats: int = 1


class Series(list[Entry]):
    """Entries in order of time."""

    def add(self, t: float, value: Any, repeats: int = 1) -> None:
        """One more value; an equal one is counted."""
        if self and self[-1].value == value:
            self[-1].repeats += repeats
        else:
            self.append(Entry(value, t, repeats))


AllSeries = dict[str, Series]


class _Collector:
    def __init__(self) -> None:
        self.series: AllSeries = {"deleted": Series()}
        self._counts: dict[tuple[str, str, str], int] = {}

    def event(self, t: float, path: str, type_: str, reason: str, message: str, count: int) -> None:
        key = (path, reason, message)
        step = count - self._counts.get(key, 0)
        self._counts[key] = count
        self.add(f"events {path or 'pod'}", t, (type_, reason, mask(message)), max(step, 1))

    def status(self, t: float, status: dict[str, Any]) -> None:
        self.add("phase", t, status["phase"])
        for name, value in status["conditions"].items():
            if name != "PodScheduled":
                self.add(f"condition {name}", t, tuple(value))
        for name, facts in status["containers"].items():
            self.add(f"container {name}", t, tuple(facts))

    def add(self, name: str, t: float, value: Any, repeats: int = 1) -> None:
        self.series.setdefault(name, Series()).add(t, value, repeats)


def mask(message: str) -> str:
    """A message without the numbers that differ from run to run."""
    for pattern, text in MASKS:
        message = pattern.sub(text, message)
    return message.rstrip("\n")


def recorded(trace: Trace) -> AllSeries:
    """The series of a recording: events by the field they are about, phase, conditions, containers, and the object's end."""
    collector = _Collector()
    for event in trace["events"]:
        collector.event(*event)
    for t, status in trace["status"]:
        if status is None:
            collector.add("deleted", t, True)
        else:
            collector.status(t, status)
    return collector.series


def simulated(journal: Journal, pod: Key) -> AllSeries:
    """The same series of a simulated pod."""
    collector = _Collector()
    for record in journal:
        if not isinstance(record, Write):
            continue
        t, item = record.t / 1e9, record.item
        if isinstance(item, Pod) and key_of(item) == pod:
            if record.type == "DELETED":
                collector.add("deleted", t, True)
            elif item.status.start_time:  # the kubelet has reported
                collector.status(t, summary(item.status))
        elif isinstance(item, Event) and item.source.component == "kubelet" and item.involved_object.name == pod.name:
            collector.event(t, item.involved_object.field_path, item.type, item.reason, item.message, item.count)
    return collector.series


def summary(status: PodStatus) -> dict[str, Any]:
    """What of a status is compared."""
    return {
        "phase": status.phase,
        "conditions": {c.type: [c.status, c.reason or None] for c in status.conditions},
        "containers": {c.name: _container(c) for c in (*status.init_container_statuses, *status.container_statuses)},
    }


def _container(status: ContainerStatus) -> list[Any]:
    running, ended, waiting = status.state.running, status.state.terminated, status.state.waiting
    if ended is not None:
        state: list[Any] = ["terminated", ended.reason or None, ended.exit_code]
    elif running is not None:
        state = ["running", None, None]
    else:
        state = ["waiting" if waiting is not None else "none", (waiting.reason if waiting else "") or None, None]
    return [*state, status.ready, status.restart_count, status.started]
