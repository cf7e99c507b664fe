"""The score that spreads pods (plugin podtopologyspread/scoring.go). Pure."""

from __future__ import annotations

import math
from collections import Counter
from functools import partial

from simulator.objects import labels
from simulator.objects.affinity import TopologySpreadConstraint
from simulator.objects.meta import LabelSelector
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, each
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
    for constraint in constraints:
        key, skew = constraint.topology_key, constraint.max_skew
        present = [key in info.labels for info in nodes]
        if True not in present:
            continue
        if key == labels.HOSTNAME:
            weight = math.log(len(eligible) + 2)
            counts = each(cycle, partial(_matching, constraint), nodes, ("matching", key))
        else:
            domains = {info.labels.get(key, "") for info in eligible}
            weight = math.log(len(domains) + 2)
            keys = [item.topology_key for item in constraints] if strict else []
            in_domain = each(cycle, partial(_counted, constraint, keys), cycle.nodes, ("counted", key))
            totals: Counter[str] = Counter()
            for info, count in zip(cycle.nodes, in_domain, strict=True):
                totals[info.labels.get(key, "")] += count
            counts = [totals[info.labels.get(key, "")] for info in nodes]
        sums = [total + (count * weight + skew - 1) if has else total for total, count, has in zip(sums, counts, present, strict=True)]
    return [math.floor(number + 0.5) for number in sums]


def _matching(constraint: TopologySpreadConstraint, cycle: Cycle, info: NodeInfo) -> int:
    return matching_pods(info, selector_of(constraint, cycle.pod), cycle.pod.metadata.namespace)


def _counted(constraint: TopologySpreadConstraint, keys: list[str], cycle: Cycle, info: NodeInfo) -> int:
    """The matching pods of a node that counts: it has the labels `keys`, and the inclusion policies admit it."""
    counts = all(key in info.labels for key in keys) and counts_for(cycle.pod, constraint, info)
    return _matching(constraint, cycle, info) if counts else 0
