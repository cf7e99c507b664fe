"""Objects in another version than the stored one: Events of events.k8s.io, autoscalers of autoscaling/v1, versions of custom resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.api.served import Resource
from simulator.objects.base import JSON


def converted(data: JSON, resource: Resource) -> JSON:
    """A stored object as a resource's version shows it."""
    convert = _CONVERSIONS.get(resource.api_version, _renamed)
    return convert(data, resource)


def _renamed(data: JSON, resource: Resource) -> JSON:
    return {**data, "apiVersion": resource.api_version}


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
