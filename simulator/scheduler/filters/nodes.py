"""Filters about the node itself (plugins nodeunschedulable, nodename, tainttoleration, nodeaffinity). Pure."""

from __future__ import annotations

from simulator.objects import labels
from simulator.objects.node import Taint
from simulator.objects.placement import named_nodes, picks_node
from simulator.objects.tolerations import tolerates, untolerated
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection


def named(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject all nodes but those that a required affinity names, as that of a DaemonSet's pods does (PreFilter)."""
    names = named_nodes(cycle.pod.spec)
    if names is None or node.name in names:
        return None
    return Rejection(("node(s) didn't satisfy plugin(s) [NodeAffinity]",), resolvable=False)


def unschedulable(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject cordoned nodes, unless the pod tolerates their taint."""
    taint = Taint(key=labels.UNSCHEDULABLE, effect="NoSchedule")
    if not node.node.spec.unschedulable or any(tolerates(item, taint) for item in cycle.pod.spec.tolerations):
        return None
    return Rejection(("node(s) were unschedulable",), resolvable=False)


def name(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject all nodes but the one that the pod names."""
    if cycle.pod.spec.node_name in ("", node.name):
        return None
    return Rejection(("node(s) didn't match the requested node name",), resolvable=False)


def taints(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node with a NoSchedule or NoExecute taint that the pod does not tolerate."""
    taint = untolerated(node.node.spec.taints, cycle.pod.spec.tolerations)
    if taint is None:
        return None
    return Rejection((cycle.dialect.say("scheduler.taint", taint=taint.key, value=taint.value),), resolvable=False)


def affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node that does not match the node selector and the required node affinity."""
    if picks_node(cycle.pod.spec, node.name, node.labels):
        return None
    return Rejection(("node(s) didn't match Pod's node affinity/selector",), resolvable=False)
