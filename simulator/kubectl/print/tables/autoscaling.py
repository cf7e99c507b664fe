"""`get hpa`: what is measured, against what is wanted. podsim measures nothing; the status of a real cluster's object may say it."""

from __future__ import annotations

from typing import NamedTuple

from simulator.golang.text import go_value
from simulator.kubectl.print.tables.table import Table, columns
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Unstructured

UNKNOWN = "<unknown>"
RESOURCES = ("Resource", "ContainerResource")
_TYPES = (*RESOURCES, "Pods", "Object", "External")
_SHOWN = 2


class Measured(NamedTuple):
    """A metric as text. `averaged`: the target is an amount for each pod; `share`: what the present share of the request amounts to."""

    current: str
    target: str
    averaged: bool = False
    share: str = ""


def source_of(metric: JSON) -> JSON:
    """The part of a metric, or of its status, that its type names."""
    type_ = str(metric.get("type", ""))
    return metric.get(type_[:1].lower() + type_[1:]) or {}


def measured(metrics: list[JSON], statuses: list[JSON], i: int) -> Measured:
    """What the i-th metric is at, and what it should be."""
    type_, target = str(metrics[i].get("type", "")), source_of(metrics[i]).get("target") or {}
    same = i < len(statuses) and statuses[i].get("type") == type_
    now = (source_of(statuses[i]).get("current") or {}) if same else {}
    if "averageValue" in target:
        return Measured(str(now.get("averageValue", UNKNOWN)), str(target["averageValue"]), averaged=True)
    if type_ in RESOURCES:
        share = f"{now['averageUtilization']}%" if "averageUtilization" in now else UNKNOWN
        desired = f"{target['averageUtilization']}%" if "averageUtilization" in target else "<auto>"
        return Measured(share, desired, share=str(now.get("averageValue", "")))
    return Measured(str(now.get("value", UNKNOWN)), str(target.get("value", "<auto>")))


def _cell(metrics: list[JSON], statuses: list[JSON], i: int, view: View) -> str:
    type_, result = metrics[i].get("type"), measured(metrics, statuses, i)
    if type_ not in _TYPES:
        return "<unknown type>"
    named = type_ in RESOURCES and view.dialect.autoscalers_name_resources
    head = f"{source_of(metrics[i]).get('name', '')}: " if named else ""
    return f"{head}{result.current}/{result.target}" + (" (avg)" if result.averaged and type_ in ("External", "Object") else "")


def _autoscaler(item: Unstructured, view: View) -> list[str]:
    spec, status = item.content.get("spec") or {}, item.content.get("status") or {}
    target, metrics = spec.get("scaleTargetRef") or {}, spec.get("metrics") or []
    texts = [_cell(metrics, status.get("currentMetrics") or [], i, view) for i in range(len(metrics))]
    more = f" + {len(texts) - _SHOWN} more..." if len(texts) > _SHOWN else ""
    return [
        item.metadata.name,
        f"{target.get('kind', '')}/{target.get('name', '')}",
        ", ".join(texts[:_SHOWN]) + more if texts else "<none>",
        go_value(spec.get("minReplicas", "<unset>")),
        go_value(spec.get("maxReplicas", 0)),
        go_value(status.get("currentReplicas", 0)),
        view.age(item.metadata.creation_timestamp),
    ]


TABLES = {"HorizontalPodAutoscaler": Table(columns("NAME REFERENCE TARGETS MINPODS MAXPODS REPLICAS AGE"), _autoscaler)}
