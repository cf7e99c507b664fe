"""Scores about room on the node (plugin noderesources: least_allocated.go, balanced_allocation.go). Pure."""

from __future__ import annotations

from decimal import Decimal

from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.requests import pod_amounts, scored_amounts
from simulator.scheduler.scores.normal import MOST

NOTHING = Decimal(0)


def least_allocated(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """The more cpu and memory would be left, the better; who asks for nothing counts for a little."""
    cpu, memory = scored_amounts(cycle.pod)
    return [
        _mean(
            [
                _left(info.scored_cpu + cpu, info.allocatable.get("cpu", NOTHING)),
                _left(info.scored_memory + memory, info.allocatable.get("memory", NOTHING)),
            ]
        )
        for info in nodes
    ]


def _left(used: Decimal, there: Decimal) -> int | None:
    if not there:
        return None
    return 0 if used > there else int((there - used) * MOST / there)


def _mean(points: list[int | None]) -> int:
    known = [number for number in points if number is not None]
    return sum(known) // len(known) if known else 0


def balanced_allocation(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """The more equal the shares of cpu and memory in use, the better, measured against the node without the pod.

    A pod that asks for neither is not scored: it would change nothing.
    """
    wanted = pod_amounts(cycle.pod.spec)
    if not any(wanted.get(name) for name in ("cpu", "memory")):
        return [0] * len(nodes)
    return [_balance(info, wanted) for info in nodes]


def _balance(info: NodeInfo, wanted: dict[str, Decimal]) -> int:
    before, after = [], []
    for name in ("cpu", "memory"):
        there = info.allocatable.get(name, NOTHING)
        if there:
            used = info.requested.get(name, NOTHING)
            before.append(min(1.0, float(used / there)))
            after.append(min(1.0, float((used + wanted.get(name, NOTHING)) / there)))
    return MOST // 2 + int((MOST // 2 + _evenness(after) - _evenness(before)) / 2)


def _evenness(shares: list[float]) -> int:
    spread = abs(shares[0] - shares[1]) / 2 if len(shares) == 2 else 0.0
    return int((1 - spread) * MOST)
