"""Rules for kinds that are stored but not simulated: autoscaling, networking, rbac; and PodDisruptionBudget (policy)."""

from __future__ import annotations

from ipaddress import ip_network

from simulator.dialect import Dialect
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, forbidden, invalid, required, unsupported
from simulator.manifest.validation.internal import go_value
from simulator.manifest.validation.meta import each, label_selector, object_meta
from simulator.manifest.validation.workloads import at_most_all, number_or_percent
from simulator.objects.base import JSON
from simulator.objects.labels import INGRESS_CLASS

RBAC_GROUP = "rbac.authorization.k8s.io"
PATH_TYPES = ("Exact", "ImplementationSpecific", "Prefix")
EVICTION_POLICIES = ("AlwaysAllow", "IfHealthyBudget")
PROTOCOLS = ("TCP", "UDP", "SCTP")
BAD_SEQUENCES = ("//", "/./", "/../", "%2f", "%2F")
BAD_ENDINGS = ("/..", "/.")


def disruption_budget(item: JSON) -> Errors:
    """A PodDisruptionBudget. Its metadata is checked by the rules for all objects."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        yield invalid(path, go_value("PodDisruptionBudgetSpec", spec), "minAvailable and maxUnavailable cannot be both set")
    for field in ("minAvailable", "maxUnavailable"):
        if spec.get(field) is not None:
            yield from number_or_percent(spec[field], f"{path}.{field}")
            yield from at_most_all(spec[field], f"{path}.{field}")
    yield from label_selector(spec.get("selector"), f"{path}.selector")
    policy = spec.get("unhealthyPodEvictionPolicy")
    if policy is not None and policy not in EVICTION_POLICIES:
        yield unsupported(f"{path}.unhealthyPodEvictionPolicy", policy, EVICTION_POLICIES)


def network_policy(item: JSON, dialect: Dialect) -> Errors:
    """A NetworkPolicy."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from label_selector(spec.get("podSelector"), f"{path}.podSelector")
    for direction, peers in (("ingress", "from"), ("egress", "to")):
        for index, rule in enumerate(spec.get(direction) or []):
            here = f"{path}.{direction}[{index}]"
            for number, port in enumerate(rule.get("ports") or []):
                yield from _policy_port(port, f"{here}.ports[{number}]")
            for number, peer in enumerate(rule.get(peers) or []):
                yield from _peer(peer, f"{here}.{peers}[{number}]", dialect)
    types = spec.get("policyTypes") or []
    if len(types) > 2:
        yield invalid(f"{path}.policyTypes", types, "may not specify more than two policyTypes")
        return
    for index, kind in enumerate(types):
        if kind not in ("Ingress", "Egress"):
            yield unsupported(f"{path}.policyTypes[{index}]", kind, ["Ingress", "Egress"])


def _policy_port(item: JSON, path: str) -> Errors:
    port, end, protocol = item.get("port"), item.get("endPort"), item.get("protocol")
    if protocol is not None and protocol not in PROTOCOLS:
        yield unsupported(f"{path}.protocol", protocol, PROTOCOLS)
    if isinstance(port, str):
        if end is not None:
            yield invalid(f"{path}.endPort", end, "may not be specified when `port` is non-numeric")
        yield from each(f"{path}.port", port, names.port_name(port))
    elif port is not None:
        yield from each(f"{path}.port", port, names.port_number(port))
        if end is not None:
            if end < port:
                yield invalid(f"{path}.endPort", port, "must be greater than or equal to `port`")
            yield from each(f"{path}.endPort", end, names.port_number(end))
    elif end is not None:
        yield invalid(f"{path}.endPort", end, "may not be specified when `port` is not specified")


def _peer(item: JSON, path: str, dialect: Dialect) -> Errors:
    given = [field for field in ("podSelector", "namespaceSelector", "ipBlock") if item.get(field) is not None]
    for field in given:
        if field == "ipBlock":
            yield from _ip_block(item[field], f"{path}.ipBlock", dialect)
        else:
            yield from label_selector(item[field], f"{path}.{field}")
    if not given:
        yield required(path, "must specify a peer")
    elif len(given) > 1 and "ipBlock" in given:
        yield forbidden(path, "may not specify both ipBlock and another peer")


