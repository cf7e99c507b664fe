"""What a node's silence does to its status and taints (node_lifecycle_controller.go). Pure."""

from __future__ import annotations

from simulator.objects.base import evolve
from simulator.objects.conditions import READY, condition_of
from simulator.objects.labels import NOT_READY, UNREACHABLE, UNSCHEDULABLE
from simulator.objects.node import Node, NodeCondition, Taint

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
    ready = condition_of(node.status, READY)
    return "True" if ready is None else ready.status


def with_health_taints(node: Node, timestamp: str, *, evicts: bool) -> Node:
    """The node with the taints that its readiness and its cordon call for, and without those they do not.

    `evicts` says whether its pods are to go: not when no node at all is ready, for then it is more likely that nobody is heard than that
    everybody is silent.
    """
    state = readiness(node)
    on = {(UNSCHEDULABLE, "NoSchedule"): bool(node.spec.unschedulable)}
    for key, is_state in ((UNREACHABLE, state == "Unknown"), (NOT_READY, state == "False")):
        on |= {(key, "NoSchedule"): is_state, (key, "NoExecute"): is_state and evicts}
    kept = [item for item in node.spec.taints if on.get((item.key, item.effect), True)]
    there = {(item.key, item.effect) for item in kept}
    wanted = [taint for taint, is_wanted in on.items() if is_wanted and taint not in there]
    added = [Taint(key=key, effect=effect, time_added=timestamp) for key, effect in wanted]
    return evolve(node, spec=evolve(node.spec, taints=[*kept, *added]))
