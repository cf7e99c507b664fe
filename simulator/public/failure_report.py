"""What is said about a cluster below a test that failed: the pods, why they are not ready, what was warned of, and how to look further."""

from __future__ import annotations

import shlex

from simulator.expectations.verdict import instant
from simulator.public.simulated_cluster import SimulatedCluster

MOST_LINES = 30
"""Of the chain of causes, which can be long in a large cluster."""
MOST_EVENTS = 8


def explained(cluster: SimulatedCluster, journal: str) -> str:
    """The whole text; `journal` is the file in which the run was kept, empty: none."""
    moment = cluster.moment
    parts = [f"at {instant(moment.t)}", str(moment.get("pods")).rstrip()]
    if any(not pod.ready and pod.phase != "Succeeded" for pod in moment.pods()):
        parts.append(_cut(str(moment.why()), MOST_LINES))
    warned = moment.warnings()
    if warned:
        parts.append("\n".join(["warnings", *warned[-MOST_EVENTS:]]))
    if journal:
        parts.append(f"podsim get pods,events -A --from {shlex.quote(journal)}\npodsim why --from {shlex.quote(journal)}")
    return "\n\n".join(parts)


def _cut(text: str, most: int) -> str:
    lines = text.rstrip().splitlines()
    return "\n".join(lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more lines"])
