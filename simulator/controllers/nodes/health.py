"""What a node's silence does to its status and taints (node_lifecycle_controller.go). Pure."""

from __future__ import annotations

from simulator.objects.base import evolve
from simulator.objects.node import Node, NodeCondition, Taint

UNREACHABLE = "node.kubernetes.io/unreachable"
NOT_READY = "node.kubernetes.io/not-ready"
UNSCHEDULABLE = "node.kubernetes.io/unschedulable"
SILENT = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
"""Conditions of which nothing is known once a node is silent."""


def silenced(node: Node, timestamp: str) -> Node:
    """The node after its grace period: nothing is known of it."""
    conditions = [_unknown(item, timestamp) if item.type in SILENT else item for item in node.status.conditions]
    return evolve(node, status=evolve(node.status, conditions=conditions))


def _unknown(item: NodeCondition, timestamp: str) -> NodeCondition:
    if item.status == "Unknown":
        return item
    return evolve(
        item,
        status="Unknown",
        reason="NodeStatusUnknown",
        message="Kubelet stopped posting node status.",
        last_transition_time=timestamp,
    )


def readiness(node: Node) -> str:
    """The status of its condition Ready; True for a node that never says anything."""
    return next((item.status for item in node.status.conditions if item.type == "Ready"), "True")


def with_health_taints(node: Node, timestamp: str) -> Node:
    """The node with the taints that its readiness and its cordon call for, and without those they do not."""
    state = readiness(node)
    wanted = {UNREACHABLE: state == "Unknown", NOT_READY: state == "False", UNSCHEDULABLE: bool(node.spec.unschedulable)}
    there = {(item.key, item.effect) for item in node.spec.taints}
    kept = [item for item in node.spec.taints if item.key not in wanted or wanted[item.key]]
    added = [
        Taint(key=key, effect=effect, time_added=timestamp)
        for key, on in wanted.items()
        for effect in (("NoSchedule",) if key == UNSCHEDULABLE else ("NoSchedule", "NoExecute"))
        if on and (key, effect) not in there
    ]
    return evolve(node, spec=evolve(node.spec, taints=[*kept, *added]))
