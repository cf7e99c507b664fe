"""What a failed test prints about its cluster: the pods, why they are not ready, warnings, and commands that show more."""

from __future__ import annotations

import shlex

from simulator.expectations.verdict import instant
from simulator.objects.pod_facts import has_succeeded
from simulator.public.simulated_cluster import SimulatedCluster

MOST_LINES = 30
"""Of the chain of causes, which is long in a large cluster."""
MOST_EVENTS = 8


def failure_report(cluster: SimulatedCluster, journal: str) -> str:
    """The whole text; `journal`: the file in which the journal was saved, empty: it was not."""
    moment = cluster.moment
    parts = [f"at {instant(moment.t)}", str(moment.get("pods")).rstrip()]
    if any(not pod.ready and not has_succeeded(pod.object) for pod in moment.pods()):
        parts.append(_shortened(str(moment.why()), MOST_LINES))
    warnings = moment.warnings()
    if warnings:
        parts.append("\n".join(["warnings", *warnings[-MOST_EVENTS:]]))
    if journal:
        parts.append(f"podsim get pods,events -A --from {shlex.quote(journal)}\npodsim why --from {shlex.quote(journal)}")
    return "\n\n".join(parts)


def _shortened(text: str, most: int) -> str:
    lines = text.rstrip().splitlines()
    return "\n".join(lines if len(lines) <= most else [*lines[:most], f"... and {len(lines) - most} more lines"])
