"""The filter of topology spread constraints (plugin podtopologyspread/filtering.go). Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from simulator.objects.affinity import TopologySpreadConstraint
from simulator.objects.base import evolve
from simulator.objects.meta import LabelSelector, LabelSelectorRequirement
from simulator.objects.placement import picks_node
from simulator.objects.pod import Pod
from simulator.objects.selectors import is_empty, matches
from simulator.objects.tolerations import untolerated
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

MISMATCH = "node(s) didn't match pod topology spread constraints"


def topology_spread(cycle: Cycle) -> Callable[[NodeInfo], Rejection | None] | None:
    """Reject a node whose domain would have more than maxSkew pods above the domain with the fewest."""
    constraints = [item for item in cycle.pod.spec.topology_spread_constraints if item.when_unsatisfiable == "DoNotSchedule"]
    if not constraints:
        return None
    domains = [_domains(cycle, item, constraints) for item in constraints]

    def check(node: NodeInfo) -> Rejection | None:
        for key, counts, free in domains:
            if key not in node.labels:
                return Rejection((f"{MISMATCH} (missing required label)",), resolvable=False)
            if counts[node.labels[key]] > free:
                return Rejection((MISMATCH,), resolvable=True)
        return None

    return check


def _domains(
    cycle: Cycle, constraint: TopologySpreadConstraint, constraints: list[TopologySpreadConstraint]
) -> tuple[str, Counter[str], int]:
    """A constraint's topology key, the matching pods by domain, and with how many of them a domain still takes the pod."""
    counts = domain_counts(cycle, constraint, constraints)
    fewest = min(counts.values(), default=0)
    if len(counts) < (constraint.min_domains or 1):
        fewest = 0  # domains that are missing have no pods
    own = matches(selector_of(constraint, cycle.pod), cycle.pod.metadata.labels)
    return constraint.topology_key, counts, constraint.max_skew + fewest - own


def domain_counts(cycle: Cycle, constraint: TopologySpreadConstraint, constraints: list[TopologySpreadConstraint]) -> Counter[str]:
    """Matching pods by domain. Nodes count that have the topology labels of all `constraints` and that the inclusion policies admit."""
    counts: Counter[str] = Counter()
    selector = selector_of(constraint, cycle.pod)
    for info in cycle.nodes:
        if all(item.topology_key in info.labels for item in constraints) and counts_for(cycle.pod, constraint, info):
            counts[info.labels[constraint.topology_key]] += matching_pods(info, selector, cycle.pod.metadata.namespace)
    return counts


def counts_for(pod: Pod, constraint: TopologySpreadConstraint, info: NodeInfo) -> bool:
    """Whether a node counts by nodeAffinityPolicy (default Honor) and nodeTaintsPolicy (default Ignore)."""
    if (constraint.node_affinity_policy or "Honor") == "Honor" and not picks_node(pod.spec, info.name, info.labels):
        return False
    return constraint.node_taints_policy != "Honor" or untolerated(info.node.spec.taints, pod.spec.tolerations) is None


def matching_pods(info: NodeInfo, selector: LabelSelector | None, namespace: str) -> int:
    """The number of matching pods of a namespace. Terminating pods do not count, and an empty selector matches none."""
    if selector is None or is_empty(selector):
        return 0
    groups = [(group, count) for group, count in info.groups.items() if group.namespace == namespace and not group.terminating]
    return sum(count for group, count in groups if matches(selector, dict(group.labels)))


def selector_of(constraint: TopologySpreadConstraint, pod: Pod) -> LabelSelector | None:
    """The constraint's selector, restricted to pods with the same values of matchLabelKeys."""
    keys = [key for key in constraint.match_label_keys if key in pod.metadata.labels]
    if not keys or constraint.label_selector is None:
        return constraint.label_selector
    same = [LabelSelectorRequirement(key=key, operator="In", values=[pod.metadata.labels[key]]) for key in keys]
    return evolve(constraint.label_selector, match_expressions=[*constraint.label_selector.match_expressions, *same])
