"""The eviction subresource: a deletion that a disruption budget may refuse (pkg/registry/core/pod/storage/eviction.go)."""

from __future__ import annotations

from simulator.api.deletion import Deletion
from simulator.api.errors import ApiError, not_found
from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import JSON, evolve
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Object, key_of
from simulator.objects.meta import Condition, is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import PENDING, disruption_target, has_ended, is_ready
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
    if not _needs_no_budget(current):
        _use_budget(api, current, cause)
    target = disruption_target("EvictionByEvictionAPI", "Eviction API: evicting", api.engine.timestamp())
    others = [item for item in current.status.conditions if item.type != target.type]
    api.update_status(evolve(current, status=evolve(current.status, conditions=[*others, target])), cause)
    return api.delete(key, deletion._replace(uid=current.metadata.uid), cause)


def _needs_no_budget(pod: Pod) -> bool:
    """Whether a pod can be evicted regardless of budgets: it does not run, or is terminating."""
    return has_ended(pod) or pod.status.phase == PENDING or is_being_deleted(pod)


def _use_budget(api: ApiServer, pod: Pod, cause: Cause) -> None:
    """Use one of the disruptions that the pod's budget allows. Raises ApiError (TooManyRequests) when none is left."""
    budgets = [
        item for item in api.store.typed(PodDisruptionBudget, pod.metadata.namespace) if matches(item.spec.selector, pod.metadata.labels)
    ]
    if len(budgets) > 1:
        raise ApiError("InternalError", SEVERAL)
    if not budgets or _is_unhealthy_and_spare(pod, budgets[0]):
        return
    budget = budgets[0]
    if budget.status.observed_generation < (budget.metadata.generation or 0) or budget.status.disruptions_allowed <= 0:
        raise ApiError("TooManyRequests", REFUSED, {"causes": [_why(budget)]})
    left = budget.status.disruptions_allowed - 1
    disrupted = {**budget.status.disrupted_pods, pod.metadata.name: api.engine.timestamp()}
    conditions = budget.status.conditions if left else with_allowance(budget, 0, api.engine.timestamp())
    status = evolve(budget.status, disruptions_allowed=left, disrupted_pods=disrupted, conditions=conditions)
    api.update_status(evolve(budget, status=status), cause)


def _why(budget: PodDisruptionBudget) -> JSON:
    """The cause that names the budget: it has not been computed yet, or allows no disruption now."""
    name, status = budget.metadata.name, budget.status
    if status.observed_generation < (budget.metadata.generation or 0):
        return {"reason": "DisruptionBudget", "message": f"The disruption budget {name} is still being processed by the server."}
    has = f"The disruption budget {name} needs {status.desired_healthy} healthy pods and has {status.current_healthy} currently"
    return {"reason": "DisruptionBudget", "message": has}


def _is_unhealthy_and_spare(pod: Pod, budget: PodDisruptionBudget) -> bool:
    """Whether a pod is not ready and may be evicted: enough pods are healthy, or unhealthyPodEvictionPolicy is AlwaysAllow."""
    if is_ready(pod):
        return False
    status = budget.status
    return budget.spec.unhealthy_pod_eviction_policy == "AlwaysAllow" or (status.current_healthy >= status.desired_healthy > 0)


def with_allowance(budget: PodDisruptionBudget, allowed: int, timestamp: str) -> list[Condition]:
    """The budget's conditions when it allows that many disruptions (pkg/apis/policy/v1/helpers UpdateDisruptionAllowedCondition)."""
    value, reason = ("True", "SufficientPods") if allowed > 0 else ("False", "InsufficientPods")
    old = condition_of(budget.status, ALLOWED)
    since = old.last_transition_time if old is not None and old.status == value else timestamp
    others = [item for item in budget.status.conditions if item.type != ALLOWED]
    news = Condition(
        type=ALLOWED, status=value, reason=reason, message="", last_transition_time=since, observed_generation=budget.metadata.generation
    )
    return [*others, news]
