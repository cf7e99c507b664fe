"""`describe svc`, `describe endpoints`, `describe endpointslice`."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.golang.text import go_value
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.tables.services import host_port
from simulator.kubectl.view import View
from simulator.objects.discovery import Endpoint, EndpointSlice, is_ready_endpoint
from simulator.objects.kinds import Key
from simulator.objects.labels import SERVICE_NAME
from simulator.objects.selector_text import labels_text
from simulator.objects.service import Endpoints, EndpointSubset, Service, ServicePort

_SHOWN = 3  # endpoints


def service(item: Service, sheet: Sheet, view: View) -> None:
    """A Service and its ready endpoints."""
    spec = item.spec
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.row("Selector", labels_text(spec.selector))
    sheet.row("Type", spec.type)
    sheet.rows([("IP Family Policy", spec.ip_family_policy or None)])
    sheet.row("IP Families", ",".join(spec.ip_families) or "<none>")
    sheet.row("IP", spec.cluster_ip)
    sheet.row("IPs", ",".join(spec.cluster_ips) or "<none>")
    addresses: list[tuple[str, object]] = [
        ("External IPs", ",".join(spec.external_ips) or None),
        (view.dialect.say("service.load_balancer_ip"), spec.load_balancer_ip or None),
        ("External Name", spec.external_name or None),
        ("LoadBalancer Ingress", _ingress(item) or None),
    ]
    sheet.rows(addresses)
    for port in spec.ports:
        _port(item, port, sheet, view)
    sheet.row("Session Affinity", spec.session_affinity)
    internal = view.dialect.service_has_internal_policy
    policies: list[tuple[str, object]] = [
        ("External Traffic Policy", spec.external_traffic_policy or None),
        ("Internal Traffic Policy", (spec.internal_traffic_policy or None) if internal else None),
        ("HealthCheck NodePort", spec.health_check_node_port or None),
        ("LoadBalancer Source Ranges", ",".join(spec.load_balancer_source_ranges) or None),
        ("Traffic Distribution", (spec.traffic_distribution or None) if view.dialect.service_has_distribution else None),
    ]
    sheet.rows(policies)


def _ingress(item: Service) -> str:
    texts = []
    for one in item.status.load_balancer.ingress:
        mode = f" ({one['ipMode']})" if one.get("ipMode") else ""
        texts.append(f"{one['ip']}{mode}" if one.get("ip") else str(one.get("hostname", "")))
    return ", ".join(texts)


def _port(item: Service, port: ServicePort, sheet: Sheet, view: View) -> None:
    name = port.name or "<unset>"
    sheet.line(f"Port:\t{name}\t{port.port}/{port.protocol}")
    sheet.row("TargetPort", f"{'' if port.target_port is None else port.target_port}/{port.protocol}")
    if port.app_protocol and view.dialect.service_has_app_protocol:
        sheet.row("AppProtocol", port.app_protocol)
    if port.node_port:
        sheet.line(f"NodePort:\t{name}\t{port.node_port}/{port.protocol}")
    sheet.row("Endpoints", endpoints_text(item, port.name, view))


def endpoints_text(item: Service, port_name: str, view: View) -> str:
    """The first endpoints of a Service's port, and how many more there are."""
    namespace, name = item.metadata.namespace, item.metadata.name
    if view.dialect.service_reads_slices:
        slices = [one for one in view.snapshot.typed(EndpointSlice, namespace) if one.metadata.labels.get(SERVICE_NAME) == name]
        matches = [pair for one in slices for pair in _of_slice(one, port_name)]
        exists = bool(slices)
    else:
        holder = view.snapshot.get(Key("Endpoints", namespace, name))
        subsets = holder.subsets if isinstance(holder, Endpoints) else []
        matches = [(text, True) for subset in subsets for text in _of_subset(subset, port_name)]
        exists = bool(subsets)
    if not exists:
        return "<none>"
    return _shown([(text, ready or not view.dialect.service_shows_ready_only) for text, ready in matches])


def _shown(matches: list[tuple[str, bool]]) -> str:
    """The first endpoints that count, and how many more do; kubectl says `+ 0 more` when only others follow."""
    counting = [text for text, counts in matches if counts]
    text = ",".join(counting[:_SHOWN])
    if len(counting) < _SHOWN:
        return text
    places = [i for i, (_, counts) in enumerate(matches) if counts]
    return text + (f" + {len(counting) - _SHOWN} more..." if places[_SHOWN - 1] < len(matches) - 1 else "")


def _of_slice(one: EndpointSlice, port_name: str) -> Iterator[tuple[str, bool]]:
    """Address (and port, if the slice has any) of each endpoint, and whether it is ready."""
    numbers = [port.port or 0 for port in one.ports or [] if port.name == port_name] if one.ports else [None]
    for number in numbers:
        for endpoint in one.endpoints or []:
            address = endpoint.addresses[0]
            ready = is_ready_endpoint(endpoint)
            yield (address if number is None else host_port(address, number)), ready


def _of_subset(subset: EndpointSubset, port_name: str) -> Iterator[str]:
    for port in subset.ports:
        if port.name == port_name:
            yield from (host_port(address.ip, port.port) for address in subset.addresses)
    if not subset.ports:
        yield from (address.ip for address in subset.addresses)


def endpoints(item: Endpoints, sheet: Sheet, _view: View) -> None:
    """Endpoints, ready and not."""
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.line("Subsets:")
    for subset in item.subsets:
        sheet.row("Addresses", ",".join(one.ip for one in subset.addresses) or "<none>", 1)
        sheet.row("NotReadyAddresses", ",".join(one.ip for one in subset.not_ready_addresses) or "<none>", 1)
        if subset.ports:
            sheet.line("Ports:", 1)
            _port_table([(port.name, str(port.port), port.protocol) for port in subset.ports], sheet, 2)
        sheet.line("")


def _port_table(ports: list[tuple[str, str, str]], sheet: Sheet, level: int) -> None:
    sheet.line("Name\tPort\tProtocol", level)
    sheet.line("----\t----\t--------", level)
    for name, number, protocol in ports:
        sheet.line(f"{name or '<unset>'}\t{number}\t{protocol}", level)


def endpoint_slice(item: EndpointSlice, sheet: Sheet, _view: View) -> None:
    """An EndpointSlice."""
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.row("AddressType", item.address_type)
    if item.ports:
        sheet.line("Ports:")
        numbers = [(port.name, "<unset>" if port.port is None else str(port.port), port.protocol) for port in item.ports]
        _port_table(numbers, sheet, 1)
    else:
        sheet.line("Ports: <unset>")
    sheet.line("Endpoints:" if item.endpoints else "Endpoints: <none>")
    for endpoint in item.endpoints or []:
        _endpoint(endpoint, sheet)


def _endpoint(endpoint: Endpoint, sheet: Sheet) -> None:
    ready = endpoint.conditions.ready if endpoint.conditions else None
    target = endpoint.target_ref
    sheet.row("- Addresses", ", ".join(endpoint.addresses) or "<none>", 1)
    sheet.line("Conditions:", 2)
    sheet.row("Ready", "<unset>" if ready is None else go_value(ready), 3)
    described: list[tuple[str, object]] = [
        ("Hostname", endpoint.hostname or "<unset>"),
        ("TargetRef", f"{target.kind}/{target.name}" if target else None),
        ("NodeName", endpoint.node_name or "<unset>"),
        ("Zone", endpoint.zone or "<unset>"),
    ]
    sheet.rows(described, 2)


DESCRIBERS = {"Service": service, "Endpoints": endpoints, "EndpointSlice": endpoint_slice}
