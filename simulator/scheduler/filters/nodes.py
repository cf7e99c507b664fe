"""Filters about the node itself (plugins nodeunschedulable, nodename, tainttoleration, nodeaffinity). Pure."""

from __future__ import annotations

from simulator.objects.affinity import NodeSelector, NodeSelectorTerm
from simulator.objects.node import Taint
from simulator.objects.pod import Pod
from simulator.objects.selectors import matches_all, node_term_holds
from simulator.objects.tolerations import tolerates, untolerated
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

UNSCHEDULABLE = "node.kubernetes.io/unschedulable"


def unschedulable(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """A cordoned node takes only pods that tolerate its taint."""
    taint = Taint(key=UNSCHEDULABLE, effect="NoSchedule")
    if not node.node.spec.unschedulable or any(tolerates(item, taint) for item in cycle.pod.spec.tolerations):
        return None
    return Rejection(("node(s) were unschedulable",), resolvable=False)


def name(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """A pod that names a node goes nowhere else."""
    if cycle.pod.spec.node_name in ("", node.name):
        return None
    return Rejection(("node(s) didn't match the requested node name",), resolvable=False)


def taints(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Every hard taint must be tolerated."""
    taint = untolerated(node.node.spec.taints, cycle.pod.spec.tolerations)
    if taint is None:
        return None
    return Rejection((cycle.dialect.say("scheduler.taint", taint=taint.key, value=taint.value),), resolvable=False)


def affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """The node selector and the required node affinity must hold."""
    if matches_node(cycle.pod, node):
        return None
    return Rejection(("node(s) didn't match Pod's node affinity/selector",), resolvable=False)


def matches_node(pod: Pod, node: NodeInfo) -> bool:
    """Whether a pod's selector and required affinity pick the node."""
    if not matches_all(pod.spec.node_selector, node.labels):
        return False
    wanted = pod.spec.affinity.node_affinity if pod.spec.affinity else None
    required = wanted.required_during_scheduling_ignored_during_execution if wanted else None
    return required is None or picks(required, node)


def picks(selector: NodeSelector, node: NodeInfo) -> bool:
    """Whether one of the selector's terms holds; a term that says nothing holds nowhere."""
    return any(term_holds(term, node) for term in selector.node_selector_terms)


def term_holds(term: NodeSelectorTerm, node: NodeInfo) -> bool:
    """Whether all requirements of a term hold for the node's labels and name."""
    if not term.match_expressions and not term.match_fields:
        return False
    fields = {"metadata.name": node.name}
    return all(node_term_holds(item, node.labels) for item in term.match_expressions) and all(
        node_term_holds(item, fields) for item in term.match_fields
    )
