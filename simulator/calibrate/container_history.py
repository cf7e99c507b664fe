"""What the pods and Events of a cluster show about each container: starts, exits, failed probes, readiness. Pure.

The API server stores times in whole seconds, so every time here may be up to a second early. Times in nanoseconds since the Unix epoch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from simulator.objects.conditions import CONTAINERS_READY, condition_of
from simulator.objects.container import Container
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.labels import POD_TEMPLATE_HASH
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, status_of
from simulator.objects.pod_status import ContainerStateTerminated, ContainerStatus
from simulator.units import parse_time

FAILED_PROBE = re.compile(r"(Liveness|Readiness|Startup) probe (?:failed|errored): (.*)", re.DOTALL)
JOB_OF_CRONJOB = re.compile(r"(.+)-\d{8,}")
STABLE_KINDS = ("statefulset", "pod")
"""Workloads whose pods have the same names in every run."""


class ProbeFailure(NamedTuple):
    """Failures of one probe with one output: `last` is when the latest one happened."""

    probe: str
    output: str
    last: int


class Stop(NamedTuple):
    """A container got SIGTERM; `unhealthy`: because of its liveness probe."""

    time: int
    unhealthy: bool


class Start(NamedTuple):
    """One start of a container. `ended` None: it still runs; `stop` None: no SIGTERM was sent to it."""

    began: int
    ended: int | None = None
    exit_code: int = 0
    reason: str = ""
    message: str = ""
    stop: Stop | None = None


class ContainerHistory(NamedTuple):
    """One container of one pod.

    `starts`: the known ones, oldest first; the status has `restarts` after the first one. `ready`: when the pod's containers were ready
    (None: they are not, or not since the last start). `failures` of probes, in the order of the Events.
    """

    pod: Pod
    workload: str
    container: Container
    status: ContainerStatus | None
    starts: tuple[Start, ...]
    ready: int | None
    failures: tuple[ProbeFailure, ...]

    @property
    def restarts(self) -> int:
        """How often it was restarted."""
        return self.status.restart_count if self.status is not None else 0

    @property
    def waiting_reason(self) -> str:
        """Why it waits; empty: it does not."""
        waiting = self.status.state.waiting if self.status is not None else None
        return waiting.reason if waiting is not None else ""

    @property
    def has_stable_name(self) -> bool:
        """Whether its pod has the same name in another run."""
        return self.workload.partition("/")[0] in STABLE_KINDS


def histories(pods: Sequence[Pod], events: Sequence[Event], others: Iterable[Object] = ()) -> list[ContainerHistory]:
    """Every container of the pods, in order; `others` are objects that may own the pods."""
    owners = {item.metadata.uid: item for item in (*others, *pods) if item.metadata.uid}
    by_object: dict[str, list[Event]] = {}
    for event in events:
        by_object.setdefault(event.involved_object.uid or event.involved_object.name, []).append(event)
    result = []
    for pod in sorted(pods, key=lambda pod: (pod.metadata.namespace, pod.metadata.name)):
        about_pod = by_object.get(pod.metadata.uid, []) or by_object.get(pod.metadata.name, [])
        workload = workload_of(pod, owners)
        result += [_history(pod, workload, container, about_pod) for container in all_containers(pod.spec)]
    return result


def _history(pod: Pod, workload: str, container: Container, events: list[Event]) -> ContainerHistory:
    status = status_of(pod, container.name)
    own = [event for event in events if event.involved_object.field_path.endswith(f"{{{container.name}}}")]
    failures = tuple(failure for event in own if (failure := _probe_failure(event)) is not None)
    starts = _starts(status, _stops(own)) if status is not None else ()
    is_ready = status is not None and status.ready and starts and starts[-1].ended is None
    ready = _ready_since(pod) if is_ready else None
    if ready is not None and ready < starts[-1].began:
        ready = None
    return ContainerHistory(pod, workload, container, status, starts, ready, failures)


def _starts(status: ContainerStatus, stops: list[Stop]) -> tuple[Start, ...]:
    """The starts that a status shows: the last one that ended, and the present one."""
    starts = [_ended_start(state, stops) for state in (status.last_state.terminated, status.state.terminated) if state is not None]
    running = status.state.running
    if running is not None and running.started_at:
        began = parse_time(running.started_at)
        starts.append(Start(began, stop=_stop_of(stops, began, None)))
    return tuple(starts)


def _ended_start(state: ContainerStateTerminated, stops: list[Stop]) -> Start:
    began = parse_time(state.started_at or state.finished_at or "1970-01-01T00:00:00Z")
    ended = parse_time(state.finished_at) if state.finished_at else began
    return Start(began, ended, state.exit_code, state.reason, state.message, _stop_of(stops, began, ended))


def _stops(events: list[Event]) -> list[Stop]:
    """When a container got SIGTERM.

    An Event with a count has the times of its first and last occurrence; those between are assumed to be evenly spread.
    """
    stops = []
    for event in events:
        first, last = first_time(event), last_time(event)
        if event.reason == "Killing" and first is not None and last is not None:
            gaps = max((event.count or 1) - 1, 1)
            times = dict.fromkeys(first + (last - first) * i // gaps for i in range(gaps + 1))
            stops += [Stop(time, "will be restarted" in event.message) for time in times]
    return sorted(stops)


def _stop_of(stops: list[Stop], began: int, ended: int | None) -> Stop | None:
    """The last SIGTERM within one start."""
    within = [stop for stop in stops if began <= stop.time and (ended is None or stop.time <= ended)]
    return within[-1] if within else None


def _probe_failure(event: Event) -> ProbeFailure | None:
    match = FAILED_PROBE.match(event.message) if event.reason == "Unhealthy" else None
    last = last_time(event)
    return None if match is None or last is None else ProbeFailure(match[1].lower(), match[2], last)


def _ready_since(pod: Pod) -> int | None:
    condition = condition_of(pod.status, CONTAINERS_READY)
    if condition is None or condition.status != "True" or not condition.last_transition_time:
        return None
    return parse_time(condition.last_transition_time)


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
    """The topmost controller of a pod as `kind/name`; an owner that is not in `owners` is derived from its name."""
    item: Object = pod
    while True:
        owner = next((reference for reference in item.metadata.owner_references if reference.controller), None)
        if owner is None:
            return f"{item.kind.lower()}/{item.metadata.name}"
        if owner.uid not in owners:
            return _owner_by_name(pod, owner.kind, owner.name)
        item = owners[owner.uid]


def _owner_by_name(pod: Pod, kind: str, name: str) -> str:
    """The Deployment of a ReplicaSet, the CronJob of a Job: their names begin with the owner's."""
    template = pod.metadata.labels.get(POD_TEMPLATE_HASH, "")
    if kind == "ReplicaSet" and template and name.endswith(f"-{template}"):
        return f"deployment/{name.removesuffix(f'-{template}')}"
    match = JOB_OF_CRONJOB.fullmatch(name) if kind == "Job" else None
    return f"cronjob/{match[1]}" if match else f"{kind.lower()}/{name}"
