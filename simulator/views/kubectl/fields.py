"""Field selectors: which fields the API server can select by, and what they hold."""

from __future__ import annotations

from typing import Any, Protocol

from simulator.objects.asking import unselectable
from simulator.objects.base import JSON
from simulator.objects.kinds import Kind
from simulator.views.kubectl.view import KubectlError

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
    "Node": ("spec.unschedulable",),
    "Secret": ("type",),
    "Namespace": ("status.phase",),
    "Job": ("status.successful",),
    "ReplicaSet": ("status.replicas",),
    "ReplicationController": ("status.replicas",),
    "Service": ("spec.clusterIP", "spec.type"),
}
_EVERYWHERE = ("metadata.name", "metadata.namespace")
_FALSE = {"spec.hostNetwork", "spec.unschedulable"}
_ZERO = {"status.replicas", "status.successful"}


class Selected(Protocol):
    """The selectors of a command, as they were typed."""

    @property
    def labels(self) -> str:
        """`-l`."""

    @property
    def fields(self) -> str:
        """`--field-selector`."""


def check_fields(kind: Kind, terms: list[tuple[str, bool, str]], typed: Selected) -> None:
    """Raise KubectlError, in the server's words, for a field that objects of this kind cannot be selected by."""
    for path, _, _ in terms:
        if path not in _EVERYWHERE and path not in _BY_KIND.get(kind.name, ()):
            refused = unselectable(kind, typed.labels, typed.fields, f"field label not supported: {path}")
            raise KubectlError(f"Error from server (BadRequest): {refused}")


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
