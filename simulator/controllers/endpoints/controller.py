"""The processes that keep EndpointSlices and Endpoints (pkg/controller/endpointslice, pkg/controller/endpoint)."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

import msgspec

from simulator.api import ApiError, ApiServer
from simulator.client.ownership import controller_of
from simulator.client.services import selecting
from simulator.controllers.base import Controller, because
from simulator.controllers.endpoints.addresses import AddressBook, Placed, placed
from simulator.controllers.endpoints.layout import Layout, SlicedEndpoint
from simulator.controllers.endpoints.members import Change, Members
from simulator.controllers.endpoints.membership import endpoint_of, in_endpoints, ports_of
from simulator.controllers.endpoints.slices import MANAGER, Plan, Ports, plan_slices
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Cause, Write
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointSlice
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, is_ready
from simulator.objects.service import Endpoints, Service

V = TypeVar("V")
Zones = dict[str, str]
"""By node; those without one are left out."""


class ServiceWatcher(Controller, Generic[V]):
    """Syncs a Service when it, or one of its pods, changes in a field that its endpoints depend on.

    It keeps what each pod adds to the endpoints, and asks again only for the pods that have changed since the last sync. It
    writes no faster than its client, so that one write may contain many changes.
    """

    requests = (20, 30)
    """The defaults of kube-controller-manager's --kube-api-qps and --kube-api-burst; each controller has a client of its own."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._zones: Zones = {}
        self._known: dict[Key, Known[V]] = {}

    @abstractmethod
    def _place(self, pod: Pod, service: Service) -> V | None:
        """What a pod adds to the endpoints of a Service."""

    def start(self) -> None:
        """Watch Services and pods."""
        self._store.watch("Service", lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("Service")

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        old = before if isinstance(before, Pod) else None
        if write.type == "MODIFIED" and old is not None and _shown(old) == _shown(pod):
            return
        moved = write.type == "MODIFIED" and old is not None and old.metadata.labels != pod.metadata.labels
        for service in selecting(self._store, pod.metadata.namespace, [item.metadata.labels for item in (pod, old) if item is not None]):
            key = key_of(service)
            if moved:  # into the Service or out of it: the order of creation is not that of the changes
                self._known.pop(key, None)
            elif key in self._known:
                self._known[key].changed[pod.metadata.uid] = write.key
            self._queue.add(key)

    def _service(self, key: Key) -> Service | None:
        """The Service, if it has a selector, so that this controller manages its endpoints."""
        service = self._store.get(key)
        if not isinstance(service, Service) or not service.spec.selector or service.spec.type == "ExternalName":
            return None
        return service

    def _members(self, key: Key, service: Service) -> tuple[Members[V], list[Change[V]] | None]:
        """What its pods add, and what has changed since the last sync; None: everything may have."""
        known = self._known.get(key)
        if known is None or known.service is not service or known.zones is not self._zones:
            members = Members((pod.metadata.uid, self._place(pod, service)) for pod in self._pods(service))
            self._known[key] = Known(service, self._zones, members, {})
            return members, None
        changes = [self._change(known, uid, pod) for uid, pod in known.changed.items()]
        known.changed.clear()
        return known.members, changes

    def _change(self, known: Known[V], uid: str, key: Key) -> Change[V]:
        pod = self._store.get(key)
        if not isinstance(pod, Pod) or pod.metadata.uid != uid:
            return known.members.remove(uid)
        return known.members.put(uid, self._place(pod, known.service))

    def _pods(self, service: Service) -> list[Pod]:
        """The pods that the selector matches, in order of creation."""
        namespace, selector = service.metadata.namespace, service.spec.selector.items()
        return self._store.among("Pod", _labels, lambda group: group[0] == namespace and selector <= group[1])


class Known(msgspec.Struct, Generic[V], frozen=True):
    """A Service as it was synced last. `changed`: the pods that have changed since then, by uid."""

    service: Service
    zones: Zones
    members: Members[V]
    changed: dict[str, Key]


def _labels(pod: Pod) -> tuple[str, frozenset[tuple[str, str]]]:
    return pod.metadata.namespace, frozenset(pod.metadata.labels.items())


def _shown(pod: Pod) -> tuple[object, ...]:
    """The fields of a pod that its endpoint depends on."""
    meta, spec, status = pod.metadata, pod.spec, pod.status
    return (meta.labels, is_being_deleted(pod), spec.node_name, has_ended(pod), status.pod_ips, is_ready(pod))


class EndpointSliceController(ServiceWatcher[SlicedEndpoint]):
    """EndpointSlices of Services that have a selector."""

    name = "endpoint-slice-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._layouts: dict[Key, Layout] = {}

    def start(self) -> None:
        """Watch nodes, for their zones, too."""
        self._zones = {node.metadata.name: zone for node in self._store.typed(Node) if (zone := node.metadata.labels.get(labels.ZONE))}
        self._store.watch("Node", self._on_node)
        super().start()

    def _on_node(self, write: Write, before: Object | None) -> None:
        name = write.key.name
        zone = write.item.metadata.labels.get(labels.ZONE) if write.type != "DELETED" else None
        if (zone or None) != self._zones.get(name):
            others = {other: value for other, value in self._zones.items() if other != name}
            self._zones = {**others, name: zone} if zone else others

    def sync(self, key: Key) -> None:
        """Reconcile the slices of one Service."""
        service = self._service(key)
        if service is None or is_being_deleted(service):
            self._known.pop(key, None)
            return
        members, changes = self._members(key, service)
        slices = self._slices(service)
        layout = self._layouts.pop(key, None)
        now = self._engine.timestamp()
        plan = layout.plan(changes, now) if layout is not None and changes is not None and layout.slices == slices else None
        if plan is None:
            layout, plan = None, plan_slices(service, slices, _by_ports(members), now)
        written = self._write(plan, because(service, "endpoints"))
        slices = self._slices(service)
        if layout is None:
            self._layouts[key] = Layout(service, slices)
        else:
            self._layouts[key] = layout.then(written, slices)

    def _write(self, plan: Plan, cause: Cause) -> list[EndpointSlice]:
        created = [self._api.create(item, cause) for item in plan.create]
        updated = [self._api.update(item, cause) for item in plan.update]
        for item in plan.delete:
            self._api.delete(key_of(item), cause=cause)
        return [*created, *updated]

    def _slices(self, service: Service) -> list[EndpointSlice]:
        meta = service.metadata
        return self._store.group("EndpointSlice", _owner, (meta.namespace, meta.uid))

    def _place(self, pod: Pod, service: Service) -> SlicedEndpoint | None:
        if not in_endpoints(pod, include_terminating=True):
            return None
        return SlicedEndpoint(tuple(ports_of(pod, service)), endpoint_of(pod, service, self._zones.get(pod.spec.node_name, "")))


def _by_ports(members: Members[SlicedEndpoint]) -> dict[Ports, list[Endpoint]]:
    desired: dict[Ports, list[Endpoint]] = {}
    for _, item in members.ranked():
        desired.setdefault(item.ports, []).append(item.endpoint)
    return desired


def _owner(item: EndpointSlice) -> tuple[str, ...]:
    """The namespace and uid of the Service for which this controller keeps a slice; empty for others' slices."""
    if is_being_deleted(item) or item.metadata.labels.get(labels.ENDPOINTSLICE_MANAGED_BY) != MANAGER:
        return ()
    ref = controller_of(item)
    return item.metadata.namespace, "" if ref is None else ref.uid


class EndpointsController(ServiceWatcher[Placed]):
    """Endpoints, the older API."""

    name = "endpoint-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._books: dict[Key, AddressBook] = {}

    def sync(self, key: Key) -> None:
        """Reconcile the Endpoints of one Service, which are deleted with it."""
        own = Key("Endpoints", key.namespace, key.name)
        old = self._store.get(own)
        service = self._service(key)
        if service is None:
            self._known.pop(key, None)
            if old is not None and self._store.get(key) is None:
                self._api.delete(own, cause=because(old, "service is gone"))
            return
        members, changes = self._members(key, service)
        if changes is None:
            self._books[key] = AddressBook(service, members.ranked())
        else:
            self._books[key].patch(changes)
        new = self._books[key].endpoints()
        cause = because(service, "endpoints")
        notes = {**new.metadata.annotations, labels.LAST_CHANGE_TRIGGER_TIME: self._engine.timestamp()}
        if not isinstance(old, Endpoints):
            self._create(evolve(new, metadata=evolve(new.metadata, annotations=notes)), cause)
        elif not _same(old, new):
            others = {name: value for name, value in old.metadata.annotations.items() if name != labels.ENDPOINTS_OVER_CAPACITY}
            meta = evolve(old.metadata, labels=new.metadata.labels, annotations={**others, **notes})
            self._api.update(evolve(new, metadata=meta), cause)

    def _place(self, pod: Pod, service: Service) -> Placed | None:
        if not in_endpoints(pod, include_terminating=bool(service.spec.publish_not_ready_addresses)):
            return None
        return placed(pod, service)

    def _create(self, item: Endpoints, cause: Cause) -> None:
        try:
            self._api.create(item, cause)
        except ApiError as error:
            if error.reason != "Forbidden":  # the namespace is terminating
                raise


def _same(old: Endpoints, new: Endpoints) -> bool:
    """Whether nothing has to be written; truncated Endpoints are written by each sync, because what they leave out is not known."""
    if labels.ENDPOINTS_OVER_CAPACITY in old.metadata.annotations:
        return False
    return old.subsets == new.subsets and old.metadata.labels == new.metadata.labels
