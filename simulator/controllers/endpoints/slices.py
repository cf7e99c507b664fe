"""How endpoints are laid out in EndpointSlices (k8s.io/endpointslice/reconciler.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.ownership import controller_reference
from simulator.controllers.endpoints.membership import is_headless
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointPort, EndpointSlice
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import Service

MAX_ENDPOINTS = 100
MANAGER = "endpointslice-controller.k8s.io"

Ports = tuple[EndpointPort, ...]


class Plan(NamedTuple):
    """Slices to create, update and delete."""

    create: list[EndpointSlice]
    update: list[EndpointSlice]
    delete: list[EndpointSlice]


def plan_slices(service: Service, existing: list[EndpointSlice], desired: dict[Ports, list[Endpoint]], trigger: str) -> Plan:
    """The writes that make the slices of a Service contain the `desired` endpoints, by their ports.

    Endpoints stay in their slices, new ones fill slices up before another is created. A Service without endpoints has an empty slice.
    """
    by_ports: dict[Ports, list[EndpointSlice]] = {}
    for item in existing:
        by_ports.setdefault(tuple(item.ports or ()), []).append(item)
    kept: list[EndpointSlice] = []
    fresh: list[EndpointSlice] = []
    for ports, endpoints in desired.items():
        held, rest = _keep(by_ports.pop(ports, []), endpoints)
        kept += _fill(held, rest)
        fresh += blanks(service, ports, rest)
    gone = [item for slices in by_ports.values() for item in slices] + [item for item in kept if not item.endpoints]
    kept = [item for item in kept if item.endpoints]
    if not kept and not fresh:
        fresh.append(_blank(service, (), []))
    # A slice is reused rather than deleted while another is created.
    recycled = [evolve(old, endpoints=new.endpoints, ports=new.ports) for old, new in zip(gone, fresh, strict=False)]
    before = {item.metadata.name: item for item in existing}
    labelled = [_labelled(service, item) for item in [*kept, *recycled]]
    update = [triggered(item, trigger) for item in labelled if item != before[item.metadata.name]]
    return Plan([triggered(item, trigger) for item in fresh[len(gone) :]], update, gone[len(fresh) :])


def _keep(slices: list[EndpointSlice], endpoints: list[Endpoint]) -> tuple[list[EndpointSlice], list[Endpoint]]:
    """The slices with the current version of their endpoints, and the endpoints that are in no slice."""
    rest = {identity(item): item for item in endpoints}
    held = []
    for item in slices:
        own = [new for old in item.endpoints or [] if (new := rest.pop(identity(old), None)) is not None]
        held.append(evolve(item, endpoints=own))
    return held, list(rest.values())


def _fill(slices: list[EndpointSlice], rest: list[Endpoint]) -> list[EndpointSlice]:
    """The slices filled up with `rest`, in which the endpoints that do not fit are left."""
    filled = []
    for item in sorted(slices, key=lambda one: -len(one.endpoints or [])):
        held = item.endpoints or []
        free = MAX_ENDPOINTS - len(held)
        filled.append(evolve(item, endpoints=[*held, *rest[:free]]))
        del rest[:free]
    return filled


def identity(endpoint: Endpoint) -> tuple[str, str]:
    """What stays the same while an endpoint keeps its place in a slice: its pod and its address."""
    return endpoint.target_ref.uid if endpoint.target_ref else "", endpoint.addresses[0] if endpoint.addresses else ""


def blanks(service: Service, ports: Ports, endpoints: list[Endpoint]) -> list[EndpointSlice]:
    """New slices for endpoints."""
    return [_blank(service, ports, endpoints[i : i + MAX_ENDPOINTS]) for i in range(0, len(endpoints), MAX_ENDPOINTS)]


def _blank(service: Service, ports: Ports, endpoints: list[Endpoint]) -> EndpointSlice:
    meta = service.metadata
    item = EndpointSlice(
        metadata=ObjectMeta(generate_name=f"{meta.name}-", namespace=meta.namespace, owner_references=[controller_reference(service)]),
        address_type="IPv4",
        endpoints=endpoints or None,
        ports=list(ports) or None,
    )
    return _labelled(service, item)


def _labelled(service: Service, item: EndpointSlice) -> EndpointSlice:
    reserved = (labels.SERVICE_NAME, labels.ENDPOINTSLICE_MANAGED_BY, labels.HEADLESS)
    own = {key: value for key, value in service.metadata.labels.items() if key not in reserved}
    own |= {labels.ENDPOINTSLICE_MANAGED_BY: MANAGER, labels.SERVICE_NAME: service.metadata.name}
    own |= {labels.HEADLESS: ""} if is_headless(service) else {}
    return evolve(item, metadata=evolve(item.metadata, labels=own))


def triggered(item: EndpointSlice, trigger: str) -> EndpointSlice:
    """A slice with the time of the change that led to it."""
    meta = item.metadata
    return evolve(item, metadata=evolve(meta, annotations={**meta.annotations, labels.LAST_CHANGE_TRIGGER_TIME: trigger}))
