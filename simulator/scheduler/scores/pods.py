"""The score of preferred pod affinity (plugin interpodaffinity/scoring.go). Pure."""

from __future__ import annotations

from collections import Counter

from simulator.objects.affinity import PodAffinityTerm, WeightedPodAffinityTerm
from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters.pods import required_terms, term_matches
from simulator.scheduler.scores.normal import MAX_SCORE

HARD_AFFINITY_WEIGHT = 1
"""The weight of a required affinity of an existing pod that matches the pod."""

Domain = tuple[str, str]


def preferred_pod_affinity(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes by the weights of the pod's preferred terms, and of existing pods' terms that match it."""
    domains: Counter[Domain] = Counter()
    has_affinity = cycle.pod.spec.affinity is not None
    for info in cycle.nodes if has_affinity else [info for info in cycle.nodes if info.with_affinity]:
        for other in (info.pods if has_affinity else info.with_affinity).values():
            _count(cycle, info, other, domains)
    if not domains:
        return [0] * len(nodes)
    raw = [sum(weight for (key, value), weight in domains.items() if info.labels.get(key) == value) for info in nodes]
    low, high = min(raw), max(raw)
    return [0 if high == low else int(MAX_SCORE * (number - low) / (high - low)) for number in raw]


def _count(cycle: Cycle, info: NodeInfo, other: Pod, domains: Counter[Domain]) -> None:
    for sign, anti in ((1, False), (-1, True)):
        for own in _preferred(cycle.pod, anti=anti):
            _add(cycle, info, (cycle.pod, own.pod_affinity_term, other), sign * own.weight, domains)
        for theirs in _preferred(other, anti=anti):
            _add(cycle, info, (other, theirs.pod_affinity_term, cycle.pod), sign * theirs.weight, domains)
    for term in required_terms(other, anti=False):
        _add(cycle, info, (other, term, cycle.pod), HARD_AFFINITY_WEIGHT, domains)


def _add(cycle: Cycle, info: NodeInfo, match: tuple[Pod, PodAffinityTerm | None, Pod], weight: int, domains: Counter[Domain]) -> None:
    owner, term, other = match
    if term is not None and term.topology_key in info.labels and term_matches(cycle, owner, term, other):
        domains[term.topology_key, info.labels[term.topology_key]] += weight


def _preferred(pod: Pod, *, anti: bool) -> list[WeightedPodAffinityTerm]:
    spec = pod.spec.affinity
    group = None if spec is None else spec.pod_anti_affinity if anti else spec.pod_affinity
    return [] if group is None else group.preferred_during_scheduling_ignored_during_execution
