"""On which nodes a DaemonSet's pods run, and how they are created (daemon_controller.go, util/daemonset_util.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api.registry import TEMPLATE_GENERATION
from simulator.objects import labels
from simulator.objects.affinity import Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Toleration
from simulator.objects.apps import DaemonSet
from simulator.objects.base import evolve
from simulator.objects.node import Node
from simulator.objects.placement import named_nodes, picks_node
from simulator.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulator.objects.tolerations import untolerated

GENERATION = "pod-template-generation"
TOLERATED_NO_EXECUTE = ("not-ready", "unreachable")
TOLERATED_NO_SCHEDULE = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")


class Fit(NamedTuple):
    """Whether a pod should run on a node, and whether one that runs there may continue."""

    should_run: bool
    may_continue: bool


def fit_of(item: DaemonSet, node: Node) -> Fit:
    """How a node fits (NodeShouldRunDaemonPod): node name, selector and affinity must match, and taints must be tolerated."""
    spec = with_tolerations(item.spec.template.spec)
    name = node.metadata.name
    if spec.node_name not in ("", name) or not picks_node(spec, name, node.metadata.labels):
        return Fit(should_run=False, may_continue=False)
    if untolerated(node.spec.taints, spec.tolerations) is None:
        return Fit(should_run=True, may_continue=True)
    return Fit(should_run=False, may_continue=untolerated(node.spec.taints, spec.tolerations, ("NoExecute",)) is None)


def with_tolerations(spec: PodSpec) -> PodSpec:
    """The spec with the tolerations of every daemon pod: for nodes that are unhealthy, under pressure or cordoned."""
    daemon = [Toleration(key=f"node.kubernetes.io/{name}", operator="Exists", effect="NoExecute") for name in TOLERATED_NO_EXECUTE]
    daemon += [Toleration(key=f"node.kubernetes.io/{name}", operator="Exists", effect="NoSchedule") for name in TOLERATED_NO_SCHEDULE]
    if spec.host_network:
        daemon.append(Toleration(key=labels.NETWORK_UNAVAILABLE, operator="Exists", effect="NoSchedule"))
    added = {(one.key, one.effect) for one in daemon}
    kept = [one for one in spec.tolerations if (one.key, one.effect) not in added]
    return evolve(spec, tolerations=[*kept, *daemon])


def template_for(item: DaemonSet, node: str, revision: str) -> PodTemplateSpec:
    """The template of the pod for one node, with an affinity for the node's name."""
    template = item.spec.template
    generation = item.metadata.annotations.get(TEMPLATE_GENERATION)
    pod_labels = {**template.metadata.labels, labels.CONTROLLER_REVISION_HASH: revision, **({GENERATION: generation} if generation else {})}
    spec = with_tolerations(template.spec)
    spec = evolve(spec, affinity=_to_node(spec.affinity or Affinity(), node))
    return evolve(template, metadata=evolve(template.metadata, labels=pod_labels), spec=spec)


def _to_node(affinity: Affinity, node: str) -> Affinity:
    """The affinity with the node's name in every required term, or as the only one."""
    here = NodeSelectorRequirement(key="metadata.name", operator="In", values=[node])
    own = affinity.node_affinity or NodeAffinity()
    required = own.required_during_scheduling_ignored_during_execution
    terms = required.node_selector_terms if required else []
    placed = [evolve(term, match_fields=[here]) for term in terms] or [NodeSelectorTerm(match_fields=[here])]
    selector = NodeSelector(node_selector_terms=placed)
    return evolve(affinity, node_affinity=evolve(own, required_during_scheduling_ignored_during_execution=selector))


def node_of(pod: Pod) -> str:
    """The node that a pod is bound to, or was created for."""
    if pod.spec.node_name:
        return pod.spec.node_name
    names = named_nodes(pod.spec) or set()
    return min(names) if len(names) == 1 else ""
