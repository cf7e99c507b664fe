"""Defaults of kinds that are stored as plain JSON (autoscaling, networking, storage, admissionregistration, apiextensions, rbac)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.objects.base import JSON

RBAC_GROUP = "rbac.authorization.k8s.io"
HTTPS_PORT = 443
CPU_SHARE: JSON = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}
SCALE_UP: JSON = {
    "stabilizationWindowSeconds": 0,
    "selectPolicy": "Max",
    "policies": [{"type": "Pods", "value": 4, "periodSeconds": 15}, {"type": "Percent", "value": 100, "periodSeconds": 15}],
}
SCALE_DOWN: JSON = {"selectPolicy": "Max", "policies": [{"type": "Percent", "value": 100, "periodSeconds": 15}]}
CSI_DRIVER: JSON = {
    "attachRequired": True,
    "fsGroupPolicy": "ReadWriteOnceWithFSType",
    "podInfoOnMount": False,
    "requiresRepublish": False,
    "seLinuxMount": False,
    "storageCapacity": False,
    "volumeLifecycleModes": ["Persistent"],
}
WEBHOOK: JSON = {"failurePolicy": "Fail", "matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}, "timeoutSeconds": 10}


def _filled(item: JSON, defaults: JSON) -> JSON:
    """The fields that are missing or null, from `defaults`."""
    return {**item, **{name: value for name, value in defaults.items() if item.get(name) is None}}


def _each(item: JSON, field: str, fill: Callable[[JSON], JSON]) -> JSON:
    """The same with every element of a list filled; unchanged without the list."""
    return {**item, field: [fill(entry) for entry in item[field]]} if isinstance(item.get(field), list) else item


def _inside(item: JSON, field: str, fill: Callable[[JSON], JSON]) -> JSON:
    """The same with a part filled; unchanged without it."""
    return {**item, field: fill(item[field])} if isinstance(item.get(field), dict) else item


def _binding(content: JSON) -> JSON:
    """A RoleBinding or a ClusterRoleBinding: its role, and subjects other than ServiceAccounts, are of rbac's group."""
    content = _inside(content, "roleRef", lambda ref: {**ref, "apiGroup": ref.get("apiGroup") or RBAC_GROUP})
    return _each(content, "subjects", _subject) if content.get("subjects") else content


def _subject(item: JSON) -> JSON:
    if item.get("kind") in ("User", "Group"):
        return {**item, "apiGroup": item.get("apiGroup") or RBAC_GROUP}
    return item if item.get("apiGroup") else {name: value for name, value in item.items() if name != "apiGroup"}


def _autoscaler(content: JSON) -> JSON:
    """A HorizontalPodAutoscaler: at least one pod; 80 % of the requested CPU without metrics; a given behavior is completed."""

    def spec(item: JSON) -> JSON:
        metrics = item.get("metrics") or [CPU_SHARE]
        behavior: Callable[[JSON], JSON] = lambda given: {  # noqa: E731
            "scaleDown": _filled(given.get("scaleDown") or {}, SCALE_DOWN),
            "scaleUp": _filled(given.get("scaleUp") or {}, SCALE_UP),
        }
        return _inside(_filled({**item, "metrics": metrics}, {"minReplicas": 1}), "behavior", behavior)

    return _inside(content, "spec", spec)


def _network_policy(content: JSON) -> JSON:
    """A NetworkPolicy: about ingress, and about egress if it has rules for it; TCP ports."""

    def rule(item: JSON) -> JSON:
        return _each(item, "ports", lambda port: _filled(port, {"protocol": "TCP"}))

    def spec(item: JSON) -> JSON:
        types = item.get("policyTypes") or ["Ingress", *(["Egress"] if item.get("egress") else [])]
        return {**_each(_each(item, "ingress", rule), "egress", rule), "policyTypes": types}

    return _inside(content, "spec", spec)


def _webhooks(more: JSON) -> Callable[[JSON], JSON]:
    """A webhook configuration: webhooks must answer in 10 s; rules are about objects of every scope."""

    def service(item: JSON) -> JSON:
        return _inside(item, "service", lambda given: _filled(given, {"port": HTTPS_PORT}))

    def webhook(item: JSON) -> JSON:
        item = _each(item, "rules", lambda rule: _filled(rule, {"scope": "*"}))
        return _filled(_inside(item, "clientConfig", service), {**WEBHOOK, **more})

    return lambda content: _each(content, "webhooks", webhook)


def _definition(content: JSON) -> JSON:
    """A CustomResourceDefinition: its names follow from its kind, and versions are not converted."""

    def names(item: JSON) -> JSON:
        kind = str(item.get("kind", ""))
        return _filled(item, {"listKind": f"{kind}List", "singular": kind.lower()})

    return _inside(content, "spec", lambda item: _filled(_inside(item, "names", names), {"conversion": {"strategy": "None"}}))


def _api_service(content: JSON) -> JSON:
    """An APIService: HTTPS."""
    return _inside(content, "spec", lambda item: _inside(item, "service", lambda given: _filled(given, {"port": HTTPS_PORT})))


def _ingress_class(content: JSON) -> JSON:
    """An IngressClass: parameters of the cluster."""
    return _inside(content, "spec", lambda item: _inside(item, "parameters", lambda given: _filled(given, {"scope": "Cluster"})))


STORED: dict[tuple[str, str], Callable[[Any], Any]] = {
    (f"{RBAC_GROUP}/v1", "RoleBinding"): _binding,
    (f"{RBAC_GROUP}/v1", "ClusterRoleBinding"): _binding,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): _autoscaler,
    ("networking.k8s.io/v1", "NetworkPolicy"): _network_policy,
    ("networking.k8s.io/v1", "IngressClass"): _ingress_class,
    ("storage.k8s.io/v1", "StorageClass"): lambda content: _filled(content, {"reclaimPolicy": "Delete", "volumeBindingMode": "Immediate"}),
    ("storage.k8s.io/v1", "CSIDriver"): lambda content: _inside(content, "spec", lambda item: _filled(item, CSI_DRIVER)),
    ("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"): _webhooks({}),
    ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration"): _webhooks({"reinvocationPolicy": "Never"}),
    ("apiextensions.k8s.io/v1", "CustomResourceDefinition"): _definition,
    ("apiregistration.k8s.io/v1", "APIService"): _api_service,
}
"""By version and kind: a function from the content to the content with its defaults. Other stored kinds are unchanged."""
