"""The sentence that says why a pod found no node (pkg/scheduler/framework/types.go FitError). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from simulator.scheduler.cycle import Rejection

NO_NODES = "no nodes available to schedule pods"


def histogram(total: int, reasons: Iterable[str]) -> str:
    """`0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`: each reason with how often, sorted as text."""
    parts = sorted(f"{count} {reason}" for reason, count in Counter(reasons).items())
    return f"0/{total} nodes are available" + (": " + ", ".join(parts) if parts else "") + "."


def fit_error(total: int, rejections: Mapping[str, Rejection], early: str, post_filter: str) -> str:
    """The whole message. `early`: what was wrong before any node was looked at; `post_filter`: what preemption found."""
    if total == 0:
        return NO_NODES
    if early:
        text = f"0/{total} nodes are available: {early}."
    else:
        text = histogram(total, (reason for item in rejections.values() for reason in item.reasons))
    return f"{text} {post_filter}" if post_filter else text
