"""Which pods to evict so that a pod of higher priority fits (framework/preemption, plugin defaultpreemption). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.selectors import is_empty, matches
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Rejection

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"

Fits = Callable[[NodeInfo], Rejection | None]
"""Why the pod does not fit on a node with these pods; None when it does."""


class Candidate(NamedTuple):
    """A node, the pods that would be evicted (most important first), and how many of them violate a disruption budget."""

    node: str
    victims: list[Pod]
    violations: int


def priority(pod: Pod) -> int:
    """A pod's priority; 0 when it has none."""
    return pod.spec.priority or 0


def ineligible(pod: Pod, nominated: NodeInfo | None) -> str:
    """Why a pod may not preempt at all; empty when it may. `nominated` is the node that preemption chose for it before."""
    if pod.spec.preemption_policy == "Never":
        return "not eligible due to preemptionPolicy=Never."
    victims = [] if nominated is None else [other for other in nominated.pods.values() if priority(other) < priority(pod)]
    terminating = any(is_being_deleted(other) for other in victims)
    return "not eligible due to a terminating pod on the nominated node." if terminating else ""


def candidate(pod: Pod, node: NodeInfo, fits: Fits, budgets: Sequence[PodDisruptionBudget]) -> Candidate | Rejection:
    """The victims on one node: the pod must fit without any pod of lower priority, and then as many of these as possible stay.

    Args:
        pod: The pod to schedule.
        node: The node, which is not changed.
        fits: The filters.
        budgets: The disruption budgets of all namespaces.

    Returns:
        The victims, or why preemption does not help on this node.
    """
    without = node.copy()
    lower = [other for other in node.pods.values() if priority(other) < priority(pod)]
    if not lower:
        return Rejection((NO_VICTIMS,), resolvable=False)
    for other in lower:
        without.remove(other.metadata.uid)
    refused = fits(without)
    if refused is not None:
        return refused
    lower.sort(key=_importance)
    protected, others = _by_budget(lower, budgets)
    victims, violations = [], 0
    for other in [*protected, *others]:
        without.add(other)
        if fits(without) is not None:
            without.remove(other.metadata.uid)
            victims.append(other)
            violations += other in protected
    return Candidate(node.name, sorted(victims, key=_importance), violations)


def best(candidates: Sequence[Candidate]) -> Candidate:
    """The candidate that does the least harm; of equals the first (pickOneNodeForPreemption)."""
    return min(
        candidates,
        key=lambda item: (
            item.violations,  # fewest violated disruption budgets
            max(priority(pod) for pod in item.victims),  # lowest highest priority
            sum(priority(pod) + 2**31 for pod in item.victims),  # lowest sum, which negative priorities must not lower
            len(item.victims),
            _later_is_less(_earliest_start(item.victims)),  # the latest start
        ),
    )


def _importance(pod: Pod) -> tuple[int, str]:
    """Sorts the most important first: by priority, then by start time."""
    return -priority(pod), pod.status.start_time or "9999"


def _earliest_start(victims: list[Pod]) -> str:
    top = max(priority(pod) for pod in victims)
    return min(pod.status.start_time or "9999" for pod in victims if priority(pod) == top)


def _later_is_less(time: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in time)


def _by_budget(pods: list[Pod], budgets: Sequence[PodDisruptionBudget]) -> tuple[list[Pod], list[Pod]]:
    """Pods whose eviction would violate a budget, when all of them are evicted in this order, and the others."""
    left = [item.status.disruptions_allowed for item in budgets]
    protected: list[Pod] = []
    others: list[Pod] = []
    for pod in pods:
        violated = False
        for i, item in enumerate(budgets):
            if item.metadata.namespace != pod.metadata.namespace or not pod.metadata.labels or is_empty(item.spec.selector):
                continue
            if matches(item.spec.selector, pod.metadata.labels) and pod.metadata.name not in item.status.disrupted_pods:
                left[i] -= 1
                violated = violated or left[i] < 0
        (protected if violated else others).append(pod)
    return protected, others
