"""`describe hpa`."""

from __future__ import annotations

from simulator.golang.ages import rfc1123
from simulator.golang.text import quoted
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.print.tables.autoscaling import RESOURCES, measured, source_of
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Unstructured


def autoscaler(item: Unstructured, sheet: Sheet, _view: View) -> None:
    """A HorizontalPodAutoscaler."""
    spec, status = item.content.get("spec") or {}, item.content.get("status") or {}
    target, metrics = spec.get("scaleTargetRef") or {}, spec.get("metrics") or []
    sheet.head(item.metadata)
    sheet.marks(item.metadata)
    sheet.row("CreationTimestamp", rfc1123(item.metadata.creation_timestamp))
    sheet.row("Reference", f"{target.get('kind', '')}/{target.get('name', '')}")
    sheet.row("Metrics", "( current / target )")
    for i in range(len(metrics)):
        sheet.line(_metric(metrics, status.get("currentMetrics") or [], i), 1)
    sheet.row("Min replicas", spec.get("minReplicas", "<unset>"))
    sheet.row("Max replicas", spec.get("maxReplicas", 0))
    if behavior := spec.get("behavior"):
        sheet.line("Behavior:")
        _direction("Scale Up", behavior.get("scaleUp"), sheet)
        _direction("Scale Down", behavior.get("scaleDown"), sheet)
    counts = f"{status.get('currentReplicas', 0)} current / {status.get('desiredReplicas', 0)} desired"
    sheet.row(f"{target.get('kind', '')} pods", counts)
    if conditions := status.get("conditions"):
        sheet.line("Conditions:")
        sheet.line("Type\tStatus\tReason\tMessage", 1)
        sheet.line("----\t------\t------\t-------", 1)
        for one in conditions:
            sheet.line("\t".join(str(one.get(name, "")) for name in ("type", "status", "reason", "message")), 1)


def _metric(metrics: list[JSON], statuses: list[JSON], i: int) -> str:
    type_, source, result = metrics[i].get("type"), source_of(metrics[i]), measured(metrics, statuses, i)
    current = f"{result.current} ({result.share})" if result.share else result.current
    name = quoted(str((source.get("metric") or {}).get("name", "")))
    kind = "target average value" if result.averaged else "target value"
    if type_ in RESOURCES:
        of = f' of container "{source.get("container", "")}"' if type_ == "ContainerResource" else ""
        # kubectl writes the second half of the title as a line of its own level: hence the two more blanks.
        title = f"resource {source.get('name', '')}{of} on pods" + ("" if result.averaged else "  (as a percentage of request)")
    elif type_ == "Pods":
        title = f"{name} on pods"
    elif type_ == "Object":
        about = source.get("describedObject") or {}
        title = f"{name} on {about.get('kind', '')}/{about.get('name', '')} ({kind})"
    elif type_ == "External":
        title = f"{name} ({kind})"
    else:
        return f"<unknown metric type {quoted(str(type_))}>"
    return f"{title}:\t{current} / {result.target}"


def _direction(title: str, rules: JSON | None, sheet: Sheet) -> None:
    if rules is None:
        return
    sheet.line(f"{title}:", 1)
    if "stabilizationWindowSeconds" in rules:
        sheet.line(f"Stabilization Window: {rules['stabilizationWindowSeconds']} seconds", 2)
    if policies := rules.get("policies"):
        sheet.line(f"Select Policy: {rules.get('selectPolicy', 'Max')}", 2)
        sheet.line("Policies:", 2)
        for one in policies:
            sheet.line(f"- Type: {one.get('type')}\tValue: {one.get('value')}\tPeriod: {one.get('periodSeconds')} seconds", 3)


DESCRIBERS = {"HorizontalPodAutoscaler": autoscaler}
