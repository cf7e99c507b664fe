"""Objects as a client sees them now: heartbeats that the store keeps as periods, and what `kubectl apply` has remembered in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from simulator.api.apply import last_applied_text
from simulator.client.node_lease import NAMESPACE, RENEWED, renewals, reports
from simulator.journal.reads import Reads
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, Unstructured
from simulator.objects.labels import LAST_APPLIED
from simulator.objects.node import Node
from simulator.units import format_micro_time, format_time

KINDS = ("Lease", "Node")
"""Kinds with heartbeats."""


class Present(NamedTuple):
    """The instant at which objects are seen: the simulated wall clock (ns), the other objects, what was applied, by uid, at the start."""

    wall: int
    reads: Reads
    applied: Mapping[str, JSON]


def seen(item: Object, present: Present) -> tuple[Object, str]:
    """The object as it is seen, and a mark that changes when it is seen otherwise."""
    raw = present.applied.get(item.metadata.uid)
    if raw is not None and LAST_APPLIED not in item.metadata.annotations:
        # kubectl sends objects with the namespace in which it puts them.
        placed = {"namespace": item.metadata.namespace} if item.metadata.namespace else {}
        text = last_applied_text({**raw, "metadata": {**raw["metadata"], **placed}})
        item = _annotated(item, {**item.metadata.annotations, LAST_APPLIED: text})
    if item.kind not in KINDS:
        return item, ""
    return _beating(item, present)


def _beating(item: Any, present: Present) -> tuple[Object, str]:
    if isinstance(item, Node):
        return _node(item, present)
    if not isinstance(item, Unstructured) or RENEWED not in item.metadata.annotations:
        return item, ""
    renewed = format_micro_time(renewals(item).last(present.wall))
    shown = {name: value for name, value in item.metadata.annotations.items() if name != RENEWED}
    content = {**item.content, "spec": {**item.content["spec"], "renewTime": renewed}}
    return evolve(_annotated(item, shown), content=content), renewed


def _node(node: Node, present: Present) -> tuple[Object, str]:
    lease = present.reads.get(Key("Lease", NAMESPACE, node.metadata.name))
    conditions, marks = [], []
    for condition in node.status.conditions:
        written = condition.last_heartbeat_time
        if written:
            written = format_time(reports(written, lease).last(present.wall))
            condition = evolve(condition, last_heartbeat_time=written)
            marks.append(written)
        conditions.append(condition)
    return evolve(node, status=evolve(node.status, conditions=conditions)), ",".join(marks)


def _annotated(item: Any, annotations: dict[str, str]) -> Any:
    return evolve(item, metadata=evolve(item.metadata, annotations=annotations))
