"""Scores of the node itself (plugins tainttoleration, nodeaffinity). Pure."""

from __future__ import annotations

from simulator.objects.placement import term_holds
from simulator.objects.tolerations import tolerates
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, each
from simulator.scheduler.scores.normal import normalized


def soft_taints(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes with fewer PreferNoSchedule taints that the pod does not tolerate."""
    return normalized(each(cycle, _untolerated, nodes), reverse=True)


def _untolerated(cycle: Cycle, info: NodeInfo) -> int:
    tolerations = [item for item in cycle.pod.spec.tolerations if item.effect in ("", "PreferNoSchedule")]
    soft = [taint for taint in info.node.spec.taints if taint.effect == "PreferNoSchedule"]
    return sum(not any(tolerates(item, taint) for item in tolerations) for taint in soft)


def preferred_affinity(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes that match more of the pod's preferred terms, by weight."""
    return normalized(each(cycle, _preferred, nodes))


def _preferred(cycle: Cycle, info: NodeInfo) -> int:
    affinity = cycle.pod.spec.affinity
    preferred = affinity.node_affinity.preferred_during_scheduling_ignored_during_execution if affinity and affinity.node_affinity else []
    terms = [(item.weight, item.preference) for item in preferred if item.preference is not None]
    return sum(weight for weight, term in terms if term_holds(term, info.name, info.labels))
