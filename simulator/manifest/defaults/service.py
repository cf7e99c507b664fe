"""Defaults of Service and Endpoints (core/v1) and EndpointSlice (discovery/v1). The API server allocates addresses and node ports."""

from __future__ import annotations

from simulator.objects.base import JSON, evolve
from simulator.objects.discovery import EndpointSlice
from simulator.objects.service import Endpoints, Service, ServicePort, ServiceSpec

AFFINITY_SECONDS = 10800


def service(item: Service) -> Service:
    """A Service: ClusterIP, no affinity, TCP ports that lead to the same port of the pod."""
    spec = item.spec
    kind = spec.type or "ClusterIP"
    affinity = spec.session_affinity or "None"
    external = kind in ("NodePort", "LoadBalancer") or (kind == "ClusterIP" and bool(spec.external_ips))
    spec = evolve(
        spec,
        type=kind,
        session_affinity=affinity,
        session_affinity_config=_affinity(spec, affinity),
        ports=[_port(entry) for entry in spec.ports],
        external_traffic_policy=spec.external_traffic_policy or ("Cluster" if external else ""),
        internal_traffic_policy=spec.internal_traffic_policy or ("" if kind == "ExternalName" else "Cluster"),
        publish_not_ready_addresses=spec.publish_not_ready_addresses or None,
    )
    if kind == "LoadBalancer" and spec.allocate_load_balancer_node_ports is None:
        spec = evolve(spec, allocate_load_balancer_node_ports=True)
    return evolve(item, spec=_families(spec))


def _port(item: ServicePort) -> ServicePort:
    target = item.port if item.target_port in (None, 0, "") else item.target_port
    return evolve(item, protocol=item.protocol or "TCP", target_port=target, node_port=item.node_port or None)


def _affinity(spec: ServiceSpec, affinity: str) -> JSON | None:
    if affinity == "ClientIP":
        given = ((spec.session_affinity_config or {}).get("clientIP") or {}).get("timeoutSeconds")
        return {"clientIP": {"timeoutSeconds": AFFINITY_SECONDS if given is None else given}}
    return None if affinity == "None" else spec.session_affinity_config


def _families(spec: ServiceSpec) -> ServiceSpec:
    """The cluster has one address family, IPv4; an ExternalName Service has none.

    A headless Service without a selector may have any endpoints, so it gets both families.
    """
    if spec.type == "ExternalName":
        return spec
    headless_without_selector = spec.cluster_ip == "None" and not spec.selector
    policy, families = ("RequireDualStack", ["IPv4", "IPv6"]) if headless_without_selector else ("SingleStack", ["IPv4"])
    return evolve(spec, ip_family_policy=spec.ip_family_policy or policy, ip_families=spec.ip_families or families)


def endpoints(item: Endpoints) -> Endpoints:
    """Endpoints: TCP ports."""
    subsets = [evolve(subset, ports=[evolve(port, protocol=port.protocol or "TCP") for port in subset.ports]) for subset in item.subsets]
    return evolve(item, subsets=subsets)


def endpoint_slice(item: EndpointSlice) -> EndpointSlice:
    """An EndpointSlice: TCP ports."""
    if not item.ports:
        return item
    return evolve(item, ports=[evolve(port, protocol=port.protocol or "TCP") for port in item.ports])
