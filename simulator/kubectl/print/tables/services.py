"""`get svc`, `get endpoints`, `get endpointslices`."""

from __future__ import annotations

from simulator.kubectl.print.tables.table import Table, at_most_three, columns, or_none
from simulator.kubectl.view import View
from simulator.objects.discovery import EndpointPort, EndpointSlice
from simulator.objects.selector_text import labels_text
from simulator.objects.service import Endpoints, EndpointSubset, Service


def _external_ip(service: Service) -> str:
    spec = service.spec
    if spec.type == "ExternalName":
        return spec.external_name
    balancers = sorted({part.get("ip") or part.get("hostname") or "" for part in service.status.load_balancer.ingress} - {""})
    if spec.type == "LoadBalancer":
        return ",".join([*balancers, *spec.external_ips]) or "<pending>"
    return or_none(",".join(spec.external_ips)) if spec.type in ("ClusterIP", "NodePort") else "<unknown>"


def _service(item: Service, view: View) -> list[str]:
    spec = item.spec
    ports = [f"{port.port}{f':{port.node_port}' if port.node_port else ''}/{port.protocol}" for port in spec.ports]
    return [
        item.metadata.name,
        spec.type,
        spec.cluster_ips[0] if spec.cluster_ips else "<none>",
        _external_ip(item),
        or_none(",".join(ports)),
        view.age(item.metadata.creation_timestamp),
        labels_text(spec.selector),
    ]


def host_port(address: str, port: int) -> str:
    """`10.0.0.1:80`, `[fd00::1]:80`."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _subset(subset: EndpointSubset) -> list[str]:
    """Every address with every port; headless Services may have no ports."""
    if not subset.ports:
        return [address.ip for address in subset.addresses]
    return [host_port(address.ip, port.port) for port in subset.ports for address in subset.addresses]


def _endpoints(item: Endpoints, view: View) -> list[str]:
    shown, more = at_most_three(text for subset in item.subsets for text in _subset(subset))
    text = (shown + (f" + {more} more..." if more else "")) if item.subsets else "<none>"
    return [item.metadata.name, text, view.age(item.metadata.creation_timestamp)]


def _port(port: EndpointPort) -> str:
    return str(port.port) if port.port is not None else port.name or "*"


def _endpoint_slice(item: EndpointSlice, view: View) -> list[str]:
    lists = (map(_port, item.ports or []), (address for endpoint in item.endpoints or [] for address in endpoint.addresses))
    cells = []
    for shown, more in map(at_most_three, lists):
        cells.append(f"{shown} + {more} more..." if more else shown or "<unset>")
    return [item.metadata.name, item.address_type, *cells, view.age(item.metadata.creation_timestamp)]


TABLES = {
    "Service": Table(columns("NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE", "SELECTOR"), _service),
    "Endpoints": Table(columns("NAME ENDPOINTS AGE"), _endpoints),
    "EndpointSlice": Table(columns("NAME ADDRESSTYPE PORTS ENDPOINTS AGE"), _endpoint_slice),
}
