"""The status and taints of an unreachable node (node_lifecycle_controller.go). Pure."""

from __future__ import annotations

from simulator.objects.base import evolve
from simulator.objects.conditions import READY, condition_of, has_condition
from simulator.objects.labels import DISK_PRESSURE, MEMORY_PRESSURE, NOT_READY, UNREACHABLE, UNSCHEDULABLE
from simulator.objects.node import Node, NodeCondition, Taint

UNKNOWN_WHEN_UNREACHABLE = ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
"""Conditions that become Unknown when a node is unreachable."""


def unreachable(node: Node, timestamp: str) -> Node:
    """The node after its grace period, with Unknown conditions."""
    conditions = [_unknown(item, timestamp) if item.type in UNKNOWN_WHEN_UNREACHABLE else item for item in node.status.conditions]
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
    """The status of its condition Ready; True for a node without one."""
    ready = condition_of(node.status, READY)
    return "True" if ready is None else ready.status


def with_health_taints(node: Node, timestamp: str, *, evicts: bool) -> Node:
    """The node with exactly the taints that its readiness, its pressure and its cordon require.

    `evicts`: whether it gets NoExecute taints. It does not when no node is ready: then the control plane rather than all nodes may be
    disconnected.
    """
    state = readiness(node)
    on = {(UNSCHEDULABLE, "NoSchedule"): bool(node.spec.unschedulable)}
    for key, is_state in ((UNREACHABLE, state == "Unknown"), (NOT_READY, state == "False")):
        on |= {(key, "NoSchedule"): is_state, (key, "NoExecute"): is_state and evicts}
    for key, condition in ((MEMORY_PRESSURE, "MemoryPressure"), (DISK_PRESSURE, "DiskPressure")):
        on[key, "NoSchedule"] = has_condition(node.status, condition)
    kept = [item for item in node.spec.taints if on.get((item.key, item.effect), True)]
    present = {(item.key, item.effect) for item in kept}
    missing = [taint for taint, required in on.items() if required and taint not in present]
    added = [Taint(key=key, effect=effect, time_added=timestamp) for key, effect in missing]
    return evolve(node, spec=evolve(node.spec, taints=[*kept, *added]))
