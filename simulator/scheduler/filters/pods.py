"""The filter of pod affinity and anti-affinity (plugin interpodaffinity/filtering.go). Pure."""

from __future__ import annotations

from simulator.objects.affinity import PodAffinityTerm
from simulator.objects.base import evolve
from simulator.objects.meta import LabelSelector, LabelSelectorRequirement
from simulator.objects.pod import Pod
from simulator.objects.selectors import matches
from simulator.scheduler.cluster_view import NodeInfo, all_pods
from simulator.scheduler.cycle import Cycle, Rejection


def pod_affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """The pod's own affinity and anti-affinity first, then the anti-affinity of existing pods."""
    if not _affinity_holds(cycle, node):
        return Rejection(("node(s) didn't match pod affinity rules",), resolvable=False)
    if _anti_affinity_violated(cycle, node):
        return Rejection(("node(s) didn't match pod anti-affinity rules",), resolvable=True)
    if _existing_anti_affinity_violated(cycle, node):
        return Rejection(("node(s) didn't satisfy existing pods anti-affinity rules",), resolvable=True)
    return None


def required_terms(pod: Pod, *, anti: bool) -> list[PodAffinityTerm]:
    """The required terms of a pod's affinity or anti-affinity."""
    spec = pod.spec.affinity
    group = None if spec is None else spec.pod_anti_affinity if anti else spec.pod_affinity
    return [] if group is None else group.required_during_scheduling_ignored_during_execution


def term_matches(cycle: Cycle, owner: Pod, term: PodAffinityTerm, other: Pod) -> bool:
    """Whether a term of `owner` matches the pod `other`, by namespace and labels."""
    if not _in_scope(cycle, owner, term, other.metadata.namespace):
        return False
    return matches(_selector(term, owner), other.metadata.labels)


def _in_scope(cycle: Cycle, owner: Pod, term: PodAffinityTerm, namespace: str) -> bool:
    if namespace in term.namespaces:
        return True
    if term.namespace_selector is not None:
        return matches(term.namespace_selector, cycle.namespaces.get(namespace, {}))
    return not term.namespaces and namespace == owner.metadata.namespace


def _selector(term: PodAffinityTerm, owner: Pod) -> LabelSelector | None:
    labels = owner.metadata.labels
    merged = [LabelSelectorRequirement(key=key, operator="In", values=[labels[key]]) for key in term.match_label_keys if key in labels]
    merged += [
        LabelSelectorRequirement(key=key, operator="NotIn", values=[labels[key]]) for key in term.mismatch_label_keys if key in labels
    ]
    if not merged or term.label_selector is None:
        return term.label_selector
    return evolve(term.label_selector, match_expressions=[*term.label_selector.match_expressions, *merged])


def near(cycle: Cycle, node: NodeInfo, key: str) -> list[NodeInfo]:
    """The nodes of the same topology domain; none when the node has no such label."""
    value = node.labels.get(key)
    return [] if value is None else [info for info in cycle.nodes if info.labels.get(key) == value]


def _affinity_holds(cycle: Cycle, node: NodeInfo) -> bool:
    """Whether every term has a matching pod in the node's domain, or the pod is the first one that its own terms match."""
    terms = required_terms(cycle.pod, anti=False)
    if not terms:
        return True
    if not all(term.topology_key in node.labels for term in terms):
        return False

    def matches_all_terms(pod: Pod) -> bool:
        return all(term_matches(cycle, cycle.pod, term, pod) for term in terms)

    if all(any(matches_all_terms(pod) for pod in all_pods(near(cycle, node, term.topology_key))) for term in terms):
        return True
    return not any(matches_all_terms(pod) for pod in all_pods(cycle.nodes)) and matches_all_terms(cycle.pod)


def _anti_affinity_violated(cycle: Cycle, node: NodeInfo) -> bool:
    terms = required_terms(cycle.pod, anti=True)
    return any(term_matches(cycle, cycle.pod, term, pod) for term in terms for pod in all_pods(near(cycle, node, term.topology_key)))


def _existing_anti_affinity_violated(cycle: Cycle, node: NodeInfo) -> bool:
    """Whether the anti-affinity of a pod in one of the node's domains matches the pod."""
    for info in cycle.nodes:
        for pod in info.with_affinity.values():
            for term in required_terms(pod, anti=True):
                value = node.labels.get(term.topology_key)
                if value is not None and info.labels.get(term.topology_key) == value and term_matches(cycle, pod, term, cycle.pod):
                    return True
    return False
