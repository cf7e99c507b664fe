"""Filters about free resources of the node (plugins noderesources, nodeports). Pure."""

from __future__ import annotations

from decimal import Decimal

from simulator.objects.host_ports import clash, host_ports
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection
from simulator.scheduler.requests import pod_amounts

FIRST_NAMED = ("cpu", "memory", "ephemeral-storage")


def fit(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node with too few free resources; each one that is insufficient is a reason of its own."""
    reasons, exceeds_node = [], False
    if len(node.pods) + 1 > node.allocatable.get("pods", Decimal(0)):
        reasons.append("Too many pods")
    requests = pod_amounts(cycle.pod.spec)
    for name in [*FIRST_NAMED, *sorted(set(requests) - set(FIRST_NAMED))]:
        amount = requests.get(name, Decimal(0))
        allocatable = node.allocatable.get(name, Decimal(0))
        if amount > 0 and amount > allocatable - node.requested.get(name, Decimal(0)):
            reasons.append(f"Insufficient {name}")
            exceeds_node = exceeds_node or amount > allocatable
    return Rejection(tuple(reasons), resolvable=not exceeds_node) if reasons else None


def host_ports_free(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node on which another pod uses one of the pod's host ports."""
    ports = host_ports(cycle.pod)
    if not ports or not any(clash(a, b) for a in ports for b in node.used_ports()):
        return None
    return Rejection(("node(s) didn't have free ports for the requested pod ports",), resolvable=True)
