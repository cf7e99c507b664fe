"""Rules for Services (pkg/apis/core/validation, and the allocators of addresses and ports behind it)."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.containers import PROTOCOLS, one_of
from simulator.manifest.validation.errors import Errors, duplicate, forbidden, invalid, required, unsupported
from simulator.manifest.validation.internal import go_value
from simulator.manifest.validation.meta import each, labels, object_meta
from simulator.manifest.validation.probes import port_number_or_name
from simulator.objects.base import JSON

TYPES = ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort")
AFFINITIES = ("ClientIP", "None")
TRAFFIC = ("Cluster", "Local")
FAMILIES = ("IPv4", "IPv6")
FAMILY_POLICIES = ("PreferDualStack", "RequireDualStack", "SingleStack")
MOST_AFFINITY_SECONDS = 86400
ONLY_LOAD_BALANCER = "may only be used when `type` is 'LoadBalancer'"
NODE_PORTS = (30000, 32767)
CLUSTER_RANGE = ip_network("10.96.0.0/12")


def service(item: JSON, dialect: Dialect) -> Errors:
    """A new Service."""
    rule = names.dns_label if dialect.service_names_may_begin_with_a_digit else names.dns_1035_label
    yield from object_meta(item["metadata"], rule, namespaced=True)
    wrong = list(service_itself(item, dialect))
    yield from wrong
    if not wrong:
        yield from _allocated(item.get("spec") or {}, "spec")


def service_itself(item: JSON, dialect: Dialect) -> Errors:
    """A Service, new or changed."""
    spec, path = item.get("spec") or {}, "spec"
    kind, ports, headless = spec.get("type", ""), spec.get("ports") or [], _is_headless(spec)
    if not ports and not headless and kind != "ExternalName":
        yield required(f"{path}.ports")
    if kind in ("LoadBalancer", "NodePort") and headless:
        yield invalid(f"{path}.clusterIPs[0]", "None", f"may not be set to 'None' for {kind} services")
    if kind == "ExternalName":
        yield from _external_name(spec, path)
    yield from _ports(ports, f"{path}.ports")
    yield from labels(spec.get("selector"), f"{path}.selector")
    yield from _affinity(spec, path)
    if kind != "ExternalName":
        yield from _addresses(spec, path)
    for index, address in enumerate(spec.get("externalIPs") or []):
        yield from _external_ip(address, f"{path}.externalIPs[{index}]")
    yield from one_of(kind, TYPES, f"{path}.type")
    yield from _port_conflicts(spec, f"{path}.ports")
    yield from _load_balancer(spec, path, dialect)
    yield from _traffic(spec, path, dialect)


def cluster_ips(spec: JSON) -> list[str]:
    """The addresses a Service names: `clusterIP` alone is the first of them."""
    given: list[str] = spec.get("clusterIPs") or []
    return given or ([spec["clusterIP"]] if spec.get("clusterIP") else [])


def _is_headless(spec: JSON) -> bool:
    return cluster_ips(spec) == ["None"]


def _external_name(spec: JSON, path: str) -> Errors:
    for field, given in (
        ("clusterIPs", cluster_ips(spec)),
        ("ipFamilies", spec.get("ipFamilies")),
        ("ipFamilyPolicy", spec.get("ipFamilyPolicy")),
    ):
        if given:
            yield forbidden(f"{path}.{field}", "may not be set for ExternalName services")
    name = spec.get("externalName", "").removesuffix(".")
    if name:
        yield from each(f"{path}.externalName", name, names.dns_subdomain(name))
    else:
        yield required(f"{path}.externalName")


def _ports(items: list[JSON], path: str) -> Errors:
    seen: set[str] = set()
    for index, item in enumerate(items):
        here, name = f"{path}[{index}]", item.get("name", "")
        if not name and len(items) > 1:
            yield required(f"{here}.name")
        elif name:
            yield from each(f"{here}.name", name, names.dns_label(name))
            if name in seen:
                yield duplicate(f"{here}.name", name)
            seen.add(name)
        yield from each(f"{here}.port", item.get("port", 0), names.port_number(item.get("port", 0)))
        yield from one_of(item.get("protocol", ""), PROTOCOLS, f"{here}.protocol")
        yield from port_number_or_name(item.get("targetPort"), f"{here}.targetPort")
        if protocol := item.get("appProtocol"):
            yield from each(f"{here}.appProtocol", protocol, names.qualified_name(protocol))


def _affinity(spec: JSON, path: str) -> Errors:
    affinity, config = spec.get("sessionAffinity", ""), spec.get("sessionAffinityConfig")
    yield from one_of(affinity, AFFINITIES, f"{path}.sessionAffinity")
    if affinity == "ClientIP":
        seconds = ((config or {}).get("clientIP") or {}).get("timeoutSeconds")
        here = f"{path}.sessionAffinityConfig.clientIP.timeoutSeconds"
        if seconds is None:
            yield required(here, "when session affinity type is ClientIP")
        elif not 0 < seconds <= MOST_AFFINITY_SECONDS:
            yield invalid(here, seconds, f"must be greater than 0 and less than {MOST_AFFINITY_SECONDS}")
    elif affinity == "None" and config is not None:
        yield forbidden(f"{path}.sessionAffinityConfig", "must not be set when session affinity is None")


def _addresses(spec: JSON, path: str) -> Errors:
    addresses, families = cluster_ips(spec), spec.get("ipFamilies") or []
    if spec.get("clusterIP") and addresses[0] != spec["clusterIP"]:
        yield invalid(f"{path}.clusterIPs", addresses, "first value must match `clusterIP`")
    if not spec.get("clusterIP") and spec.get("clusterIPs"):
        yield invalid(f"{path}.clusterIPs", addresses, "must be empty when `clusterIP` is not specified")
    for index, family in enumerate(families):
        if family not in FAMILIES:
            yield unsupported(f"{path}.ipFamilies[{index}]", family, FAMILIES)
        if family in families[:index]:
            yield duplicate(f"{path}.ipFamilies[{index}]", family)
    if spec.get("ipFamilyPolicy") and spec["ipFamilyPolicy"] not in FAMILY_POLICIES:
        yield unsupported(f"{path}.ipFamilyPolicy", spec["ipFamilyPolicy"], FAMILY_POLICIES)
    wrong = list(_each_address(addresses, f"{path}.clusterIPs"))
    yield from wrong
    if len(addresses) > 2:
        yield invalid(f"{path}.clusterIPs", addresses, "may only hold up to 2 values")
    if wrong or addresses == ["None"]:
        return
    versions = [isinstance(ip_address(address), IPv6Address) for address in addresses]
    if len(versions) > 1 and len(set(versions)) == 1:
        yield invalid(f"{path}.clusterIPs", addresses, "may specify no more than one IP for each IP family")
    for index, (address, is_v6, family) in enumerate(zip(addresses, versions, families, strict=False)):
        if is_v6 != (family == "IPv6"):
            yield invalid(f"{path}.clusterIPs[{index}]", address, f"expected an {family} value as indicated by `ipFamilies[{index}]`")


def _each_address(addresses: list[str], path: str) -> Errors:
    for index, address in enumerate(addresses):
        if index == 0 and address == "None":
            if len(addresses) > 1:
                yield invalid(path, addresses, "'None' must be the first and only value")
        else:
            yield from each(f"{path}[{index}]", address, names.address(address))


def _external_ip(text: str, path: str) -> Errors:
    wrong = names.address(text)
    yield from each(path, text, wrong)
    if wrong:
        return
    address = ip_address(text)
    rules = (
        (address.is_unspecified, f"may not be unspecified ({text})"),
        (address.is_loopback, "may not be in the loopback range (127.0.0.0/8, ::1/128)"),
        (address.is_link_local, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"),
        (str(address).startswith(("224.0.0.", "ff02:")), "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"),
    )
    yield from each(path, text, [sentence for broken, sentence in rules if broken])


def _port_conflicts(spec: JSON, path: str) -> Errors:
    ports = spec.get("ports") or []
    for index, port in enumerate(ports):
        if spec.get("type") == "ClusterIP" and port.get("nodePort"):
            yield forbidden(f"{path}[{index}].nodePort", "may not be used when `type` is 'ClusterIP'")
    for field in ("nodePort", "port"):
        seen: set[tuple[str, int]] = set()
        for index, port in enumerate(ports):
            key = (port.get("protocol", ""), port.get(field, 0))
            if field == "nodePort" and not key[1]:
                continue
            if key in seen:
                whole = go_value("ServicePort", {"protocol": key[0], "port": key[1]})
                yield duplicate(f"{path}[{index}].nodePort", key[1]) if field == "nodePort" else duplicate(f"{path}[{index}]", whole)
            seen.add(key)


def _load_balancer(spec: JSON, path: str, dialect: Dialect) -> Errors:
    is_one, ranges = spec.get("type") == "LoadBalancer", spec.get("loadBalancerSourceRanges") or []
    if ranges and not is_one:
        yield forbidden(f"{path}.LoadBalancerSourceRanges", ONLY_LOAD_BALANCER)
    for index, text in enumerate(ranges):
        wrong = names.cidr(text.strip(), strict=dialect.networks_are_written_strictly)
        yield from each(f"{path}.LoadBalancerSourceRanges[{index}]", text.strip(), wrong)
    if spec.get("allocateLoadBalancerNodePorts") is not None and not is_one:
        yield forbidden(f"{path}.allocateLoadBalancerNodePorts", ONLY_LOAD_BALANCER)
    if name := spec.get("loadBalancerClass"):
        if is_one:
            yield from each(f"{path}.loadBalancerClass", name, names.qualified_name(name))
        else:
            yield forbidden(f"{path}.loadBalancerClass", ONLY_LOAD_BALANCER)


def _traffic(spec: JSON, path: str, dialect: Dialect) -> Errors:
    kind, outside = spec.get("type"), spec.get("externalTrafficPolicy", "")
    reachable = kind in ("LoadBalancer", "NodePort") or (kind == "ClusterIP" and bool(spec.get("externalIPs")))
    if reachable:
        yield from one_of(outside, TRAFFIC, f"{path}.externalTrafficPolicy")
    elif outside:
        yield invalid(f"{path}.externalTrafficPolicy", outside, "may only be set for externally-accessible services")
    if spec.get("healthCheckNodePort") and not (kind == "LoadBalancer" and outside == "Local"):
        only = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        yield invalid(f"{path}.healthCheckNodePort", spec["healthCheckNodePort"], only)
    inside = spec.get("internalTrafficPolicy")
    if inside is not None and inside not in TRAFFIC:
        yield unsupported(f"{path}.internalTrafficPolicy", inside, TRAFFIC)
    known = ["PreferClose", *(["PreferSameZone", "PreferSameNode"] if dialect.traffic_may_prefer_the_same_zone else [])]
    if spec.get("trafficDistribution") and spec["trafficDistribution"] not in known:
        yield unsupported(f"{path}.trafficDistribution", spec["trafficDistribution"], known)


def _one_family(spec: JSON, path: str) -> Errors:
    """The cluster has addresses of one family; a headless Service that selects nothing needs none of them."""
    headless_alone = spec.get("clusterIP") == "None" and not spec.get("selector")
    if spec.get("type") == "ExternalName" or headless_alone:
        return
    if spec.get("ipFamilyPolicy") == "RequireDualStack":
        yield invalid(f"{path}.ipFamilyPolicy", "RequireDualStack", "this cluster is not configured for dual-stack services")
    for index, family in enumerate(spec.get("ipFamilies") or []):
        if family != f"IPv{CLUSTER_RANGE.version}":
            yield invalid(f"{path}.ipFamilies[{index}]", family, "not configured on this cluster")


def _allocated(spec: JSON, path: str) -> Errors:
    """Addresses and ports of the nodes come from ranges; the allocators look when everything else is right."""
    wrong = list(_one_family(spec, path))
    if wrong:
        yield from wrong
        return
    addresses = [address for address in cluster_ips(spec) if address != "None"]
    for address in addresses:
        if ip_address(address).version != CLUSTER_RANGE.version or ip_address(address) not in CLUSTER_RANGE:
            reason = "the provided network does not match the current range"
            yield invalid(f"{path}.clusterIPs", addresses, f"failed to allocate IP {address}: {reason}")
            return
    low, high = NODE_PORTS
    for index, port in enumerate(spec.get("ports") or []):
        number = port.get("nodePort")
        if number and not low <= number <= high:
            sentence = f"provided port is not in the valid range. The range of valid ports is {low}-{high}"
            yield invalid(f"{path}.ports[{index}].nodePort", number, sentence)
            # The allocator gives up at the first port that it cannot have.
            return
