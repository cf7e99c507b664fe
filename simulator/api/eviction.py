"""The eviction subresource: a delete that disruption budgets may refuse (pkg/registry/core/pod/storage/eviction.go)."""

from __future__ import annotations

from simulator.api.deletion import Deletion
from simulator.api.errors import ApiError, not_found
from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import evolve
from simulator.objects.kinds import Object, key_of
from simulator.objects.meta import Condition
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.selectors import matches

ALLOWED = "DisruptionAllowed"
SEVERAL = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
REFUSED = "Cannot evict pod as it would violate the pod's disruption budget."


def evict(api: ApiServer, pod: Pod, deletion: Deletion, cause: Cause = NO_CAUSE) -> Object | None:
    """Delete a pod unless its budget forbids it; as `ApiServer.delete`. Raises ApiError (TooManyRequests, NotFound, InternalError)."""
    key = key_of(pod)
    current = api.store.get(key)
    if not isinstance(current, Pod) or current.metadata.uid != pod.metadata.uid:
        raise not_found(key)
    if not _nobody_minds(current):
        _ask_budget(api, current, cause)
    target = PodCondition(
        type="DisruptionTarget",
        status="True",
        reason="EvictionByEvictionAPI",
        message="Eviction API: evicting",
        last_transition_time=api.engine.timestamp(),
    )
    others = [item for item in current.status.conditions if item.type != target.type]
    api.update_status(evolve(current, status=evolve(current.status, conditions=[*others, target])), cause)
    return api.delete(key, deletion._replace(uid=current.metadata.uid), cause)


def _nobody_minds(pod: Pod) -> bool:
    """A pod that does not run, or is on its way out, disturbs nobody when it goes."""
    return pod.status.phase in ("Succeeded", "Failed", "Pending") or pod.metadata.deletion_timestamp is not None


def _ask_budget(api: ApiServer, pod: Pod, cause: Cause) -> None:
    """Take one of the disruptions that the pod's budget allows. Raises ApiError when there is none left."""
    budgets = [
        item for item in api.store.typed(PodDisruptionBudget, pod.metadata.namespace) if matches(item.spec.selector, pod.metadata.labels)
    ]
    if len(budgets) > 1:
        raise ApiError("InternalError", SEVERAL)
    if not budgets or _is_unhealthy_and_spare(pod, budgets[0]):
        return
    budget = budgets[0]
    if budget.status.observed_generation < (budget.metadata.generation or 0) or budget.status.disruptions_allowed <= 0:
        raise ApiError("TooManyRequests", REFUSED)
    left = budget.status.disruptions_allowed - 1
    disrupted = {**budget.status.disrupted_pods, pod.metadata.name: api.engine.timestamp()}
    conditions = budget.status.conditions if left else with_allowance(budget, 0, api.engine.timestamp())
    status = evolve(budget.status, disruptions_allowed=left, disrupted_pods=disrupted, conditions=conditions)
    api.update_status(evolve(budget, status=status), cause)


def _is_unhealthy_and_spare(pod: Pod, budget: PodDisruptionBudget) -> bool:
    """A pod that is not ready may go when the healthy ones suffice without it, or always if the budget says so."""
    if any(item.type == "Ready" and item.status == "True" for item in pod.status.conditions):
        return False
    status = budget.status
    return budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow" or (status.current_healthy >= status.desired_healthy > 0)


def with_allowance(budget: PodDisruptionBudget, allowed: int, timestamp: str) -> list[Condition]:
    """The budget's conditions when it allows so many disruptions (pkg/apis/policy/v1/helpers UpdateDisruptionAllowedCondition)."""
    value, reason = ("True", "SufficientPods") if allowed > 0 else ("False", "InsufficientPods")
    old = next((item for item in budget.status.conditions if item.type == ALLOWED), None)
    since = old.last_transition_time if old is not None and old.status == value else timestamp
    others = [item for item in budget.status.conditions if item.type != ALLOWED]
    news = Condition(
        type=ALLOWED, status=value, reason=reason, message="", last_transition_time=since, observed_generation=budget.metadata.generation
    )
    return [*others, news]
