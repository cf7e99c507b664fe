"""The filter of pod affinity and anti-affinity (plugin interpodaffinity/filtering.go). Pure."""

from __future__ import annotations

from collections.abc import Callable

from simulator.objects.affinity import PodAffinityTerm
from simulator.objects.base import evolve
from simulator.objects.meta import LabelSelector, LabelSelectorRequirement
from simulator.objects.pod import Pod
from simulator.objects.selectors import matches
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

Domain = tuple[str, str]
"""A topology key and its value."""


def pod_affinity(cycle: Cycle) -> Callable[[NodeInfo], Rejection | None] | None:
    """The pod's own affinity and anti-affinity first, then the anti-affinity of existing pods."""
    holds = _own_affinity(cycle)
    avoided, unwelcome = _own_anti_affinity(cycle), _existing_anti_affinity(cycle)
    if holds is None and not avoided and not unwelcome:
        return None

    def check(node: NodeInfo) -> Rejection | None:
        if holds is not None and not holds(node):
            return Rejection(("node(s) didn't match pod affinity rules",), resolvable=False)
        if not avoided.isdisjoint(node.labels.items()):
            return Rejection(("node(s) didn't match pod anti-affinity rules",), resolvable=True)
        if not unwelcome.isdisjoint(node.labels.items()):
            return Rejection(("node(s) didn't satisfy existing pods anti-affinity rules",), resolvable=True)
        return None

    return check


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


def _own_affinity(cycle: Cycle) -> Callable[[NodeInfo], bool] | None:
    """Whether every term has a matching pod in the node's domain, or the pod is the first one that its own terms match."""
    terms = required_terms(cycle.pod, anti=False)
    if not terms:
        return None

    def matches_all_terms(pod: Pod) -> bool:
        return all(term_matches(cycle, cycle.pod, term, pod) for term in terms)

    keys = {term.topology_key for term in terms}
    matching = [info for info in cycle.nodes if any(matches_all_terms(pod) for pod in info.pods.values())]
    domains = {(key, info.labels[key]) for key in keys for info in matching if key in info.labels}
    is_first = not matching and matches_all_terms(cycle.pod)
    return lambda node: all(key in node.labels and (is_first or (key, node.labels[key]) in domains) for key in keys)


def _own_anti_affinity(cycle: Cycle) -> set[Domain]:
    """The domains with a pod that the pod's own anti-affinity matches."""
    return {
        (key, info.labels[key])
        for term in required_terms(cycle.pod, anti=True)
        if (key := term.topology_key)
        for info in cycle.nodes
        if key in info.labels and any(term_matches(cycle, cycle.pod, term, pod) for pod in info.pods.values())
    }


def _existing_anti_affinity(cycle: Cycle) -> set[Domain]:
    """The domains with a pod whose anti-affinity matches the pod."""
    nodes = [info for info in cycle.nodes if info.with_affinity]
    return {
        (term.topology_key, info.labels[term.topology_key])
        for info in nodes
        for pod in info.with_affinity.values()
        for term in required_terms(pod, anti=True)
        if term.topology_key in info.labels and term_matches(cycle, pod, term, cycle.pod)
    }
