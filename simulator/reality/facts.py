"""What the objects of a cluster show at an instant, real or simulated: facts about pods and about the objects that made them. Pure.

Random names mean nothing, so objects have roles: `deployment/web` are all pods of that Deployment, `statefulset/db/0` the first pod of
a StatefulSet. Times of pods count from their creation, in seconds; the API server cuts them to whole seconds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from simulator.calibrate.cluster_settings import PULLED
from simulator.calibrate.container_history import first_time, last_time
from simulator.objects.conditions import INITIALIZED, POD_SCHEDULED, READY, condition_of, has_condition
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, all_statuses, is_ready
from simulator.objects.pod_status import ContainerStatus
from simulator.reality.roles import MAKERS, Roles
from simulator.units import SECOND, parse_duration, parse_time

CONTAINER = re.compile(r"\{(.+)\}")
SCALED = re.compile(r"(Scaled (?:up|down) replica set )\S+ from (\d+) to (\d+)")
PROBE = re.compile(r"(Liveness|Readiness|Startup) probe")
ONCE = (INITIALIZED, READY)
"""Conditions of pods whose time is a fact while they are true."""
COUNTED = ("replicas", "ready_replicas", "updated_replicas", "available_replicas", "succeeded", "failed", "active",
           "desired_number_scheduled", "number_ready", "updated_number_scheduled", "number_available")  # fmt: skip
"""Numbers in the status of workloads."""
OWN_NOISE = ("ClusterIPNotAllocated", "NoPods", "LeaderElection", "FailedToUpdateEndpointSlices", "FailedToUpdateEndpoint")
"""Events of races inside the control plane, which say nothing about the workload."""


NANOSECONDS = re.compile(r"[0-9a-f]{16}")
STARTS_OVER = "starts that Events report beyond its restarts"
BEFORE = ("Scheduled", "FailedScheduling", "Preempted")
"""Events whose times count from the creation."""


class Fact(NamedTuple):
    """What a fact is about: `container` may be empty; `what`: `restarts`, `Ready`, `event Pulled`, `started`, ..."""

    container: str
    what: str

    def __str__(self) -> str:
        return f"{self.container}: {self.what}" if self.container else self.what


class Life(NamedTuple):
    """A pod. `counts` of what has happened; `states`: words for what it is now; `period`: the longest of its readiness probes.

    `times` in seconds: of scheduling since the creation, of all else since the scheduling, which may wait for other pods.
    `order`: the component, fact and time of each kind of Event.
    """

    name: str
    created: float
    images: tuple[str, ...]
    period: float
    times: dict[Fact, float]
    counts: Counter[Fact]
    states: dict[Fact, str]
    order: tuple[tuple[str, Fact, float], ...]


class Account(NamedTuple):
    """A cluster at an instant: the pods by role; the number of each Event about other objects, and of pods that are gone, by role and
    fact, and when it came first (seconds since the first object); numbers and conditions of workloads.

    `begin`, `end`: of what was seen, in ns since the Unix epoch. `gone`: roles some of whose pods are gone. `messages`: of Events.
    """

    lives: dict[str, list[Life]]
    counts: dict[str, Counter[Fact]]
    times: dict[str, dict[Fact, float]]
    numbers: dict[str, dict[str, str]]
    generations: dict[str, int]
    gone: dict[str, int]
    messages: dict[tuple[str, Fact], str]
    begin: int
    end: int


def account(items: Sequence[Object]) -> Account:
    """What these objects show."""
    roles = Roles(items)
    pods = [item for item in items if isinstance(item, Pod)]
    events = [item for item in items if isinstance(item, Event) and item.reason not in OWN_NOISE and item.involved_object.kind != "Node"]
    by_uid: dict[str, list[Event]] = {}
    others: list[Event] = []
    for event in events:
        if event.involved_object.uid in roles.of_pod:
            by_uid.setdefault(event.involved_object.uid, []).append(event)
        else:
            others.append(event)
    lives: dict[str, list[Life]] = {}
    for pod in pods:
        lives.setdefault(roles.of_pod[pod.metadata.uid], []).append(_life(pod, by_uid.get(pod.metadata.uid, [])))
    begin, end = span(items)
    counts: dict[str, Counter[Fact]] = {}
    times: dict[str, dict[Fact, float]] = {}
    gone: dict[str, set[str]] = {}
    for event in others:
        about = event.involved_object
        role = roles.of_reference(about.kind, about.name, about.uid)
        if about.kind == "Pod":
            gone.setdefault(role, set()).add(about.name)
        for fact in _steps(event):
            counts.setdefault(role, Counter())[fact] += _repeated(event)
            if (first := first_time(event)) is not None:
                t = (first - begin) / SECOND
                known = times.setdefault(role, {})
                known[fact] = min(t, known.get(fact, t))
    workloads = [item for item in items if item.kind in MAKERS]
    top = [item for item in workloads if not any(owner.controller for owner in item.metadata.owner_references)]
    names = {f"{item.kind.lower()}/{item.metadata.name}": item for item in top}
    return Account(
        lives,
        counts,
        times,
        {name: _numbers(item) for name, item in names.items()},
        {name: item.metadata.generation or 0 for name, item in names.items()},
        {role: len(pods_gone) for role, pods_gone in gone.items()},
        _messages(events, roles),
        begin,
        end,
    )


def _messages(events: Sequence[Event], roles: Roles) -> dict[tuple[str, Fact], str]:
    return {
        (roles.of_reference(event.involved_object.kind, event.involved_object.name, event.involved_object.uid), fact): event.message
        for event in events
        for fact in _steps(event)
    }


def span(items: Sequence[Object]) -> tuple[int, int]:
    """When the first object was created, and the last time that any of them has (ns since the Unix epoch)."""
    created = [parse_time(item.metadata.creation_timestamp) for item in items if _counts_for_begin(item)]
    last = [t for item in items if isinstance(item, Event) and (t := last_time(item)) is not None]
    for pod in (item for item in items if isinstance(item, Pod)):
        last += [parse_time(one.last_transition_time) for one in pod.status.conditions if one.last_transition_time]
        last += [parse_time(t) for status in all_statuses(pod) for t in _times_of(status) if t]
    begin = min(created, default=min(last, default=0))
    return begin, max([*created, *last], default=begin)


def _counts_for_begin(item: Object) -> bool:
    return bool(item.metadata.creation_timestamp) and item.kind not in ("Event", "Node", "Namespace", "Lease")


def _times_of(status: ContainerStatus) -> Iterable[str | None]:
    for state in (status.state, status.last_state):
        if state.running is not None:
            yield state.running.started_at
        if state.terminated is not None:
            yield state.terminated.started_at
            yield state.terminated.finished_at


def _life(pod: Pod, events: Sequence[Event]) -> Life:
    created = parse_time(pod.metadata.creation_timestamp or "1970-01-01T00:00:00Z")
    bound = condition_of(pod.status, POD_SCHEDULED) if has_condition(pod.status, POD_SCHEDULED) else None
    scheduled = parse_time(bound.last_transition_time) if bound is not None and bound.last_transition_time else created
    times: dict[Fact, float] = {}
    counts: Counter[Fact] = Counter()
    states = {Fact("", "phase"): pod.status.phase}
    order: list[tuple[str, Fact, float]] = []

    def since(text: str | None) -> float | None:
        return (parse_time(text) - scheduled) / SECOND if text else None

    if bound is not None:
        times[Fact("", "scheduled")] = (scheduled - created) / SECOND
    for kind in ONCE:
        condition = condition_of(pod.status, kind)
        if has_condition(pod.status, kind) and condition is not None and (t := since(condition.last_transition_time)) is not None:
            times[Fact("", kind)] = t
    if (ready := condition_of(pod.status, READY)) is not None:
        runs = all(status.state.running is not None for status in pod.status.container_statuses)
        note = " while all containers run" if runs and not is_ready(pod) else ""
        states[Fact("", READY)] = ready.status + note
    for status in all_statuses(pod):
        _add_container(status, since, times, states)
        counts[Fact(status.name, "restarts")] = status.restart_count
    for event in events:
        for fact in _steps(event):
            counts[fact] += _repeated(event)
            if (first := first_time(event)) is None:
                continue
            t = (first - (created if event.reason in BEFORE else scheduled)) / SECOND
            if fact not in times or t < times[fact]:
                times[fact] = t
        if (match := PULLED.match(event.message)) is not None:
            times[Fact(_container(event), f"pull of {match[1]}")] = parse_duration(match[2]) / SECOND
    order = [(_component(event), fact, t) for event in events for fact in _steps(event) if (t := _moment(event)) is not None]
    starts = [fact for fact in counts if fact.what == "event Started"]
    if pod.status.container_statuses and not any(fact.what == "event Started" and not fact.container for fact in starts):
        for fact in starts:
            counts[Fact(fact.container, STARTS_OVER)] = counts[fact] - 1 - counts[Fact(fact.container, "restarts")]
    images = tuple(container.image for container in all_containers(pod.spec))
    probes = [probe.timing.period / SECOND for container in pod.spec.containers if (probe := container.readiness_probe) is not None]
    return Life(pod.metadata.name, created / SECOND, images, max(probes, default=0.0), times, counts, states, tuple(order))


def _add_container(status: ContainerStatus, since: Any, times: dict[Fact, float], states: dict[Fact, str]) -> None:
    """When the present run and the one before began and ended, by their number, and the state in words.

    A container in back-off is `ended`: whether its status already says CrashLoopBackOff is a matter of milliseconds.
    """
    name, count = status.name, status.restart_count + 1
    running, ended = status.state.running, status.state.terminated
    before = status.last_state.terminated
    waiting = status.state.waiting
    if running is not None:
        states[Fact(name, "state")] = "running"
        times[Fact(name, f"started, run {count}")] = since(running.started_at) or 0.0
    elif ended is not None or before is not None:
        last = ended or before
        assert last is not None
        states[Fact(name, "state")] = f"ended with {last.exit_code}" + (
            f" ({last.reason})" if last.reason not in ("Completed", "Error") else ""
        )
        if ended is not None and (t := since(ended.finished_at)) is not None:
            times[Fact(name, f"ended, run {count}")] = t
    else:
        states[Fact(name, "state")] = waiting.reason if waiting is not None and not waiting.reason.endswith("BackOff") else "waiting"
    if running is not None and before is not None and (t := since(before.finished_at)) is not None:
        times[Fact(name, f"ended, run {count - 1}")] = t
        states[Fact(name, "last exit")] = f"{before.exit_code}" + (
            f" ({before.reason})" if before.reason not in ("Completed", "Error") else ""
        )


def _container(event: Event) -> str:
    match = CONTAINER.search(event.involved_object.field_path or "")
    return match[1] if match else ""


def _component(event: Event) -> str:
    return event.source.component or event.reporting_component


def _repeated(event: Event) -> int:
    return event.count or (event.series.count if event.series is not None else None) or 1


def _moment(event: Event) -> float | None:
    """When an Event came first. client-go puts nanoseconds into its name; times that disagree with that were not cut, but changed."""
    first = first_time(event)
    name = event.metadata.name.rpartition(".")[2]
    if first is None or not NANOSECONDS.fullmatch(name):
        return None if first is None else first / SECOND
    precise = int(name, 16)
    return (precise if abs(precise - first) < 2 * SECOND else first) / SECOND


def _steps(event: Event) -> list[Fact]:
    """What an Event reports. Scaling `from 2 to 4` is as good as two steps of one: how many pods got ready at once is random."""
    scaled = SCALED.search(event.message)
    if scaled:
        begin, end = int(scaled[2]), int(scaled[3])
        numbers = range(begin + 1, end + 1) if end > begin else range(begin - 1, end - 1, -1)
        return [Fact("", f"event {scaled[1].strip().removesuffix(' replica set').lower()} to {n}") for n in numbers]
    detail = ""
    if event.reason == "Unhealthy" and (probe := PROBE.match(event.message)) is not None:
        detail = f" ({probe[1].lower()} probe)"
    elif event.reason == "Failed":
        detail = (
            f" ({event.message.partition(':')[0] if not event.message.startswith('Error: ') else event.message.partition(': ')[2][:30]})"
        )
        detail = re.sub(r' image "[^"]*"', " image", detail)
    return [Fact(_container(event), f"event {event.reason}{detail}")]


def _numbers(item: Object) -> dict[str, str]:
    """Numbers of the status that are not zero, and conditions."""
    status: Any = getattr(item, "status", None)
    shown = {name: str(value) for name in COUNTED if isinstance(value := getattr(status, name, None), int) and value}
    for condition in getattr(status, "conditions", None) or ():
        shown[f"condition {condition.type}"] = condition.status
    return shown
