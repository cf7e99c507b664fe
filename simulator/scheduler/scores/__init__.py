"""Scores: each gives every feasible node a number from 0 to 100. The weighted sum decides, and a random draw among equals."""

from __future__ import annotations

from collections.abc import Callable

from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.scores import nodes, pods, resources, spread

Score = Callable[[Cycle, list[NodeInfo]], list[int]]

SCORES: dict[str, tuple[int, Score]] = {
    "TaintToleration": (3, nodes.soft_taints),
    "NodeAffinity": (2, nodes.preferred_affinity),
    "NodeResourcesFit": (1, resources.least_allocated),
    "PodTopologySpread": (2, spread.even_spread),
    "InterPodAffinity": (2, pods.preferred_pod_affinity),
    "NodeResourcesBalancedAllocation": (1, resources.balanced_allocation),
}
"""Weight and function by the name of the plugin (pkg/scheduler/apis/config/v1/default_plugins.go)."""


def totals(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """The weighted sum for each node."""
    sums = [0] * len(nodes)
    for weight, score in SCORES.values():
        sums = [total + weight * points for total, points in zip(sums, score(cycle, nodes), strict=True)]
    return sums
