"""Scores of the node itself (plugins tainttoleration, nodeaffinity). Pure."""

from __future__ import annotations

from simulator.objects.placement import term_holds
from simulator.objects.tolerations import tolerates
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.scores.normal import normalized


def soft_taints(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate."""
    tolerations = [item for item in cycle.pod.spec.tolerations if item.effect in ("", "PreferNoSchedule")]
    counts = []
    for info in nodes:
        soft = [taint for taint in info.node.spec.taints if taint.effect == "PreferNoSchedule"]
        counts.append(sum(not any(tolerates(item, taint) for item in tolerations) for taint in soft))
    return normalized(counts, reverse=True)


def preferred_affinity(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes that match more of the pod's preferred terms, by weight."""
    affinity = cycle.pod.spec.affinity
    preferred = affinity.node_affinity.preferred_during_scheduling_ignored_during_execution if affinity and affinity.node_affinity else []
    terms = [(item.weight, item.preference) for item in preferred if item.preference is not None]
    return normalized([sum(weight for weight, term in terms if term_holds(term, info.name, info.labels)) for info in nodes])