def _ip_block(item: JSON, path: str, dialect: Dialect) -> Errors:
    strict = dialect.networks_are_written_strictly
    block = item.get("cidr", "")
    if not block:
        yield required(f"{path}.cidr")
        return
    wrong = names.cidr(block, strict=strict)
    yield from each(f"{path}.cidr", block, wrong)
    for index, text in enumerate([] if wrong else item.get("except") or []):
        here, bad = f"{path}.except[{index}]", names.cidr(text, strict=strict)
        yield from each(here, text, bad)
        if bad:
            continue
        outer, inner = ip_network(block, strict=False), ip_network(text, strict=False)
        inside = outer.version == inner.version and inner.network_address in outer
        if not inside or outer.prefixlen >= inner.prefixlen:
            yield invalid(here, text, "must be a strict subset of `cidr`")


def ingress(item: JSON, dialect: Dialect) -> Errors:
    """An Ingress."""
    spec, path, meta = item.get("spec") or {}, "spec", item["metadata"]
    yield from object_meta(meta, names.dns_subdomain, namespaced=True)
    rules, default = spec.get("rules") or [], spec.get("defaultBackend")
    if not rules and default is None:
        yield invalid(path, spec.get("rules"), "either `defaultBackend` or `rules` must be specified")
    if default is not None:
        yield from _backend(default, f"{path}.defaultBackend", dialect)
    for index, rule in enumerate(rules):
        yield from _ingress_rule(rule, f"{path}.rules[{index}]", dialect)
    for index, tls in enumerate(spec.get("tls") or []):
        for number, host in enumerate(tls.get("hosts") or []):
            rule_for_host = names.wildcard_subdomain if "*" in host else names.dns_subdomain
            yield from each(f"{path}.tls[{index}].hosts[{number}]", host, rule_for_host(host))
        if name := tls.get("secretName"):
            yield from each(f"{path}.tls[{index}].secretName", name, names.dns_subdomain(name))
    name, annotation = spec.get("ingressClassName"), (meta.get("annotations") or {}).get(INGRESS_CLASS)
    if name is not None:
        yield from each(f"{path}.ingressClassName", name, names.dns_subdomain(name))
        if annotation is not None and annotation != name:
            yield invalid(f"annotations.{INGRESS_CLASS}", annotation, "must match `ingressClassName` when both are specified")


def _ingress_rule(rule: JSON, path: str, dialect: Dialect) -> Errors:
    host = rule.get("host", "")
    if host:
        if not names.address(host):
            yield invalid(f"{path}.host", host, "must be a DNS name, not an IP address")
        yield from each(f"{path}.host", host, (names.wildcard_subdomain if "*" in host else names.dns_subdomain)(host))
    if rule.get("http") is None:
        return
    paths = rule["http"].get("paths") or []
    if not paths:
        yield required(f"{path}.http.paths")
    for index, item in enumerate(paths):
        here, kind = f"{path}.http.paths[{index}]", item.get("pathType")
        if kind is None:
            yield required(f"{here}.pathType", "pathType must be specified")
            continue
        yield from _ingress_path(kind, item.get("path", ""), here)
        yield from _backend(item.get("backend") or {}, f"{here}.backend", dialect)


def _ingress_path(kind: str, text: str, path: str) -> Errors:
    if kind not in PATH_TYPES:
        yield unsupported(f"{path}.pathType", kind, PATH_TYPES)
        return
    exact = kind != "ImplementationSpecific"
    if (text or exact) and not text.startswith("/"):
        yield invalid(f"{path}.path", text, "must be an absolute path")
    if exact and text:
        yield from each(f"{path}.path", text, (f"must not contain '{bad}'" for bad in BAD_SEQUENCES if bad in text))
        yield from each(f"{path}.path", text, (f"cannot end with '{bad}'" for bad in BAD_ENDINGS if text.endswith(bad)))


