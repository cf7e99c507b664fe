"""How endpoints are laid out in EndpointSlices (k8s.io/endpointslice/reconciler.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.ownership import controller_reference
from simulator.controllers.endpoints.membership import is_headless
from simulator.objects.base import evolve
from simulator.objects.discovery import Endpoint, EndpointPort, EndpointSlice
from simulator.objects.labels import ENDPOINTSLICE_MANAGED_BY, HEADLESS, LAST_CHANGE_TRIGGER_TIME, SERVICE_NAME
from simulator.objects.meta import ObjectMeta
from simulator.objects.service import Service

MOST_ENDPOINTS = 100
MANAGER = "endpointslice-controller.k8s.io"

Ports = tuple[EndpointPort, ...]


class Plan(NamedTuple):
    """What to write."""

    create: list[EndpointSlice]
    update: list[EndpointSlice]
    delete: list[EndpointSlice]


def plan_slices(service: Service, existing: list[EndpointSlice], wanted: dict[Ports, list[Endpoint]], trigger: str) -> Plan:
    """The writes that make the slices of a Service hold `wanted`: endpoints by their ports.

    An endpoint stays in its slice; new ones fill slices up before another is made. A Service without endpoints keeps one empty slice.
    """
    by_ports: dict[Ports, list[EndpointSlice]] = {}
    for item in existing:
        by_ports.setdefault(tuple(item.ports or ()), []).append(item)
    kept: list[EndpointSlice] = []
    fresh: list[EndpointSlice] = []
    for ports, endpoints in wanted.items():
        held, rest = _keep(by_ports.pop(ports, []), endpoints)
        kept += _fill(held, rest)
        fresh += [_blank(service, ports, rest[i : i + MOST_ENDPOINTS]) for i in range(0, len(rest), MOST_ENDPOINTS)]
    gone = [item for slices in by_ports.values() for item in slices] + [item for item in kept if not item.endpoints]
    kept = [item for item in kept if item.endpoints]
    if not kept and not fresh:
        fresh.append(_blank(service, (), []))
    # A slice that would be deleted while another is created becomes that other one.
    recycled = [evolve(old, endpoints=new.endpoints, ports=new.ports) for old, new in zip(gone, fresh, strict=False)]
    before = {item.metadata.name: item for item in existing}
    labelled = [_labelled(service, item) for item in [*kept, *recycled]]
    update = [_triggered(item, trigger) for item in labelled if item != before[item.metadata.name]]
    return Plan([_triggered(item, trigger) for item in fresh[len(gone) :]], update, gone[len(fresh) :])


def _keep(slices: list[EndpointSlice], endpoints: list[Endpoint]) -> tuple[list[EndpointSlice], list[Endpoint]]:
    """The slices with those of the endpoints that they hold already, brought up to date; and the endpoints that no slice holds."""
    rest = {_identity(item): item for item in endpoints}
    held = []
    for item in slices:
        mine = [found for old in item.endpoints or [] if (found := rest.pop(_identity(old), None)) is not None]
        held.append(evolve(item, endpoints=mine))
    return held, list(rest.values())


def _fill(slices: list[EndpointSlice], rest: list[Endpoint]) -> list[EndpointSlice]:
    """The slices with as many of the rest as there is room for; `rest` keeps what does not fit."""
    filled = []
    for item in sorted(slices, key=lambda one: -len(one.endpoints or [])):
        held = item.endpoints or []
        room = MOST_ENDPOINTS - len(held)
        filled.append(evolve(item, endpoints=[*held, *rest[:room]]))
        del rest[:room]
    return filled


def _identity(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.target_ref.uid if endpoint.target_ref else "", endpoint.addresses[0] if endpoint.addresses else ""


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
    labels = {key: value for key, value in service.metadata.labels.items() if key not in (SERVICE_NAME, ENDPOINTSLICE_MANAGED_BY, HEADLESS)}
    labels |= {ENDPOINTSLICE_MANAGED_BY: MANAGER, SERVICE_NAME: service.metadata.name} | ({HEADLESS: ""} if is_headless(service) else {})
    return evolve(item, metadata=evolve(item.metadata, labels=labels))


def _triggered(item: EndpointSlice, trigger: str) -> EndpointSlice:
    meta = item.metadata
    return evolve(item, metadata=evolve(meta, annotations={**meta.annotations, LAST_CHANGE_TRIGGER_TIME: trigger}))
