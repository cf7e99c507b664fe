"""Cluster IPs and node ports of Services (pkg/registry/core/service). Deterministic: drawn from a stream named after the Service."""

from __future__ import annotations

from simulator.engine import Streams
from simulator.journal.reads import Reads
from simulator.journal.store import Store
from simulator.manifest.validation.errors import FieldError, invalid
from simulator.objects.base import evolve
from simulator.objects.kinds import key_of
from simulator.objects.service import Service, ServicePort, ServiceSpec

CLUSTER_RANGE = (10 << 24) | (96 << 16)
CLUSTER_RANGE_SIZE = 1 << 20
"""10.96.0.0/12."""
CLUSTER_RANGE_STATIC = 256
"""The lowest addresses, which are given only on explicit request."""
NODE_PORTS = range(30000, 32768)
NODE_PORTS_STATIC = 86


API_SERVER = "10.96.0.1"
"""The address of the Service `kubernetes`, which every cluster has."""


def taken(service: Service, reads: Reads, before: Service | None = None) -> FieldError | None:
    """Why a Service cannot have an explicit address or node port: another one has it. It may keep those it had `before`."""
    mine = key_of(service)
    others = [other for other in reads.typed(Service) if key_of(other) != mine]
    addresses = {API_SERVER, *(address for other in others for address in other.spec.cluster_ips)}
    had = [] if before is None else [*before.spec.cluster_ips, before.spec.cluster_ip]
    explicit = service.spec.cluster_ips or [service.spec.cluster_ip]
    for address in explicit:
        if address in addresses and address not in ("", "None", *had):
            return invalid("spec.clusterIPs", explicit, f"failed to allocate IP {address}: provided IP is already allocated")
    numbers = {port.node_port for other in others for port in other.spec.ports}
    own = set() if before is None else {port.node_port for port in before.spec.ports}
    for index, port in enumerate(service.spec.ports):
        if port.node_port and port.node_port in numbers - own:
            return invalid(f"spec.ports[{index}].nodePort", port.node_port, "provided port is already allocated")
    return None


def dotted(number: int) -> str:
    """An IPv4 address as text."""
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def with_addresses(service: Service, store: Store, streams: Streams, before: Service | None = None) -> Service:
    """The Service with addresses and node ports allocated where it sets none; an update keeps those it had."""
    spec = service.spec
    if spec.type == "ExternalName":
        return evolve(service, spec=evolve(spec, cluster_ip="", cluster_ips=[]))
    if before is not None and before.spec.cluster_ip and not spec.cluster_ip:
        spec = evolve(spec, cluster_ip=before.spec.cluster_ip)
    if not spec.cluster_ip:
        spec = evolve(spec, cluster_ip=_free_address(service, store, streams))
    if spec.type in ("NodePort", "LoadBalancer"):
        spec = _with_node_ports(service, spec, store, streams, [] if before is None else before.spec.ports)
    families = spec.ip_families or (["IPv4"] if spec.cluster_ip else [])
    policy = spec.ip_family_policy or "SingleStack"
    return evolve(service, spec=evolve(spec, cluster_ips=[spec.cluster_ip], ip_families=families, ip_family_policy=policy))


def _free_address(service: Service, store: Store, streams: Streams) -> str:
    taken = {other.spec.cluster_ip for other in store.typed(Service)}
    stream = streams.stream("cluster-ip", service.metadata.namespace, service.metadata.name)
    while True:
        offset = CLUSTER_RANGE_STATIC + int(stream.random() * (CLUSTER_RANGE_SIZE - CLUSTER_RANGE_STATIC - 1))
        address = dotted(CLUSTER_RANGE + offset)
        if address not in taken:
            return address


def _with_node_ports(service: Service, spec: ServiceSpec, store: Store, streams: Streams, old: list[ServicePort]) -> ServiceSpec:
    if spec.allocate_load_balancer_node_ports is False and spec.type == "LoadBalancer":
        return spec
    had = {(port.port, port.protocol): port.node_port for port in old}
    taken = {port.node_port for other in store.typed(Service) for port in other.spec.ports if port.node_port}
    stream = streams.stream("node-port", service.metadata.namespace, service.metadata.name)
    ports = []
    for port in spec.ports:
        number = port.node_port or had.get((port.port, port.protocol))
        while not number or (number in taken and number not in had.values() and not port.node_port):
            number = NODE_PORTS[NODE_PORTS_STATIC + int(stream.random() * (len(NODE_PORTS) - NODE_PORTS_STATIC))]
        taken.add(number)
        ports.append(evolve(port, node_port=number))
    return evolve(spec, ports=ports)
