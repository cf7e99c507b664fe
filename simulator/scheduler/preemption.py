"""Which pods must go so that a more important one finds room (framework/preemption, plugin defaultpreemption). Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.objects.pod import Pod
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.selectors import is_empty, matches
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Rejection

NOT_HELPFUL = "Preemption is not helpful for scheduling"
NO_VICTIMS = "No preemption victims found for incoming pod"

Fits = Callable[[NodeInfo], Rejection | None]
"""Whether the pod would fit on a node that looks like this."""


class Candidate(NamedTuple):
    """A node, the pods that would have to go (most important first), and how many of them a disruption budget protects."""

    node: str
    victims: list[Pod]
    violations: int


def priority(pod: Pod) -> int:
    """A pod's priority; 0 when it has none."""
    return pod.spec.priority or 0


def ineligible(pod: Pod, nominated: NodeInfo | None) -> str:
    """Why a pod may not preempt at all; empty when it may."""
    if pod.spec.preemption_policy == "Never":
        return "not eligible due to preemptionPolicy=Never."
    leaving = nominated is not None and any(
        other.metadata.deletion_timestamp is not None and priority(other) < priority(pod) for other in nominated.pods.values()
    )
    return "not eligible due to a terminating pod on the nominated node." if leaving else ""


def candidate(pod: Pod, node: NodeInfo, fits: Fits, budgets: Sequence[PodDisruptionBudget]) -> Candidate | Rejection:
    """The victims on one node: without all less important pods it must fit; then as many as possible are spared."""
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
    """The node where preemption does least harm."""
    return min(
        candidates,
        key=lambda item: (
            item.violations,  # disruption budgets are kept if possible
            max(priority(pod) for pod in item.victims),  # the most important victim should not be important
            sum(priority(pod) + 2**31 for pod in item.victims),
            len(item.victims),
            _later_is_less(_earliest_start(item.victims)),  # whoever ran for long stays
        ),
    )


def _importance(pod: Pod) -> tuple[int, str]:
    """The most important first: by priority, then by how long it runs."""
    return -priority(pod), pod.status.start_time or "9999"


def _earliest_start(victims: list[Pod]) -> str:
    top = max(priority(pod) for pod in victims)
    return min(pod.status.start_time or "9999" for pod in victims if priority(pod) == top)


def _later_is_less(time: str) -> tuple[int, ...]:
    return tuple(-ord(letter) for letter in time)


def _by_budget(pods: list[Pod], budgets: Sequence[PodDisruptionBudget]) -> tuple[list[Pod], list[Pod]]:
    """Pods that a budget no longer allows to disturb, and the others."""
    left = [item.status.disruptions_allowed for item in budgets]
    protected: list[Pod] = []
    others: list[Pod] = []
    for pod in pods:
        broken = False
        for i, item in enumerate(budgets):
            if item.metadata.namespace != pod.metadata.namespace or not pod.metadata.labels or is_empty(item.spec.selector):
                continue
            if matches(item.spec.selector, pod.metadata.labels) and pod.metadata.name not in item.status.disrupted_pods:
                left[i] -= 1
                broken = broken or left[i] < 0
        (protected if broken else others).append(pod)
    return protected, others
