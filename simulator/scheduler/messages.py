"""The message of FailedScheduling (pkg/scheduler/framework/types.go FitError). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from simulator.scheduler.cycle import Rejection

NO_NODES = "no nodes available to schedule pods"


def histogram(total: int, reasons: Iterable[str]) -> str:
    """`0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`: each reason with its count, sorted as text."""
    parts = sorted(f"{count} {reason}" for reason, count in Counter(reasons).items())
    return f"0/{total} nodes are available" + (": " + ", ".join(parts) if parts else "") + "."


def fit_error(total: int, rejections: Mapping[str, Rejection], early: str, post_filter: str) -> str:
    """The whole message.

    Args:
        total: The number of nodes.
        rejections: Why each node was rejected, by its name.
        early: Why the pod was rejected before any node was checked; empty when it was not.
        post_filter: The message of preemption; empty when there is none.
    """
    if total == 0:
        return NO_NODES
    if early:
        text = f"0/{total} nodes are available: {early}."
    else:
        text = histogram(total, (reason for item in rejections.values() for reason in item.reasons))
    return f"{text} {post_filter}" if post_filter else text
