"""`get` of kinds that podsim keeps but does not simulate: what their content says, or at least NAME and AGE."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.golang.text import go_value
from simulator.kubectl.print.tables.table import Table, columns
from simulator.kubectl.view import View
from simulator.objects.kinds import Object, Unstructured
from simulator.objects.labels import DEFAULT_INGRESS_CLASS, DEFAULT_STORAGE_CLASS
from simulator.objects.meta import LabelSelector, ObjectMeta
from simulator.objects.selector_text import selector_text

_SHOWN_HOSTS = 3


def _content(item: Object) -> dict[str, Any]:
    return item.content if isinstance(item, Unstructured) else {}


def _spec(item: Object) -> dict[str, Any]:
    return _content(item).get("spec") or {}


def _aged(item: Object, view: View, *cells: object) -> list[str]:
    return [item.metadata.name, *map(go_value, cells), view.age(item.metadata.creation_timestamp)]


def _dated(item: Object, _view: View) -> list[str]:
    return [item.metadata.name, item.metadata.creation_timestamp or "<unknown>"]


def ingress_addresses(content: dict[str, Any]) -> str:
    """Where an Ingress is reached, as far as its controller has said."""
    balancer = ((content.get("status") or {}).get("loadBalancer") or {}).get("ingress") or []
    return ",".join(sorted({one.get("ip") or one.get("hostname") or "" for one in balancer} - {""}))


def _hosts(rules: list[dict[str, Any]]) -> str:
    """The first three hosts; `+ N more...` counts all rules behind the third, with a host or without."""
    places = [i for i, rule in enumerate(rules) if rule.get("host")][:_SHOWN_HOSTS]
    shown = ",".join(rules[i]["host"] for i in places)
    followed = len(places) == _SHOWN_HOSTS and places[-1] < len(rules) - 1
    return (shown or "*") + (f" + {len(rules) - _SHOWN_HOSTS} more..." if followed else "")


def _ingress(item: Object, view: View) -> list[str]:
    spec = _spec(item)
    ports = "80, 443" if spec.get("tls") else "80"
    return _aged(
        item, view, spec.get("ingressClassName", "<none>"), _hosts(spec.get("rules") or []), ingress_addresses(_content(item)), ports
    )


def _ingress_class(item: Object, view: View) -> list[str]:
    spec = _spec(item)
    default = item.metadata.annotations.get(DEFAULT_INGRESS_CLASS) == "true"
    text = "<none>"
    if parameters := spec.get("parameters"):
        group = f".{parameters['apiGroup']}" if "apiGroup" in parameters else ""
        text = f"{parameters.get('kind', '')}{group}/{parameters.get('name', '')}"
    row = _aged(item, view, spec.get("controller", ""), text)
    return [row[0] + " (default)" * default, *row[1:]]


def _policy(item: Object, view: View) -> list[str]:
    selector = msgspec.convert(_spec(item).get("podSelector") or {}, LabelSelector)
    return _aged(item, view, selector_text(selector) or "<none>")


def is_default(meta: ObjectMeta) -> bool:
    """Whether a StorageClass is the one for claims that name none."""
    return meta.annotations.get(DEFAULT_STORAGE_CLASS) == "true"


def _storage_class(item: Object, view: View) -> list[str]:
    content = _content(item)
    settings = (
        content.get("reclaimPolicy", "Delete"),
        content.get("volumeBindingMode", "Immediate"),
        content.get("allowVolumeExpansion", False),
    )
    row = _aged(item, view, content.get("provisioner", ""), *settings)
    return [row[0] + " (default)" * is_default(item.metadata), *row[1:]]


def _binding(item: Object, view: View) -> list[str]:
    role, subjects = _content(item).get("roleRef") or {}, _content(item).get("subjects") or []
    row = _aged(item, view, f"{role.get('kind', '')}/{role.get('name', '')}")
    for kind in ("User", "Group", "ServiceAccount"):
        result = [one for one in subjects if one.get("kind") == kind]
        names = [f"{one.get('namespace', '')}/{one.get('name', '')}" if kind == "ServiceAccount" else one.get("name", "") for one in result]
        row.append(", ".join(names))
    return row


def _csi_node(item: Object, view: View) -> list[str]:
    return _aged(item, view, len(_spec(item).get("drivers") or []))


def _webhooks(item: Object, view: View) -> list[str]:
    return _aged(item, view, len(_content(item).get("webhooks") or []))


def _attachment(item: Object, view: View) -> list[str]:
    spec, status = _spec(item), _content(item).get("status") or {}
    source = spec.get("source") or {}
    attached = "true" if status.get("attached") else "false"
    return _aged(item, view, spec.get("attacher", ""), source.get("persistentVolumeName", ""), spec.get("nodeName", ""), attached)


def _lease(item: Object, view: View) -> list[str]:
    return _aged(item, view, _spec(item).get("holderIdentity", ""))


def _runtime_class(item: Object, view: View) -> list[str]:
    return _aged(item, view, _content(item).get("handler", ""))


_DATED = Table(columns("NAME CREATED_AT"), _dated)
_BOUND = Table(columns("NAME ROLE AGE", "USERS GROUPS SERVICEACCOUNTS"), _binding)
_HOOKED = Table(columns("NAME WEBHOOKS AGE"), _webhooks)
OTHER = Table(columns("NAME AGE"), _aged)
TABLES = {
    "Role": _DATED,
    "ClusterRole": _DATED,
    "CustomResourceDefinition": _DATED,
    "RoleBinding": _BOUND,
    "ClusterRoleBinding": _BOUND,
    "CSINode": Table(columns("NAME DRIVERS AGE"), _csi_node),
    "MutatingWebhookConfiguration": _HOOKED,
    "ValidatingWebhookConfiguration": _HOOKED,
    "IngressClass": Table(columns("NAME CONTROLLER PARAMETERS AGE"), _ingress_class),
    "Ingress": Table(columns("NAME CLASS HOSTS ADDRESS PORTS AGE"), _ingress),
    "NetworkPolicy": Table(columns("NAME POD-SELECTOR AGE"), _policy),
    "StorageClass": Table(columns("NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE"), _storage_class),
    "VolumeAttachment": Table(columns("NAME ATTACHER PV NODE ATTACHED AGE"), _attachment),
    "Lease": Table(columns("NAME HOLDER AGE"), _lease),
    "RuntimeClass": Table(columns("NAME HANDLER AGE"), _runtime_class),
}
