"""What happened to pods and Services over time, as data for drawings. Pure; times in nanoseconds since the start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulator.journal.delta import middle
from simulator.journal.records import Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.container import Container
from simulator.objects.discovery import Endpoint, EndpointSlice, is_ready_endpoint
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready, restart_policy_of, restarts_always, status_of
from simulator.objects.pod_status import ContainerStatus
from simulator.objects.service import Service

PROBES = ("startup", "readiness", "liveness")
ITS_TURN = ("", "ContainerCreating", "PodInitializing")
"""The reasons of containers that wait although nothing has failed."""


class Span(NamedTuple):
    """Something that was so from `begin` to `end` (None: it still is)."""

    begin: int
    end: int | None = None


class Bar(NamedTuple):
    """One run of a container; `exit_code` once it has ended."""

    begin: int
    end: int | None = None
    exit_code: int | None = None


class Tick(NamedTuple):
    """A probe that passed or failed."""

    t: int
    passed: bool


class ContainerLane(NamedTuple):
    """A container over time. `probes` has a row for each kind of probe that it has; `comes_back`: it is restarted after a failure.

    `held`: when its status said that it waits for another reason than its turn, such as ImagePullBackOff.
    """

    name: str
    init: bool
    pulls: tuple[Span, ...]
    bars: tuple[Bar, ...]
    ready: tuple[Span, ...]
    probes: dict[str, tuple[Tick, ...]]
    comes_back: bool = True
    sidecar: bool = False
    held: tuple[Span, ...] = ()

    @property
    def restarts(self) -> int:
        """How often it was restarted."""
        return max(0, len(self.bars) - 1)


class PodLane(NamedTuple):
    """A pod over time, from its creation to its end. `workload` is its controller (`ReplicaSet/web-1`), empty: none.

    `deleted` is when it was marked for deletion, `over` when it had succeeded or failed.
    """

    key: Key
    workload: str
    node: str
    life: Span
    scheduled: int | None
    deleted: int | None
    ready: tuple[Span, ...]
    containers: tuple[ContainerLane, ...]
    over: int | None = None


class ServiceLane(NamedTuple):
    """How many endpoints of a Service were ready, from each instant on."""

    key: Key
    ready: tuple[tuple[int, int], ...]


class Timeline(NamedTuple):
    """Everything up to `end`."""

    pods: tuple[PodLane, ...]
    services: tuple[ServiceLane, ...]
    end: int

    def settled(self) -> int:
        """When the last change happened: a start, an end, a change of readiness, a probe result that differs from the one before."""
        instants = [0]
        for pod in self.pods:
            instants += _edges([pod.life, *pod.ready])
            for lane in pod.containers:
                instants += _edges([*lane.pulls, *lane.bars, *lane.ready])
                instants += [tick.t for ticks in lane.probes.values() for tick in _firsts(ticks)]
        instants += [t for service in self.services for t, _ in service.ready]
        return min(max(instants), self.end)


def _edges(spans: Iterable[Span | Bar]) -> list[int]:
    return [edge for span in spans for edge in span[:2] if edge is not None]


def _firsts(ticks: tuple[Tick, ...]) -> list[Tick]:
    """The first tick, and each that differs from the one before."""
    return [tick for i, tick in enumerate(ticks) if i == 0 or ticks[i - 1].passed != tick.passed]


def timeline(snapshot: Snapshot, namespace: str | None = None) -> Timeline:
    """The story of all pods and Services up to the snapshot's instant; of one namespace when it is given."""
    reader = LaneReader(snapshot)
    pods = [reader.pod(history) for history in pod_histories(snapshot, namespace)]
    return Timeline(tuple(sorted(pods, key=_birth)), tuple(service_lanes(snapshot, namespace)), snapshot.t)


def pod_histories(snapshot: Snapshot, namespace: str | None = None) -> list[list[Write]]:
    """The changes of each pod, oldest first; a pod that replaces one of the same name has its own list."""
    histories: dict[tuple[str, str, str], list[Write]] = {}
    for write in snapshot.writes_of("Pod"):
        item = write.item
        if isinstance(item, Pod) and namespace in (None, item.metadata.namespace):
            histories.setdefault((item.metadata.namespace, item.metadata.name, item.metadata.uid), []).append(write)
    return list(histories.values())


