"""Where a DaemonSet's pods belong, and how they are made (daemon_controller.go, util/daemonset_util.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api.registry import TEMPLATE_GENERATION
from simulator.objects.affinity import Affinity, NodeAffinity, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, Toleration
from simulator.objects.apps import DaemonSet
from simulator.objects.base import evolve
from simulator.objects.labels import CONTROLLER_REVISION_HASH, NETWORK_UNAVAILABLE
from simulator.objects.node import Node
from simulator.objects.placement import named_nodes, picks_node
from simulator.objects.pod import Pod, PodSpec, PodTemplateSpec
from simulator.objects.tolerations import untolerated

GENERATION = "pod-template-generation"
LIVE_ANYWAY = ("not-ready", "unreachable")
START_ANYWAY = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")


class Welcome(NamedTuple):
    """Whether a pod should run on a node, and whether one that runs there may stay."""

    should_run: bool
    may_stay: bool


def welcome(item: DaemonSet, node: Node) -> Welcome:
    """Node name, selector and affinity must hold; a taint that is not tolerated keeps new pods away, and with NoExecute drives them out."""
    spec = with_tolerations(item.spec.template.spec)
    name, labels = node.metadata.name, node.metadata.labels
    if spec.node_name not in ("", name) or not picks_node(spec, name, labels):
        return Welcome(should_run=False, may_stay=False)
    if untolerated(node.spec.taints, spec.tolerations) is None:
        return Welcome(should_run=True, may_stay=True)
    return Welcome(should_run=False, may_stay=untolerated(node.spec.taints, spec.tolerations, ("NoExecute",)) is None)


def with_tolerations(spec: PodSpec) -> PodSpec:
    """The spec with what every daemon tolerates: sick, full and cordoned nodes."""
    wanted = [Toleration(key=f"node.kubernetes.io/{name}", operator="Exists", effect="NoExecute") for name in LIVE_ANYWAY]
    wanted += [Toleration(key=f"node.kubernetes.io/{name}", operator="Exists", effect="NoSchedule") for name in START_ANYWAY]
    if spec.host_network:
        wanted.append(Toleration(key=NETWORK_UNAVAILABLE, operator="Exists", effect="NoSchedule"))
    added = {(one.key, one.effect) for one in wanted}
    kept = [one for one in spec.tolerations if (one.key, one.effect) not in added]
    return evolve(spec, tolerations=[*kept, *wanted])


def template_for(item: DaemonSet, node: str, revision: str) -> PodTemplateSpec:
    """The template of the pod for one node: bound to it by affinity to its name."""
    template = item.spec.template
    generation = item.metadata.annotations.get(TEMPLATE_GENERATION)
    labels = {**template.metadata.labels, CONTROLLER_REVISION_HASH: revision, **({GENERATION: generation} if generation else {})}
    spec = with_tolerations(template.spec)
    spec = evolve(spec, affinity=_to_node(spec.affinity or Affinity(), node))
    return evolve(template, metadata=evolve(template.metadata, labels=labels), spec=spec)


def _to_node(affinity: Affinity, node: str) -> Affinity:
    """The node's name in every required term, or as the only term."""
    here = NodeSelectorRequirement(key="metadata.name", operator="In", values=[node])
    own = affinity.node_affinity or NodeAffinity()
    required = own.required_during_scheduling_ignored_during_execution
    terms = required.node_selector_terms if required else []
    placed = [evolve(term, match_fields=[here]) for term in terms] or [NodeSelectorTerm(match_fields=[here])]
    selector = NodeSelector(node_selector_terms=placed)
    return evolve(affinity, node_affinity=evolve(own, required_during_scheduling_ignored_during_execution=selector))


def node_of(pod: Pod) -> str:
    """The node that a pod has, or is meant for."""
    if pod.spec.node_name:
        return pod.spec.node_name
    names = named_nodes(pod.spec) or set()
    return min(names) if len(names) == 1 else ""
