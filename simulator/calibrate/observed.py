"""What the pods and Events of a cluster tell about each container: starts, ends, first success of its probes. Pure.

The API server keeps times in whole seconds, so every time here may be up to a second early. Times in nanoseconds since the Unix epoch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.objects.container import Container
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStateTerminated, ContainerStatus
from simulator.units import parse_time

FAILED_PROBE = re.compile(r"(Liveness|Readiness|Startup) probe (?:failed|errored): (.*)", re.DOTALL)
JOB_OF_CRONJOB = re.compile(r"(.+)-\d{8,}")
STABLE = ("statefulset", "pod")
"""Kinds whose pods have the same names each time."""


class Failures(NamedTuple):
    """A probe that failed: which one, what it said, and when it last did."""

    probe: str
    output: str
    last: int


class Start(NamedTuple):
    """One start of a container. `ended` None: it runs. `asked`: when it was asked to stop, `unhealthy` if because of its liveness probe."""

    began: int
    ended: int | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    asked: int | None = None
    unhealthy: bool = False


class Seen(NamedTuple):
    """One container of one pod. `starts`: those that are known, oldest first; `restarts` counts all but the first.

    `ready`: when its pod's containers were all ready, if that belongs to its last start.
    """

    pod: Pod
    workload: str
    container: Container
    starts: tuple[Start, ...]
    restarts: int
    ready: int | None
    failures: tuple[Failures, ...]
    waiting: str = ""

    @property
    def stable(self) -> bool:
        """Whether its pod will be called the same in another run."""
        return self.workload.partition("/")[0] in STABLE


def seen(pods: Sequence[Pod], events: Sequence[Event], others: Iterable[Object] = ()) -> list[Seen]:
    """Every container of the pods, in order; `others` are objects that may own them."""
    owners = {item.metadata.uid: item for item in (*others, *pods) if item.metadata.uid}
    about: dict[str, list[Event]] = {}
    for event in events:
        about.setdefault(event.involved_object.uid or event.involved_object.name, []).append(event)
    found = []
    for pod in sorted(pods, key=lambda pod: (pod.metadata.namespace, pod.metadata.name)):
        own = about.get(pod.metadata.uid, []) or about.get(pod.metadata.name, [])
        statuses = {status.name: status for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)}
        containers = (*pod.spec.init_containers, *pod.spec.containers)
        found += [_seen(pod, workload_of(pod, owners), container, statuses.get(container.name), own) for container in containers]
    return found


def _seen(pod: Pod, workload: str, container: Container, status: ContainerStatus | None, events: list[Event]) -> Seen:
    own = [event for event in events if event.involved_object.field_path.endswith(f"{{{container.name}}}")]
    failures = tuple(failure for event in own if (failure := _failure(event)) is not None)
    if status is None:
        return Seen(pod, workload, container, (), 0, None, failures)
    kills = _kills(own)
    starts = [_ended(ended, kills) for ended in (status.last_state.terminated, status.state.terminated) if ended is not None]
    if status.state.running is not None and status.state.running.started_at:
        began = parse_time(status.state.running.started_at)
        starts.append(Start(began, None, 0, "", "", *_asked(kills, began, None)))
    waiting = status.state.waiting.reason if status.state.waiting is not None else ""
    ready = _ready(pod) if status.ready and starts and starts[-1].ended is None else None
    known = tuple(start for start in starts if start is not None)
    return Seen(
        pod, workload, container, known, status.restart_count, ready if ready and ready >= known[-1].began else None, failures, waiting
    )


def _ended(state: ContainerStateTerminated, kills: list[tuple[int, bool]]) -> Start:
    began = parse_time(state.started_at or state.finished_at or "1970-01-01T00:00:00Z")
    finished = parse_time(state.finished_at) if state.finished_at else began
    return Start(began, finished, state.exit_code, state.reason, state.message, *_asked(kills, began, finished))


def _kills(events: list[Event]) -> list[tuple[int, bool]]:
    """When a container was asked to stop, and whether because of its liveness probe.

    An Event that counts several has the times of the first and the last; those between them are taken to be evenly spread.
    """
    found = []
    for event in events:
        first, last = first_time(event), last_time(event)
        if event.reason == "Killing" and first is not None and last is not None:
            gaps = max((event.count or 1) - 1, 1)
            times = dict.fromkeys(first + (last - first) * i // gaps for i in range(gaps + 1))
            found += [(t, "will be restarted" in event.message) for t in times]
    return sorted(found)


def _asked(kills: list[tuple[int, bool]], began: int, ended: int | None) -> tuple[int | None, bool]:
    """When this start was asked to stop, if it was."""
    within = [(t, unhealthy) for t, unhealthy in kills if began <= t and (ended is None or t <= ended)]
    return within[-1] if within else (None, False)


def _failure(event: Event) -> Failures | None:
    match = FAILED_PROBE.match(event.message) if event.reason == "Unhealthy" else None
    last = last_time(event)
    return None if match is None or last is None else Failures(match[1].lower(), match[2], last)


def _ready(pod: Pod) -> int | None:
    found = next((c for c in pod.status.conditions if c.type == "ContainersReady" and c.status == "True"), None)
    return parse_time(found.last_transition_time) if found is not None and found.last_transition_time else None


def first_time(event: Event) -> int | None:
    """When an Event happened first."""
    text = event.event_time or event.first_timestamp or event.last_timestamp
    return parse_time(text) if text else None


def last_time(event: Event) -> int | None:
    """When an Event happened last."""
    series = event.series.last_observed_time if event.series is not None else None
    text = series or event.last_timestamp or event.event_time
    return parse_time(text) if text else None


def workload_of(pod: Pod, owners: dict[str, Object]) -> str:
    """The topmost controller of a pod as `kind/name`; owners that are not at hand are told by their names."""
    item: Object = pod
    while True:
        owner = next((o for o in item.metadata.owner_references if o.controller), None)
        if owner is None:
            return f"{item.kind.lower()}/{item.metadata.name}"
        if owner.uid not in owners:
            return _guessed_owner(pod, owner.kind, owner.name)
        item = owners[owner.uid]


def _guessed_owner(pod: Pod, kind: str, name: str) -> str:
    template = pod.metadata.labels.get("pod-template-hash", "")
    if kind == "ReplicaSet" and template and name.endswith(f"-{template}"):
        return f"deployment/{name.removesuffix(f'-{template}')}"
    match = JOB_OF_CRONJOB.fullmatch(name) if kind == "Job" else None
    return f"cronjob/{match[1]}" if match else f"{kind.lower()}/{name}"