def _birth(lane: PodLane) -> tuple[str, int, str]:
    return lane.key.namespace, lane.life.begin, lane.key.name


class LaneReader:
    """Builds the lanes of pods. Exact instants come from the journal's facts where there are any, else from the pods' statuses."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._runs: dict[tuple[Key, str], list[Bar]] = {}
        self._ticks: dict[tuple[Key, str, str], list[Tick]] = {}
        self._pulls: dict[tuple[str, str], list[Span]] = {}
        self._exact = False
        for fact in snapshot.facts():
            container = str(fact.data.get("container", ""))
            if fact.what == "container.started":
                self._exact = True
                self._runs.setdefault((fact.about, container), []).append(Bar(fact.t))
            elif fact.what == "container.exited":
                runs = self._runs.setdefault((fact.about, container), [])
                if not runs or runs[-1].end is not None:  # a start that failed (StartError): nothing ran
                    runs.append(Bar(fact.t))
                runs[-1] = runs[-1]._replace(end=fact.t, exit_code=int(fact.data.get("exitCode", 0)))
            elif fact.what == "probe":
                where = (fact.about, container, str(fact.data.get("probe", "")))
                self._ticks.setdefault(where, []).append(Tick(fact.t, fact.data.get("result") == "success"))
        for write in snapshot.writes_of("Event"):
            if isinstance(write.item, Event) and write.type != "DELETED":
                self._event(write.t, write.item)

    def _event(self, t: int, event: Event) -> None:
        target = event.involved_object
        container = target.field_path.partition("{")[2].rstrip("}")
        if target.kind != "Pod" or not container:
            return
        spans = self._pulls.setdefault((target.uid, container), [])
        if event.reason == "Pulling":
            spans.append(Span(t))
        elif event.reason in ("Pulled", "Failed") and spans and spans[-1].end is None:
            spans[-1] = Span(spans[-1].begin, t)
        elif event.reason == "Unhealthy" and not self._exact:
            kind = event.message.partition(" ")[0].lower()
            key = Key("Pod", target.namespace, target.name)
            self._ticks.setdefault((key, container, kind), []).append(Tick(t, False))

    def pod(self, history: list[Write]) -> PodLane:
        """The lane of one pod, from its changes."""
        pods = [(write.t, write.item) for write in history if isinstance(write.item, Pod)]
        last = pods[-1][1]
        gone = history[-1].t if history[-1].type == "DELETED" else None
        owner = next((ref for ref in last.metadata.owner_references if ref.controller), None)
        ready = spans_of(((t, is_ready(pod)) for t, pod in pods), gone)
        containers = [(item, True) for item in last.spec.init_containers] + [(item, False) for item in last.spec.containers]
        return PodLane(
            Key("Pod", last.metadata.namespace, last.metadata.name),
            f"{owner.kind}/{owner.name}" if owner else "",
            last.spec.node_name,
            Span(history[0].t, gone),
            next((t for t, pod in pods if pod.spec.node_name), None),
            next((t for t, pod in pods if is_being_deleted(pod)), gone),
            ready,
            tuple(self._container(item, init, pods, gone) for item, init in containers),
            next((t for t, pod in pods if has_ended(pod)), None),
        )

    def _container(self, container: Container, init: bool, pods: list[tuple[int, Pod]], gone: int | None) -> ContainerLane:
        last = pods[-1][1]
        key = Key("Pod", last.metadata.namespace, last.metadata.name)
        statuses = [(t, status_of(pod, container.name)) for t, pod in pods]
        bars = self._runs.get((key, container.name), []) if self._exact else _bars(statuses)
        if gone is not None and bars and bars[-1].end is None:
            bars = [*bars[:-1], bars[-1]._replace(end=gone)]
        ready = spans_of(((t, bool(s and s.ready and s.state.running)) for t, s in statuses), gone)
        held = spans_of(((t, bool(s and s.state.waiting and s.state.waiting.reason not in ITS_TURN)) for t, s in statuses), gone)
        probes = {kind: getattr(container, f"{kind}_probe") for kind in PROBES}
        ticks = {kind: tuple(self._ticks.get((key, container.name, kind), ())) for kind, probe in probes.items() if probe is not None}
        pulls = self._pulls.get((last.metadata.uid, container.name), ())
        comes_back = restart_policy_of(last, container) != "Never"
        sidecar = init and restarts_always(container)
        return ContainerLane(container.name, init, tuple(pulls), tuple(bars), ready, ticks, comes_back, sidecar, held)


def spans_of(values: Iterable[tuple[int, bool]], gone: int | None) -> tuple[Span, ...]:
    """When a value, given at each instant it may have changed, was true; the last span ends with the pod."""
    spans: list[Span] = []
    for t, value in values:
        is_open = bool(spans) and spans[-1].end is None
        if value and not is_open:
            spans.append(Span(t))
        elif not value and is_open:
            spans[-1] = Span(spans[-1].begin, t)
    if gone is not None and spans and spans[-1].end is None:
        spans[-1] = Span(spans[-1].begin, gone)
    return tuple(spans)


def _bars(statuses: list[tuple[int, ContainerStatus | None]]) -> list[Bar]:
    """Runs as the statuses show them: each instance begins and ends when a status first shows it."""
    bars: list[Bar] = []
    seen: set[str] = set()
    for t, status in statuses:
        if status is None:
            continue
        ended = status.state.terminated or (status.last_state.terminated if status.state.waiting else None)
        identity = status.container_id or (ended.container_id if ended else "")
        if status.state.running and identity not in seen:
            seen.add(identity)
            bars.append(Bar(t))
        elif ended and identity not in seen:
            seen.add(identity)
            bars.append(Bar(t, t, ended.exit_code))
        elif ended and bars and bars[-1].end is None:
            bars[-1] = bars[-1]._replace(end=t, exit_code=ended.exit_code)
        if status.state.running and len(bars) > 1 and bars[-2].end is None:
            before = status.last_state.terminated
            bars[-2] = bars[-2]._replace(end=t, exit_code=before.exit_code if before else 0)
    return bars


def service_lanes(snapshot: Snapshot, namespace: str | None = None) -> list[ServiceLane]:
    """Ready endpoints of each Service, added up over its slices; slices without any of its ports do not count: no connection gets there."""
    slices: dict[Key, dict[str, _Ready]] = {}
    levels: dict[Key, list[tuple[int, int]]] = {}
    without_ports: set[Key] = set()
    for write in snapshot.writes_of("Service", "EndpointSlice"):
        item: Object = write.item
        if isinstance(item, Service):
            # Clients of a headless Service ask DNS, which does not look at ports.
            (without_ports.discard if item.spec.ports and item.spec.cluster_ip != "None" else without_ports.add)(write.key)
        if item.kind == "Service" and namespace in (None, item.metadata.namespace) and write.type == "ADDED":
            levels.setdefault(write.key, [(write.t, 0)])
        if not isinstance(item, EndpointSlice) or SERVICE_NAME not in item.metadata.labels:
            continue
        key = Key("Service", item.metadata.namespace, item.metadata.labels[SERVICE_NAME])
        if key not in levels:
            continue
        counts = slices.setdefault(key, {})
        reachable = write.type != "DELETED" and bool(item.ports or key in without_ports)
        before = counts.get(item.metadata.name, _NOTHING)
        counts[item.metadata.name] = _ready_in(item.endpoints or [], before) if reachable else _NOTHING
        total = sum(count for _, count in counts.values())
        if levels[key][-1][1] != total:
            levels[key].append((write.t, total))
    return [ServiceLane(key, tuple(level)) for key, level in sorted(levels.items())]


_Ready = tuple[list[Endpoint], int]
"""The endpoints of a slice, and how many of them are ready."""
_NOTHING: _Ready = ([], 0)


def _ready_in(endpoints: list[Endpoint], before: _Ready) -> _Ready:
    """As many as before, but for those that are other ones."""
    _, gone, new = middle(before[0], endpoints)
    return endpoints, before[1] + sum(map(is_ready_endpoint, new)) - sum(map(is_ready_endpoint, gone))
