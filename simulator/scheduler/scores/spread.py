"""The score that spreads pods (plugin podtopologyspread/scoring.go). Pure."""

from __future__ import annotations

import math
from collections import Counter

from simulator.objects import labels
from simulator.objects.affinity import TopologySpreadConstraint
from simulator.objects.meta import LabelSelector
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.scheduler.filters.spread import counts_for, matching_pods, selector_of
from simulator.scheduler.scores.normal import MAX_SCORE

DEFAULT_SKEWS = {labels.HOSTNAME: 3, labels.ZONE: 5}
"""The constraints of pods that have none of their own but belong to a Service or set: maxSkew by topology key."""


def even_spread(cycle: Cycle, nodes: list[NodeInfo]) -> list[int]:
    """Prefers nodes with fewer matching pods in their topology domains."""
    constraints = _constraints(cycle)
    if not constraints:
        return [0] * len(nodes)
    strict = bool(cycle.pod.spec.topology_spread_constraints)
    ignored = [strict and not all(item.topology_key in info.labels for item in constraints) for info in nodes]
    eligible = [info for info, out in zip(nodes, ignored, strict=True) if not out]
    raw = _raw_scores(cycle, constraints, nodes, eligible, strict=strict)
    known = [number for number, out in zip(raw, ignored, strict=True) if not out]
    low, high = min(known, default=0), max(known, default=0)
    return [
        0 if out else MAX_SCORE if high == 0 else MAX_SCORE * (high + low - number) // high
        for number, out in zip(raw, ignored, strict=True)
    ]


def _constraints(cycle: Cycle) -> list[TopologySpreadConstraint]:
    own = cycle.pod.spec.topology_spread_constraints
    if own:
        return [item for item in own if item.when_unsatisfiable == "ScheduleAnyway"]
    if not cycle.siblings:
        return []
    merged = {key: value for selector in cycle.siblings for key, value in selector.items()}
    selector = LabelSelector(match_labels=merged)
    return [
        TopologySpreadConstraint(max_skew=skew, topology_key=key, when_unsatisfiable="ScheduleAnyway", label_selector=selector)
        for key, skew in DEFAULT_SKEWS.items()
    ]


def _raw_scores(
    cycle: Cycle, constraints: list[TopologySpreadConstraint], nodes: list[NodeInfo], eligible: list[NodeInfo], *, strict: bool
) -> list[int]:
    sums = [0.0] * len(nodes)
    namespace = cycle.pod.metadata.namespace
    for constraint in constraints:
        key, selector = constraint.topology_key, selector_of(constraint, cycle.pod)
        domains = {info.labels.get(key, "") for info in eligible}
        weight = math.log((len(eligible) if key == labels.HOSTNAME else len(domains)) + 2)
        counts: Counter[str] = Counter()
        if key != labels.HOSTNAME:
            for info in cycle.nodes:
                complete = all(item.topology_key in info.labels for item in constraints)
                if (complete or not strict) and info.labels.get(key, "") in domains and counts_for(cycle.pod, constraint, info):
                    counts[info.labels.get(key, "")] += matching_pods(info, selector, namespace)
        for i, info in enumerate(nodes):
            if key in info.labels:
                count = matching_pods(info, selector, namespace) if key == labels.HOSTNAME else counts[info.labels[key]]
                sums[i] += count * weight + constraint.max_skew - 1
    return [math.floor(number + 0.5) for number in sums]