def _backend(item: JSON, path: str, dialect: Dialect) -> Errors:
    target, resource = item.get("service"), item.get("resource")
    if target is not None and resource is not None:
        yield invalid(path, "", "cannot set both resource and service backends")
    elif resource is not None:
        for field in ("kind", "name"):
            if not resource.get(field):
                yield required(f"{path}.resource.{field}")
            else:
                yield from each(f"{path}.resource.{field}", resource[field], names.path_segment(resource[field]))
    elif target is None:
        yield invalid(path, "", "resource or service backend is required")
    else:
        rule = names.dns_label if dialect.service_names_may_begin_with_a_digit else names.dns_1035_label
        if target.get("name"):
            yield from each(f"{path}.service.name", target["name"], rule(target["name"]))
        else:
            yield required(f"{path}.service.name")
        yield from _backend_port(target.get("port") or {}, path)


def _backend_port(port: JSON, path: str) -> Errors:
    name, number = port.get("name", ""), port.get("number", 0)
    if name and number:
        yield invalid(path, "", "cannot set both port name & port number")
    elif name:
        yield from each(f"{path}.service.port.name", name, names.port_name(name))
    elif number:
        yield from each(f"{path}.service.port.number", number, names.port_number(number))
    else:
        yield required(path, "port name or number is required")


def role(item: JSON, *, namespaced: bool) -> Errors:
    """A Role or a ClusterRole."""
    yield from object_meta(item["metadata"], names.path_segment, namespaced=namespaced)
    for index, rule in enumerate(item.get("rules") or []):
        path, urls = f"rules[{index}]", rule.get("nonResourceURLs") or []
        if not rule.get("verbs"):
            yield required(f"{path}.verbs", "verbs must contain at least one value")
        if urls:
            if namespaced:
                yield invalid(f"{path}.nonResourceURLs", urls, "namespaced rules cannot apply to non-resource URLs")
            if rule.get("apiGroups") or rule.get("resources") or rule.get("resourceNames"):
                yield invalid(f"{path}.nonResourceURLs", urls, "rules cannot apply to both regular resources and non-resource URLs")
            continue
        if not rule.get("apiGroups"):
            yield required(f"{path}.apiGroups", "resource rules must supply at least one api group")
        if not rule.get("resources"):
            yield required(f"{path}.resources", "resource rules must supply at least one resource")


def role_binding(item: JSON, *, namespaced: bool) -> Errors:
    """A RoleBinding or a ClusterRoleBinding. A missing API group defaults to rbac's."""
    yield from object_meta(item["metadata"], names.path_segment, namespaced=namespaced)
    ref, kinds = item.get("roleRef") or {}, ["Role", "ClusterRole"] if namespaced else ["ClusterRole"]
    if ref.get("apiGroup", RBAC_GROUP) != RBAC_GROUP:
        yield unsupported("roleRef.apiGroup", ref["apiGroup"], [RBAC_GROUP])
    if ref.get("kind", "") not in kinds:
        yield unsupported("roleRef.kind", ref.get("kind", ""), kinds)
    if not ref.get("name"):
        yield required("roleRef.name")
    else:
        yield from each("roleRef.name", ref["name"], names.path_segment(ref["name"]))
    for index, subject in enumerate(item.get("subjects") or []):
        yield from _subject(subject, f"subjects[{index}]", namespaced=namespaced)


def _subject(item: JSON, path: str, *, namespaced: bool) -> Errors:
    kind, name = item.get("kind", ""), item.get("name", "")
    if not name:
        yield required(f"{path}.name")
    if kind == "ServiceAccount":
        if name:
            yield from each(f"{path}.name", name, names.dns_subdomain(name))
        if item.get("apiGroup"):
            yield unsupported(f"{path}.apiGroup", item["apiGroup"], [""])
        if not namespaced and not item.get("namespace"):
            yield required(f"{path}.namespace")
    elif kind not in ("User", "Group"):
        yield unsupported(f"{path}.kind", kind, ["ServiceAccount", "User", "Group"])
    elif item.get("apiGroup", RBAC_GROUP) != RBAC_GROUP:
        yield unsupported(f"{path}.apiGroup", item["apiGroup"], [RBAC_GROUP])


def event(item: JSON) -> Errors:
    """An Event of v1: it is in the namespace of its object; that of an object without one is in `default`."""
    yield from object_meta(item["metadata"], names.path_segment, namespaced=True)
    where, about = item["metadata"].get("namespace", ""), (item.get("involvedObject") or {}).get("namespace", "")
    if where != (about or "default"):
        yield invalid("involvedObject.namespace", about, "does not match event.namespace")
