"""`get` of kinds that podsim keeps but does not simulate: what their content says, or at least NAME and AGE."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.objects.kinds import Object, Unstructured
from simulator.objects.meta import LabelSelector
from simulator.views.kubectl.gotext import go_value
from simulator.views.kubectl.selectors import selector_text
from simulator.views.kubectl.tables.table import Table, at_most_three, columns
from simulator.views.kubectl.view import View

_SHOWN_METRICS = 2


def _content(item: Object) -> dict[str, Any]:
    return item.content if isinstance(item, Unstructured) else {}


def _spec(item: Object) -> dict[str, Any]:
    return _content(item).get("spec") or {}


def _aged(item: Object, view: View, *cells: object) -> list[str]:
    return [item.metadata.name, *map(go_value, cells), view.age(item.metadata.creation_timestamp)]


def _dated(item: Object, _view: View) -> list[str]:
    return [item.metadata.name, item.metadata.creation_timestamp or "<unknown>"]


def _ingress(item: Object, view: View) -> list[str]:
    spec = _spec(item)
    balancer = ((_content(item).get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    hosts, more = at_most_three(rule["host"] for rule in spec.get("rules") or [] if rule.get("host"))
    address = ",".join(sorted({one.get("ip") or one.get("hostname") or "" for one in balancer}))
    listed = (hosts or "*") + (f" + {more} more..." if more else "")
    return _aged(item, view, spec.get("ingressClassName", "<none>"), listed, address, "80, 443" if spec.get("tls") else "80")


def _policy(item: Object, view: View) -> list[str]:
    selector = msgspec.convert(_spec(item).get("podSelector") or {}, LabelSelector)
    return _aged(item, view, selector_text(selector) or "<none>")


def _storage_class(item: Object, view: View) -> list[str]:
    content = _content(item)
    default = item.metadata.annotations.get("storageclass.kubernetes.io/is-default-class") == "true"
    settings = (
        content.get("reclaimPolicy", "Delete"),
        content.get("volumeBindingMode", "Immediate"),
        content.get("allowVolumeExpansion", False),
    )
    row = _aged(item, view, content.get("provisioner", ""), *settings)
    return [row[0] + " (default)" * default, *row[1:]]


def _binding(item: Object, view: View) -> list[str]:
    role = _content(item).get("roleRef") or {}
    return _aged(item, view, f"{role.get('kind', '')}/{role.get('name', '')}")


def _autoscaler(item: Object, view: View) -> list[str]:
    spec = _spec(item)
    target = spec.get("scaleTargetRef") or {}
    metrics = [_metric(one, named=view.dialect.autoscalers_name_resources) for one in spec.get("metrics") or []]
    more = len(metrics) - _SHOWN_METRICS
    shown = ", ".join(metrics[:_SHOWN_METRICS]) + (f" + {more} more..." if more > 0 else "")
    bounds = (
        spec.get("minReplicas", "<unset>"),
        spec.get("maxReplicas", 0),
        (_content(item).get("status") or {}).get("currentReplicas", 0),
    )
    return _aged(item, view, f"{target.get('kind', '')}/{target.get('name', '')}", shown or "<none>", *bounds)


def _metric(metric: dict[str, Any], *, named: bool) -> str:
    """A target; what is measured now is unknown, since nothing is measured."""
    type_ = str(metric.get("type", ""))
    source = metric.get(type_[:1].lower() + type_[1:]) or {}
    target = source.get("target") or {}
    of_resource = type_ in ("Resource", "ContainerResource")
    head = f"{source.get('name', '')}: " if of_resource and named else ""
    if "averageValue" in target:
        return f"{head}<unknown>/{target['averageValue']}" + ("" if of_resource or type_ == "Pods" else " (avg)")
    if of_resource:
        wanted = f"{target['averageUtilization']}%" if "averageUtilization" in target else "<auto>"
        return f"{head}<unknown>/{wanted}"
    return f"<unknown>/{target.get('value', '<auto>')}"


def _lease(item: Object, view: View) -> list[str]:
    return _aged(item, view, _spec(item).get("holderIdentity", ""))


def _runtime_class(item: Object, view: View) -> list[str]:
    return _aged(item, view, _content(item).get("handler", ""))


_DATED = Table(columns("NAME CREATED_AT"), _dated)
OTHER = Table(columns("NAME AGE"), _aged)
TABLES = {
    "Role": _DATED,
    "ClusterRole": _DATED,
    "CustomResourceDefinition": _DATED,
    "RoleBinding": Table(columns("NAME ROLE AGE"), _binding),
    "ClusterRoleBinding": Table(columns("NAME ROLE AGE"), _binding),
    "Ingress": Table(columns("NAME CLASS HOSTS ADDRESS PORTS AGE"), _ingress),
    "NetworkPolicy": Table(columns("NAME POD-SELECTOR AGE"), _policy),
    "StorageClass": Table(columns("NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE"), _storage_class),
    "HorizontalPodAutoscaler": Table(columns("NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE"), _autoscaler),
    "Lease": Table(columns("NAME HOLDER AGE"), _lease),
    "RuntimeClass": Table(columns("NAME HANDLER AGE"), _runtime_class),
}
