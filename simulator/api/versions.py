"""Objects in another version than the stored one: Events of events.k8s.io, autoscalers of autoscaling/v1, versions of custom resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.api.served import Resource
from simulator.objects.base import JSON


def stored(data: JSON, resource: Resource) -> JSON:
    """An object in a resource's version as it is stored; the others as they are."""
    convert = _INWARD.get(resource.api_version)
    return convert(data) if convert is not None and data.get("apiVersion", resource.api_version) == resource.api_version else data


def is_other(resource: Resource) -> bool:
    """Whether objects of a resource are stored in another version, with other fields."""
    return resource.api_version in _INWARD and resource.kind in CONVERTED


def converted(data: JSON, resource: Resource) -> JSON:
    """A stored object as a resource's version shows it."""
    convert = _CONVERSIONS.get(resource.api_version, _renamed)
    return convert(data, resource)


def _renamed(data: JSON, resource: Resource) -> JSON:
    return {**data, "apiVersion": resource.api_version}


CONVERTED = ("Event", "HorizontalPodAutoscaler")
"""Kinds that have other fields in another version."""
_EVENT_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}


def _event(data: JSON, resource: Resource) -> JSON:
    """A core Event with the names of events.k8s.io."""
    return {**{_EVENT_NAMES.get(name, name): value for name, value in data.items()}, "apiVersion": resource.api_version}


def _core_event(data: JSON) -> JSON:
    """An Event of events.k8s.io with the names of the core group."""
    names = {new: old for old, new in _EVENT_NAMES.items()}
    return {**{names.get(name, name): value for name, value in data.items()}, "apiVersion": "v1", "kind": "Event"}


def _autoscaler_2(data: JSON) -> JSON:
    """An autoscaler of v1 as v2: its target of CPU is a metric."""
    spec = dict(data["spec"]) if isinstance(data.get("spec"), dict) else {}
    percent = spec.pop("targetCPUUtilizationPercentage", None)
    if percent is not None:
        target = {"type": "Utilization", "averageUtilization": percent}
        spec["metrics"] = [{"type": "Resource", "resource": {"name": "cpu", "target": target}}]
    return {**data, "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": spec}


def _autoscaler(data: JSON, resource: Resource) -> JSON:
    """An autoscaler of v2 as v1 shows it: the target of CPU has fields of its own."""
    spec, status = dict(data.get("spec") or {}), dict(data.get("status") or {})
    target = next((_cpu(metric, "target") for metric in spec.pop("metrics", None) or [] if _cpu(metric, "target") is not None), None)
    current = next(
        (_cpu(metric, "current") for metric in status.pop("currentMetrics", None) or [] if _cpu(metric, "current") is not None), None
    )
    spec.pop("behavior", None)
    status.pop("conditions", None)
    if target is not None:
        spec["targetCPUUtilizationPercentage"] = target
    if "status" in data:
        status.setdefault("currentReplicas", 0)
    if current is not None:
        status["currentCPUUtilizationPercentage"] = current
    return {**data, "apiVersion": resource.api_version, "spec": spec, **({"status": status} if "status" in data else {})}


def _cpu(metric: Mapping[str, Any], part: str) -> int | None:
    resource = metric.get("resource") or {}
    if metric.get("type") != "Resource" or resource.get("name") != "cpu":
        return None
    value: int | None = (resource.get(part) or {}).get("averageUtilization")
    return value


_CONVERSIONS: dict[str, Callable[[JSON, Resource], JSON]] = {"events.k8s.io/v1": _event, "autoscaling/v1": _autoscaler}
_INWARD: dict[str, Callable[[JSON], JSON]] = {"events.k8s.io/v1": _core_event, "autoscaling/v1": _autoscaler_2}
