"""Field selectors: which fields the API server can select by, and their values (pkg/apis/*/v1/conversion.go)."""

from __future__ import annotations

from typing import Any

from simulator.objects.base import JSON

_BY_KIND: dict[str, tuple[str, ...]] = {
    "Pod": (
        "spec.nodeName",
        "spec.restartPolicy",
        "spec.schedulerName",
        "spec.serviceAccountName",
        "spec.hostNetwork",
        "status.phase",
        "status.podIP",
        "status.podIPs",
        "status.nominatedNodeName",
    ),
    "Event": (
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type",
    ),
    "Event.events.k8s.io": (
        "regarding.kind",
        "regarding.namespace",
        "regarding.name",
        "regarding.uid",
        "regarding.apiVersion",
        "regarding.resourceVersion",
        "regarding.fieldPath",
        "reason",
        "reportingController",
        "type",
    ),
    "Node": ("spec.unschedulable",),
    "Secret": ("type",),
    "Namespace": ("status.phase",),
    "Job": ("status.successful",),
    "ReplicationController": ("status.replicas",),
    "Service": ("spec.clusterIP", "spec.type"),
}
_EVERYWHERE = ("metadata.name", "metadata.namespace")
_FALSE = {"spec.hostNetwork", "spec.unschedulable"}
_ZERO = {"status.replicas", "status.successful"}


def field_problem(kind: str, path: str) -> str:
    """Why objects of a kind cannot be selected by a field, as the API server's message; empty when they can."""
    if path in _EVERYWHERE or path in _BY_KIND.get(kind, ()):
        return ""
    if kind == "Job":
        return f'field label "{path}" not supported for Job'
    if kind in _BY_KIND:
        return f"field label not supported: {path}"
    return f'"{path}" is not a known field selector: only "metadata.name", "metadata.namespace"'


def fields_match(data: JSON, terms: list[tuple[str, bool, str]]) -> bool:
    """Whether an object (plain JSON values) satisfies all terms."""
    return all((_value(data, path) == value) == equal for path, equal, value in terms)


def _value(data: JSON, path: str) -> str:
    if path == "status.successful":
        path = "status.succeeded"
    value: Any = data
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    if path == "source" and isinstance(value, dict):
        value = value.get("component") or data.get("reportingComponent")
    if isinstance(value, bool):
        return str(value).lower()
    default = "false" if path in _FALSE else "0" if path in _ZERO or path == "status.succeeded" else ""
    return default if value is None else str(value)
