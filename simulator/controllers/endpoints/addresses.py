"""The Endpoints of a Service in their canonical form (pkg/api/v1/endpoints/util.go RepackSubsets). Pure."""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import NamedTuple

from simulator.controllers.endpoints.membership import is_headless, ports_of
from simulator.objects import labels
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.service import EndpointAddress, EndpointPort, Endpoints, EndpointSubset, ObjectReference, Service

MANAGER = "endpoint-controller"


class Placed(NamedTuple):
    """An address, its ports, and its sort key."""

    ports: tuple[EndpointPort, ...]
    address: EndpointAddress
    number: tuple[tuple[int, ...], str]


def placed(pod: Pod, service: Service) -> Placed:
    """The address of a pod behind a Service."""
    ports = tuple(
        EndpointPort(port=port.port or 0, name=port.name, protocol=port.protocol, app_protocol=port.app_protocol)
        for port in sorted(ports_of(pod, service), key=lambda port: (port.name, port.port or 0, port.protocol))
    )
    address = _address(pod, service)
    return Placed(ports, address, _number(address))


def endpoints_of(service: Service, pods: list[tuple[Placed, bool]]) -> Endpoints:
    """The Endpoints of pods, each with whether it is ready. Addresses with the same ports form a subset, in numerical order."""
    by_ports: dict[tuple[EndpointPort, ...], tuple[list[Placed], list[Placed]]] = {}
    for item, ready in pods:
        if item.ports or not service.spec.ports:
            by_ports.setdefault(item.ports, ([], []))[0 if ready else 1].append(item)
    subsets = []
    for ports, both in by_ports.items():
        up, down = (sorted(items, key=attrgetter("number")) for items in both)
        subset = EndpointSubset(
            addresses=[item.address for item in up], not_ready_addresses=[item.address for item in down], ports=list(ports)
        )
        subsets.append(([item.number for item in (*up, *down)], subset))
    subsets.sort(key=itemgetter(0))
    own = {**service.metadata.labels, labels.ENDPOINTS_MANAGED_BY: MANAGER, **({labels.HEADLESS: ""} if is_headless(service) else {})}
    meta = ObjectMeta(name=service.metadata.name, namespace=service.metadata.namespace, labels=own)
    return Endpoints(metadata=meta, subsets=[subset for _, subset in subsets])


def _address(pod: Pod, service: Service) -> EndpointAddress:
    meta = pod.metadata
    named = pod.spec.hostname and pod.spec.subdomain == service.metadata.name
    return EndpointAddress(
        ip=pod.status.pod_ip,
        hostname=pod.spec.hostname if named else "",
        node_name=pod.spec.node_name,
        target_ref=ObjectReference(kind="Pod", namespace=meta.namespace, name=meta.name, uid=meta.uid),
    )


def _number(address: EndpointAddress) -> tuple[tuple[int, ...], str]:
    parts = address.ip.split(".")
    return tuple(int(part) for part in parts if part.isdigit()), address.ip
