"""The score of preferred company (plugin interpodaffinity/scoring.go). Pure."""

from __future__ import annotations

from collections import Counter

from simulator.objects.affinity import PodAffinityTerm, WeightedPodAffinityTerm
from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters.pods import required_terms, term_picks
from simulator.scheduler.scores.normal import MOST

HARD_AFFINITY_WEIGHT = 1
"""What a required affinity of a pod that is there already is worth to those it wants near."""

Domain = tuple[str, str]


def preferred_company(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Weights of the pod's own wishes, and of the wishes about it of pods that are there already."""
    domains: Counter[Domain] = Counter()
    minds = cycle.pod.spec.affinity is not None
    for info in cycle.nodes:
        for other in (info.pods if minds else info.picky).values():
            _count(cycle, info, other, domains)
    if not domains:
        return [0] * len(nodes)
    raw = [sum(weight for (key, value), weight in domains.items() if info.labels.get(key) == value) for info in nodes]
    low, high = min(raw), max(raw)
    return [0 if high == low else int(MOST * (number - low) / (high - low)) for number in raw]


def _count(cycle: Cycle, info: NodeInfo, other: Pod, domains: Counter[Domain]) -> None:
    for sign, anti in ((1, False), (-1, True)):
        for mine in _wishes(cycle.pod, anti=anti):
            _add(cycle, info, (cycle.pod, mine.pod_affinity_term, other), sign * mine.weight, domains)
        for theirs in _wishes(other, anti=anti):
            _add(cycle, info, (other, theirs.pod_affinity_term, cycle.pod), sign * theirs.weight, domains)
    for term in required_terms(other, anti=False):
        _add(cycle, info, (other, term, cycle.pod), HARD_AFFINITY_WEIGHT, domains)


def _add(cycle: Cycle, info: NodeInfo, about: tuple[Pod, PodAffinityTerm | None, Pod], weight: int, domains: Counter[Domain]) -> None:
    owner, term, other = about
    if term is not None and term.topology_key in info.labels and term_picks(cycle, owner, term, other):
        domains[term.topology_key, info.labels[term.topology_key]] += weight


def _wishes(pod: Pod, *, anti: bool) -> list[WeightedPodAffinityTerm]:
    spec = pod.spec.affinity
    group = None if spec is None else spec.pod_anti_affinity if anti else spec.pod_affinity
    return [] if group is None else group.preferred_during_scheduling_ignored_during_execution
