"""Builds the dependency graph of a run. Pure."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.metrics.services import reachable
from simulator.metrics.story import Story, WorkloadStory
from simulator.objects.kinds import Key
from simulator.objects.pod_facts import has_succeeded
from simulator.objects.service import Service
from simulator.views.graph.links import Directory, links
from simulator.views.graph.model import Dependencies, Place
from simulator.views.graph.path import critical_path
from simulator.views.graph.verdict import stuck
from simulator.views.graph.webhooks import refusals

API_SERVER = ("default", "kubernetes")


def dependencies(snapshot: Snapshot, namespace: str | None = None) -> Dependencies:
    """The dependencies in a run up to the snapshot's instant; of one namespace when it is given."""
    story = Story(snapshot)
    services = [item for item in snapshot.typed(Service) if (item.metadata.namespace, item.metadata.name) != API_SERVER]
    every = [*links(story, Directory(services)), *refusals(snapshot, story)]
    edges = [link for link in every if namespace in (None, link.source.namespace)]
    places = {one.key: Place(one.key, _ready_at(one), True, True) for one in story.workloads if namespace in (None, one.key.namespace)}
    for service in story.services:
        if namespace in (None, service.key.namespace):
            since = reachable(service)[0]
            places[service.key] = Place(service.key, None if since is None else service.created + since)
    for link in edges:
        places.setdefault(link.target, Place(link.target, None, snapshot.get(link.target) is not None, link.target.kind != "Service"))
    opened = frozenset(
        Key("Service", item.metadata.namespace, item.metadata.name)
        for item in services
        if item.spec.publish_not_ready_addresses or not item.spec.selector
    )
    ready = {key for key, place in places.items() if place.ready is not None and place.is_work}
    ordered = tuple(sorted(places.values(), key=lambda place: (not place.is_work, place.key)))
    never = tuple(one for one in stuck(ordered, edges, opened) if one.key not in ready)
    return Dependencies(ordered, tuple(edges), tuple(critical_path(story, edges)), never)


def _ready_at(workload: WorkloadStory) -> int | None:
    """When all its pods so far had been ready or had succeeded; None: not yet."""
    instants: list[int | None] = []
    for pod in workload.pods:
        if pod.lane.ready:
            instants.append(pod.lane.ready[0].begin)
        elif pod.is_meant_to_end:
            instants.append(next((t for t, state in pod.states if has_succeeded(state)), None))
        elif pod.lane.deleted is None:
            instants.append(None)
    known = [t for t in instants if t is not None]
    return max(known) if known and len(known) == len(instants) else None
