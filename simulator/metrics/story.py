"""The data behind metrics: pods with their workloads, Services and workloads, collected once for a snapshot."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from simulator.journal.records import Fact
from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import ContainerLane, LaneReader, PodLane, ServiceLane, pod_histories, service_lanes
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import runs_to_completion
from simulator.objects.selectors import matches_all
from simulator.objects.service import Service

PROGRAMMED = "proxy.programmed"
ROLLED = ("Deployment", "StatefulSet", "DaemonSet")
"""Kinds with rollouts: those that `kubectl rollout status` accepts."""


class PodStory(NamedTuple):
    """A pod over time. `workload` is its topmost controller, or the pod itself; `states` are its changes, oldest first.

    `end`: when it was removed, or the snapshot's instant.
    """

    key: Key
    workload: Key
    lane: PodLane
    states: tuple[tuple[int, Pod], ...]
    facts: tuple[Fact, ...]
    end: int

    @property
    def created(self) -> int:
        """The instant of its creation."""
        return self.lane.life.begin

    @property
    def last(self) -> Pod:
        """Its last state."""
        return self.states[-1][1]

    @property
    def is_meant_to_end(self) -> bool:
        """Whether it runs to completion, as a Job's pods do."""
        return runs_to_completion(self.last)

    def containers(self, glob: str = "") -> list[ContainerLane]:
        """Its containers, init containers first; only those whose names match the glob when one is given."""
        return [lane for lane in self.lane.containers if not glob or glob_matches(lane.name, glob)]


class ServiceStory(NamedTuple):
    """A Service over time. `programmed`: kube-proxy's facts, of all nodes; `end`: when it was removed, or the snapshot's instant."""

    key: Key
    service: Service
    lane: ServiceLane
    programmed: tuple[Fact, ...]
    requests: tuple[Fact, ...]
    created: int
    end: int

    @property
    def is_headless(self) -> bool:
        """Whether its name resolves to the endpoints themselves, without kube-proxy."""
        return self.service.spec.cluster_ip == "None"


class WorkloadStory(NamedTuple):
    """A workload over time: its changes, oldest first, and its pods."""

    key: Key
    states: tuple[tuple[int, Object], ...]
    pods: tuple[PodStory, ...]


class Story:
    """Everything up to the snapshot's instant."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.end = snapshot.t
        self._tops: dict[Key, Key] = {}

    @cached_property
    def pods(self) -> list[PodStory]:
        """Every pod that ever was, in order of creation."""
        reader = LaneReader(self.snapshot)
        facts: dict[Key, list[Fact]] = {}
        for fact in self.snapshot.facts():
            if fact.about.kind == "Pod":
                facts.setdefault(fact.about, []).append(fact)
        stories = []
        for history in pod_histories(self.snapshot):
            lane = reader.pod(history)
            states = tuple((write.t, write.item) for write in history if isinstance(write.item, Pod))
            begin, end = lane.life
            own = tuple(fact for fact in facts.get(lane.key, ()) if begin <= fact.t and (end is None or fact.t <= end))
            workload = self._workload(states[-1][1])
            stories.append(PodStory(lane.key, workload, lane, states, own, self.end if end is None else end))
        return stories

    @cached_property
    def services(self) -> list[ServiceStory]:
        """Every Service with pods or other addresses in the cluster behind it: not ExternalName, which is only a DNS name."""
        lanes = service_lanes(self.snapshot)
        programmed, requests = self._facts_by_key(PROGRAMMED), self._facts_by_key("request")
        stories = []
        for lane in lanes:
            writes = self.snapshot.writes(lane.key)
            service = writes[-1].item
            if isinstance(service, Service) and service.spec.type != "ExternalName" and (service.spec.selector or len(lane.ready) > 1):
                end = writes[-1].t if writes[-1].type == "DELETED" else self.end
                facts = tuple(programmed.get(lane.key, ())), tuple(requests.get(lane.key, ()))
                stories.append(ServiceStory(lane.key, service, lane, *facts, writes[0].t, end))
        return stories

    @cached_property
    def workloads(self) -> list[WorkloadStory]:
        """Every topmost controller of a pod, every workload with rollouts, and every pod without a controller; by key."""
        pods: dict[Key, list[PodStory]] = {write.key: [] for write in self.snapshot.writes_of(*ROLLED)}
        for pod in self.pods:
            pods.setdefault(pod.workload, []).append(pod)
        return [WorkloadStory(key, self._states(key), tuple(pods[key])) for key in sorted(pods)]

    def selected_by(self, service: ServiceStory) -> list[PodStory]:
        """All pods so far that match a Service's selector."""
        selector = service.service.spec.selector
        if not selector:
            return []
        return [pod for pod in self.pods if pod.key.namespace == service.key.namespace and matches_all(selector, pod.last.metadata.labels)]

    def _facts_by_key(self, what: str) -> dict[Key, list[Fact]]:
        facts: dict[Key, list[Fact]] = {}
        for fact in self.snapshot.facts(what):
            facts.setdefault(fact.about, []).append(fact)
        return facts

    def _states(self, key: Key) -> tuple[tuple[int, Object], ...]:
        return tuple((write.t, write.item) for write in self.snapshot.writes(key))

    def _workload(self, pod: Pod) -> Key:
        """The topmost controller, owners that have been deleted by now included."""
        key = key_of(pod)
        owner = next((ref for ref in pod.metadata.owner_references if ref.controller), None)
        return key if owner is None else self._top(Key(owner.kind, key.namespace, owner.name))

    def _top(self, key: Key) -> Key:
        """The topmost controller of an object that controls pods, or the object itself."""
        if key not in self._tops:
            self._tops[key] = key  # should owners own each other
            last = self.snapshot.last_write(key)
            owners = last.item.metadata.owner_references if last is not None else ()
            owner = next((ref for ref in owners if ref.controller), None)
            if owner is not None:
                self._tops[key] = self._top(Key(owner.kind, key.namespace, owner.name))
        return self._tops[key]
