"""The processes that keep EndpointSlices and Endpoints (pkg/controller/endpointslice, pkg/controller/endpoint)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from simulator.api import ApiError, ApiServer
from simulator.client.memo import Remembered
from simulator.client.ownership import controlled
from simulator.controllers.base import Controller, because
from simulator.controllers.endpoints.addresses import Placed, endpoints_of, placed
from simulator.controllers.endpoints.membership import conditions, endpoint_of, in_endpoints, ports_of
from simulator.controllers.endpoints.slices import MANAGER, Ports, plan_slices
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
from simulator.objects.selectors import matches_all
from simulator.objects.service import Endpoints, Service

V = TypeVar("V")
Zones = dict[str, str]
"""By node; those without one are left out."""


class ServiceWatcher(Controller):
    """Syncs a Service when it, or one of its pods, changes in a field that its endpoints depend on."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._derived: dict[Key, tuple[Service, Zones, Remembered[Pod, Any]]] = {}

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
        for service in self._store.typed(Service, pod.metadata.namespace):
            selector = service.spec.selector
            versions = [item for item in (pod, old) if item is not None]
            if selector and any(matches_all(selector, item.metadata.labels) for item in versions):
                self._queue.add(key_of(service))

    def _service(self, key: Key) -> Service | None:
        """The Service, if it has a selector, so that this controller manages its endpoints."""
        service = self._store.get(key)
        if not isinstance(service, Service) or not service.spec.selector or service.spec.type == "ExternalName":
            return None
        return service

    def _of_pod(self, service: Service, zones: Zones, derive: Callable[[Pod], V]) -> Remembered[Pod, V]:
        """`derive`, with results cached by pod while the Service and the zones of nodes do not change."""
        known = self._derived.get(key_of(service))
        if known is None or known[0] is not service or known[1] != zones:
            known = self._derived[key_of(service)] = service, zones, Remembered(derive)
        return known[2]

    def _pods(self, service: Service) -> list[Pod]:
        """The pods that the selector matches, in order of creation."""
        namespace, selector = service.metadata.namespace, service.spec.selector.items()
        return self._store.among("Pod", _labels, lambda group: group[0] == namespace and selector <= group[1])


def _labels(pod: Pod) -> tuple[str, frozenset[tuple[str, str]]]:
    return pod.metadata.namespace, frozenset(pod.metadata.labels.items())


def _shown(pod: Pod) -> tuple[object, ...]:
    """The fields of a pod that its endpoint depends on."""
    meta, spec, status = pod.metadata, pod.spec, pod.status
    return (meta.labels, is_being_deleted(pod), spec.node_name, has_ended(pod), status.pod_ips, is_ready(pod))


class EndpointSliceController(ServiceWatcher):
    """EndpointSlices of Services that have a selector."""

    name = "endpoint-slice-controller"

    def sync(self, key: Key) -> None:
        """Reconcile the slices of one Service."""
        service = self._service(key)
        if service is None or is_being_deleted(service):
            return
        plan = plan_slices(service, self._slices(service), self._desired(service), self._engine.timestamp())
        cause = because(service, "endpoints")
        for item in plan.create:
            self._api.create(item, cause)
        for item in plan.update:
            self._api.update(item, cause)
        for item in plan.delete:
            self._api.delete(key_of(item), cause=cause)

    def _slices(self, service: Service) -> list[EndpointSlice]:
        mine = [
            item
            for item in controlled(self._store, EndpointSlice, service)
            if item.metadata.labels.get(labels.ENDPOINTSLICE_MANAGED_BY) == MANAGER
        ]
        return [item for item in mine if not is_being_deleted(item)]

    def _desired(self, service: Service) -> dict[Ports, list[Endpoint]]:
        desired: dict[Ports, list[Endpoint]] = {}
        zones = {node.metadata.name: zone for node in self._store.typed(Node) if (zone := node.metadata.labels.get(labels.ZONE))}

        def place(pod: Pod) -> tuple[Ports, Endpoint] | None:
            if not in_endpoints(pod, include_terminating=True):
                return None
            return tuple(ports_of(pod, service)), endpoint_of(pod, service, zones.get(pod.spec.node_name, ""))

        for placed_endpoint in map(self._of_pod(service, zones, place), self._pods(service)):
            if placed_endpoint is not None:
                desired.setdefault(placed_endpoint[0], []).append(placed_endpoint[1])
        return desired


class EndpointsController(ServiceWatcher):
    """Endpoints, the older API."""

    name = "endpoint-controller"

    def sync(self, key: Key) -> None:
        """Reconcile the Endpoints of one Service, which are deleted with it."""
        own = Key("Endpoints", key.namespace, key.name)
        old = self._store.get(own)
        service = self._service(key)
        if service is None:
            if old is not None and self._store.get(key) is None:
                self._api.delete(own, cause=because(old, "service is gone"))
            return
        terminating = bool(service.spec.publish_not_ready_addresses)

        def place(pod: Pod) -> tuple[Placed, bool] | None:
            if not in_endpoints(pod, include_terminating=terminating):
                return None
            return placed(pod, service), bool(conditions(pod, service).ready)

        places = map(self._of_pod(service, {}, place), self._pods(service))
        new = endpoints_of(service, [item for item in places if item is not None])
        cause = because(service, "endpoints")
        trigger = {labels.LAST_CHANGE_TRIGGER_TIME: self._engine.timestamp()}
        if not isinstance(old, Endpoints):
            self._create(evolve(new, metadata=evolve(new.metadata, annotations=trigger)), cause)
        elif old.subsets != new.subsets or old.metadata.labels != new.metadata.labels:
            meta = evolve(old.metadata, labels=new.metadata.labels, annotations={**old.metadata.annotations, **trigger})
            self._api.update(evolve(new, metadata=meta), cause)

    def _create(self, item: Endpoints, cause: Cause) -> None:
        try:
            self._api.create(item, cause)
        except ApiError as error:
            if error.reason != "Forbidden":  # the namespace is terminating
                raise
