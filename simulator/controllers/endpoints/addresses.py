"""The Endpoints of a Service, packed as the API wants them (pkg/api/v1/endpoints/util.go RepackSubsets). Pure."""

from __future__ import annotations

from simulator.controllers.endpoints.membership import HEADLESS, is_headless, ports_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import Pod
from simulator.objects.service import EndpointAddress, EndpointPort, Endpoints, EndpointSubset, ObjectReference, Service

MANAGED_BY = "endpoints.kubernetes.io/managed-by"
MANAGER = "endpoint-controller"


def endpoints_of(service: Service, pods: list[tuple[Pod, bool]]) -> Endpoints:
    """Endpoints of pods, each with whether it is ready: addresses with the same ports stand together, in order of their numbers."""
    by_ports: dict[tuple[EndpointPort, ...], tuple[list[EndpointAddress], list[EndpointAddress]]] = {}
    for pod, ready in pods:
        ports = tuple(
            EndpointPort(port=port.port or 0, name=port.name, protocol=port.protocol, app_protocol=port.app_protocol)
            for port in sorted(ports_of(pod, service), key=lambda port: (port.name, port.port or 0, port.protocol))
        )
        if ports or not service.spec.ports:
            by_ports.setdefault(ports, ([], []))[0 if ready else 1].append(_address(pod, service))
    subsets = [
        EndpointSubset(addresses=sorted(up, key=_number), not_ready_addresses=sorted(down, key=_number), ports=list(ports))
        for ports, (up, down) in by_ports.items()
    ]
    subsets.sort(key=lambda subset: [_number(item) for item in [*subset.addresses, *subset.not_ready_addresses]])
    labels = {**service.metadata.labels, MANAGED_BY: MANAGER, **({HEADLESS: ""} if is_headless(service) else {})}
    return Endpoints(metadata=ObjectMeta(name=service.metadata.name, namespace=service.metadata.namespace, labels=labels), subsets=subsets)


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
