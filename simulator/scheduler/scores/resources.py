"""Scores of free resources (plugin noderesources: least_allocated.go, balanced_allocation.go). Pure."""

from __future__ import annotations

from decimal import Decimal

from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, each
from simulator.scheduler.requests import pod_amounts, scored_amounts
from simulator.scheduler.scores.normal import MAX_SCORE

NOTHING = Decimal(0)


def least_allocated(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes with more cpu and memory left once the pod runs there."""
    return each(cycle, _least, nodes)


def _least(cycle: Cycle, info: NodeInfo) -> int:
    cpu, memory = scored_amounts(cycle.pod.spec)
    return _mean(
        [
            _left(info.scored_cpu + cpu, info.allocatable.get("cpu", NOTHING)),
            _left(info.scored_memory + memory, info.allocatable.get("memory", NOTHING)),
        ]
    )


def _left(used: Decimal, allocatable: Decimal) -> int | None:
    if not allocatable:
        return None
    return 0 if used > allocatable else int((allocatable - used) * MAX_SCORE / allocatable)


def _mean(points: list[int | None]) -> int:
    known = [number for number in points if number is not None]
    return sum(known) // len(known) if known else 0


def balanced_allocation(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes on which the pod brings the shares of cpu and memory in use closer together.

    A pod that requests neither is not scored: it would change nothing.
    """
    return each(cycle, _balance, nodes)


def _balance(cycle: Cycle, info: NodeInfo) -> int:
    requests = pod_amounts(cycle.pod.spec)
    if not any(requests.get(name) for name in ("cpu", "memory")):
        return 0
    before, after = [], []
    for name in ("cpu", "memory"):
        allocatable = info.allocatable.get(name, NOTHING)
        if allocatable:
            used = info.requested.get(name, NOTHING)
            before.append(min(1.0, float(used / allocatable)))
            after.append(min(1.0, float((used + requests.get(name, NOTHING)) / allocatable)))
    return MAX_SCORE // 2 + int((MAX_SCORE // 2 + _evenness(after) - _evenness(before)) / 2)


def _evenness(shares: list[float]) -> int:
    spread = abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0.0
    return int((1 - spread) * MAX_SCORE)
