"""Which writes can change the output of `describe` for an object: its own, events, and those of objects that its describer reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

from simulator.journal.records import Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.discovery import EndpointSlice
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.pod import Pod

LEASES = "kube-node-lease"

Related = Callable[[Object], Iterable[Key]]


def _owners(item: Object) -> Iterator[Key]:
    """Its controller: a ReplicaSet is part of its Deployment's description."""
    for ref in item.metadata.owner_references:
        if ref.controller:
            yield Key(ref.kind, item.metadata.namespace, ref.name)


def _of_pod(item: Object) -> Iterator[Key]:
    assert isinstance(item, Pod)
    yield from _owners(item)
    if item.spec.node_name:
        yield Key("Node", "", item.spec.node_name)
    for volume in item.spec.volumes:
        if volume.persistent_volume_claim is not None:
            yield Key("PersistentVolumeClaim", item.metadata.namespace, volume.persistent_volume_claim.claim_name)


def _of_slice(item: Object) -> Iterator[Key]:
    if isinstance(item, EndpointSlice) and SERVICE_NAME in item.metadata.labels:
        yield Key("Service", item.metadata.namespace, item.metadata.labels[SERVICE_NAME])


RELATED: dict[str, Related] = {
    "Pod": _of_pod,
    "ReplicaSet": _owners,
    "EndpointSlice": _of_slice,
    "Endpoints": lambda item: [Key("Service", item.metadata.namespace, item.metadata.name)],
    "ResourceQuota": lambda item: [Key("Namespace", "", item.metadata.namespace)],
    "LimitRange": lambda item: [Key("Namespace", "", item.metadata.namespace)],
    "Lease": lambda item: [Key("Node", "", item.metadata.name)] if item.metadata.namespace == LEASES else [],
}


def _shown_elsewhere(item: Object) -> tuple[object, ...]:
    """The pod fields other objects' descriptions depend on; used as a cache key."""
    if not isinstance(item, Pod):
        return (item.metadata.resource_version,)
    return item.status.phase, item.spec.node_name, tuple(ref.uid for ref in item.metadata.owner_references)


def lineage(end: Snapshot, key: Key) -> list[Key]:
    """An object and its controllers, from the bottom up."""
    chain = [key]
    while writes := end.writes(chain[-1]):
        owner = next(iter(_above(writes[-1].item)), None)
        if owner is None or owner in chain:
            break
        chain.append(owner)
    return chain


def _above(item: Object) -> Iterable[Key]:
    return _of_slice(item) if isinstance(item, EndpointSlice) else _owners(item)


MOST_TEXTS = 5000
"""Up to this many changes of descriptions, all are described; beyond that, objects with many changes are described at some of them."""
SAMPLES = 12
"""At so many of them."""


def sampled(instants: list[int], most: int) -> list[int]:
    """At most so many of some instants, evenly, with the first and the last."""
    if len(instants) <= most:
        return instants
    return [instants[i * (len(instants) - 1) // (most - 1)] for i in range(most)]


class Changes:
    """For each object the instants at which its description may change, and the events about it."""

    def __init__(self, writes: Iterable[Write]) -> None:
        self.instants: dict[Key, list[int]] = {}
        self.events: dict[tuple[str, str], list[Key]] = {}
        shown: dict[Key, tuple[object, ...]] = {}
        for write in writes:
            item = write.item
            if isinstance(item, Event):
                self._event(write, item)
                continue
            key = key_of(item)
            self._note(key, write.t)
            related = RELATED.get(key.kind)
            now = ("gone",) if write.type == "DELETED" else _shown_elsewhere(item)
            if related is not None and shown.get(key) != now:
                shown[key] = now
                for other in related(item):
                    self._note(other, write.t)

    def described(self, key: Key) -> list[int]:
        """The instants at which an object is described: all of its changes, in a large run some of them."""
        instants = self.instants.get(key, [])
        return sampled(instants, SAMPLES) if self._is_large else instants

    @cached_property
    def _is_large(self) -> bool:
        return sum(map(len, self.instants.values())) > MOST_TEXTS

    def _event(self, write: Write, event: Event) -> None:
        about = event.involved_object
        # The kubelet's events about its node are in a namespace, though the node is in none.
        self._note(Key(about.kind, "" if about.kind in ("Node", "Namespace") else about.namespace, about.name), write.t)
        keys = self.events.setdefault((about.kind, about.name), [])
        if write.type == "ADDED":
            keys.append(key_of(event))

    def _note(self, key: Key, t: int) -> None:
        instants = self.instants.setdefault(key, [])
        if not instants or instants[-1] != t:
            instants.append(t)
