"""Filters about room on the node (plugins noderesources, nodeports). Pure."""

from __future__ import annotations

from decimal import Decimal

from simulator.objects.host_ports import clash, host_ports
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection
from simulator.scheduler.requests import pod_amounts

FIRST_NAMED = ("cpu", "memory", "ephemeral-storage")


def fit(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Requests must fit into what is left; each resource that is short is a reason of its own."""
    short, hopeless = [], False
    if len(node.pods) + 1 > node.allocatable.get("pods", Decimal(0)):
        short.append("Too many pods")
    wanted = pod_amounts(cycle.pod.spec)
    for name in [*FIRST_NAMED, *sorted(set(wanted) - set(FIRST_NAMED))]:
        amount = wanted.get(name, Decimal(0))
        there = node.allocatable.get(name, Decimal(0))
        if amount > 0 and amount > there - node.requested.get(name, Decimal(0)):
            short.append(f"Insufficient {name}")
            hopeless = hopeless or amount > there
    return Rejection(tuple(short), resolvable=not hopeless) if short else None


def host_ports_free(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Host ports must be free."""
    wanted = host_ports(cycle.pod)
    if not wanted or not any(clash(a, b) for a in wanted for b in node.used_ports()):
        return None
    return Rejection(("node(s) didn't have free ports for the requested pod ports",), resolvable=True)
