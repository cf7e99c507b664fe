"""`describe` of Ingresses, IngressClasses and NetworkPolicies, which podsim keeps but does not simulate."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from simulator.kubectl.print.describe.services import endpoints_text
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.tables.others import ingress_addresses
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.meta import LabelSelector
from simulator.objects.selector_text import NONE, selector_text
from simulator.objects.service import Service

_FOUR = "    "


def ingress(item: Unstructured, sheet: Sheet, view: View) -> None:
    """An Ingress: its hosts, paths, and the endpoints behind each."""
    spec = item.content.get("spec") or {}
    default = _backend(item, spec["defaultBackend"], view) if spec.get("defaultBackend") else "<default>"
    sheet.row("Name", item.metadata.name)
    sheet.labels("Labels", item.metadata.labels)
    sheet.row("Namespace", item.metadata.namespace)
    sheet.row("Address", ingress_addresses(item.content))
    sheet.row("Ingress Class", spec.get("ingressClassName", NONE))
    sheet.row("Default backend", default)
    if spec.get("tls"):
        sheet.line("TLS:")
    for one in spec.get("tls") or []:
        hosts = ",".join(one.get("hosts") or [])
        sheet.line(f"{one['secretName']} terminates {hosts}" if one.get("secretName") else f"SNI routes {hosts}", 1)
    _rules(item, default, sheet, view)
    sheet.annotations("Annotations", item.metadata.annotations)


def _rules(item: Unstructured, default: str, sheet: Sheet, view: View) -> None:
    sheet.line("Rules:\n  Host\tPath\tBackends")
    sheet.line("----\t----\t--------", 1)
    rules = [rule for rule in item.content["spec"].get("rules") or [] if rule.get("http")]
    for rule in rules:
        sheet.line(f"{rule.get('host') or '*'}\t", 1)
        for path in rule["http"].get("paths") or []:
            sheet.line(f"\t{path.get('path', '')} \t{_backend(item, path.get('backend') or {}, view)}", 2)
    if not rules:
        sheet.line(f"*\t*\t{default}", 1)


def _backend(item: Unstructured, backend: JSON, view: View) -> str:
    """Where requests go: a Service with the endpoints of that port, or an object of any kind."""
    if resource := backend.get("resource"):
        group = resource.get("apiGroup", NONE)
        return f"APIGroup: {group}, Kind: {resource.get('kind', '')}, Name: {resource.get('name', '')}"
    desired = backend.get("service")
    if not desired:
        return ""
    name, port = desired.get("name", ""), desired.get("port") or {}
    text = f"{name}:{port.get('number') or port.get('name', '')}"
    service = view.snapshot.get(Key("Service", item.metadata.namespace, name))
    if not isinstance(service, Service):
        return f'{text} (<error: services "{name}" not found>)'
    number = port.get("number")
    names = [one.name for one in service.spec.ports if (one.port == number if number else one.name and one.name == port.get("name"))]
    return f"{text} ({endpoints_text(service, names[-1] if names else '', view)})"


def ingress_class(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """An IngressClass."""
    spec = item.content.get("spec") or {}
    sheet.row("Name", item.metadata.name)
    sheet.marks(item.metadata)
    sheet.row("Controller", spec.get("controller", ""))
    if parameters := spec.get("parameters"):
        sheet.line("Parameters:")
        sheet.rows([(title, parameters.get(name)) for title, name in (("APIGroup", "apiGroup"), ("Kind", "kind"), ("Name", "name"))], 1)


def network_policy(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """A NetworkPolicy, rule by rule."""
    spec = item.content.get("spec") or {}
    types = spec.get("policyTypes") or []
    sheet.head(item.metadata)
    created = (item.metadata.creation_timestamp or "").replace("T", " ").replace("Z", " +0000 UTC")
    sheet.row("Created on", created)
    sheet.marks(item.metadata)
    sheet.line("Spec:")
    selected = _selector(spec.get("podSelector"))
    everything = "<none> (Allowing the specific traffic to all pods in this namespace)"
    sheet.line(f"PodSelector: {_FOUR}{everything if selected == NONE else selected}", 1)
    for type_, rules, peers, free in (
        ("Ingress", spec.get("ingress"), "from", "From: <any> (traffic not restricted by source)"),
        ("Egress", spec.get("egress"), "to", "To: <any> (traffic not restricted by destination)"),
    ):
        if type_ not in types:
            sheet.line(f"Not affecting {type_.lower()} traffic", 1)
            continue
        sheet.line(f"Allowing {type_.lower()} traffic:", 1)
        nothing = f"<none> (Selected pods are isolated for {type_.lower()} connectivity)"
        for line in _policy_rules(rules or [], peers, free) if rules else [nothing]:
            sheet.line(_FOUR + line)
    sheet.line(f"Policy Types: {', '.join(types)}", 1)


def _policy_rules(rules: list[JSON], peers: str, free: str) -> Iterable[str]:
    for i, rule in enumerate(rules):
        yield from map(_policy_port, rule.get("ports") or [None])
        if not rule.get(peers):
            yield free
        for peer in rule.get(peers) or []:
            yield f"{peers.capitalize()}:"
            yield from _peer(peer)
        if i < len(rules) - 1:
            yield "----------"


def _policy_port(port: JSON | None) -> str:
    if port is None:
        return "To Port: <any> (traffic allowed to all ports)"
    number, protocol = port.get("port", "<nil>"), port.get("protocol", "TCP")
    return f"To Port Range: {number}-{port['endPort']}/{protocol}" if port.get("endPort") else f"To Port: {number}/{protocol}"


def _peer(peer: JSON) -> Iterable[str]:
    for title, name in (("NamespaceSelector", "namespaceSelector"), ("PodSelector", "podSelector")):
        if peer.get(name) is not None:
            yield f"  {title}: {_selector(peer[name])}"
    block = peer.get("ipBlock")
    if block and len(peer) == 1:
        yield from ("  IPBlock:", f"    CIDR: {block.get('cidr', '')}", f"    Except: {', '.join(block.get('except') or [])}")


def _selector(selector: JSON | None) -> str:
    return selector_text(msgspec.convert(selector or {}, LabelSelector)) or NONE


DESCRIBERS = {"Ingress": ingress, "IngressClass": ingress_class, "NetworkPolicy": network_policy}
