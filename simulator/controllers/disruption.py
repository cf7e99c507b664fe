"""How many disruptions a PodDisruptionBudget allows (pkg/controller/disruption/disruption.go)."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.api.eviction import ALLOWED, with_allowance
from simulator.client.ownership import controller_of, owner_in
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.rounding import scaled
from simulator.engine import Order
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import BY_NAME, Key, Object, key_of
from simulator.objects.meta import Condition, is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active, is_ready
from simulator.objects.policy import PodDisruptionBudget
from simulator.objects.selector_text import go_selector
from simulator.objects.selectors import matches
from simulator.units import MINUTE, parse_time

DELETION_TIMEOUT = 2 * MINUTE
"""How long an evicted pod that is still there counts as disrupted."""


SCALABLE = frozenset({"Deployment", "ReplicaSet", "ReplicationController", "StatefulSet"})
"""Kinds with a scale subresource."""
UNMANAGED = (
    "Pods selected by this PodDisruptionBudget (selector: {selector}) were found to be unmanaged. As a result, the status of the PDB "
    "cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set "
    '".spec.minAvailable" field of the PDB to an integer value.'
)


class Expectation(NamedTuple):
    """The expected number of pods, and the desired number of healthy ones."""

    expected: int
    desired_healthy: int


def expectation(budget: PodDisruptionBudget, pods: int, owners_replicas: int) -> Expectation:
    """From minAvailable or maxUnavailable. Percentages, and maxUnavailable, are relative to the replicas of the pods' owners."""
    spec = budget.spec
    if spec.max_unavailable is not None:
        allowed = scaled(spec.max_unavailable, owners_replicas, up=True)
        return Expectation(owners_replicas, max(0, owners_replicas - allowed))
    if isinstance(spec.min_available, int):
        return Expectation(pods, spec.min_available)
    if spec.min_available is not None:
        return Expectation(owners_replicas, scaled(spec.min_available, owners_replicas, up=True))
    return Expectation(pods, 0)


def needs_owners(budget: PodDisruptionBudget) -> bool:
    """Whether a budget is relative to the replicas of the pods' owners, not to the number of pods."""
    return budget.spec.max_unavailable is not None or isinstance(budget.spec.min_available, str)


class DisruptionController(Controller):
    """Updates the status of budgets."""

    name = "controllermanager"
    order = Order.WORLD
    """Its own writes are synced before pods that other controllers create at the same instant."""

    def start(self) -> None:
        """Watch budgets, and the pods they protect."""
        self._store.watch("PodDisruptionBudget", lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("PodDisruptionBudget")

    def sync(self, key: Key) -> None:
        """Count one budget's pods."""
        budget = self._store.get(key)
        if not isinstance(budget, PodDisruptionBudget):
            return
        pods = [pod for pod in self._store.typed(Pod, key.namespace) if matches(budget.spec.selector, pod.metadata.labels)]
        if not pods:
            self._recorder.event(budget, NORMAL, "NoPods", "No matching pods found", cause=because(budget, "no pods"))
        replicas, problem = 0, ""
        if needs_owners(budget):
            replicas, problem = self._owners_replicas(budget, pods)
        if problem:
            self._allow_none(budget, problem)
            return
        expected, desired = expectation(budget, len(pods), replicas)
        disrupted = self._still_disrupted(budget, pods)
        healthy = sum(pod.metadata.name not in disrupted and not is_being_deleted(pod) and is_ready(pod) for pod in pods)
        allowed = max(0, healthy - desired) if expected > 0 else 0
        status = evolve(
            budget.status,
            current_healthy=healthy,
            desired_healthy=desired,
            expected_pods=expected,
            disruptions_allowed=allowed,
            disrupted_pods=disrupted,
            observed_generation=budget.metadata.generation or 0,
            conditions=with_allowance(budget, allowed, self._engine.timestamp()),
        )
        self._api.update_status(evolve(budget, status=status), because(budget, "pods counted"))
        if disrupted:
            oldest = min(parse_time(stamp) for stamp in disrupted.values())
            self._queue.add_after(key, oldest + DELETION_TIMEOUT - self._engine.wall + 1)

    def _owners_replicas(self, budget: PodDisruptionBudget, pods: list[Pod]) -> tuple[int, str]:
        """The sum of replicas of the pods' owners (a Deployment counts for its ReplicaSets), or why it is unknown.

        Pods without an owner do not count, which an Event reports.
        """
        owners: dict[str, int] = {}
        for pod in (pod for pod in pods if controller_of(pod) is not None):
            owner: Any = self._top_owner(pod)
            if owner is pod:
                return 0, f'found no controllers for pod "{pod.metadata.name}"'
            if owner.kind not in SCALABLE:
                return 0, f"{BY_NAME[owner.kind].resource} does not implement the scale subresource"
            owners[owner.metadata.uid] = owner.spec.replicas or 0
        if any(controller_of(pod) is None for pod in pods):
            text = UNMANAGED.format(selector=go_selector(budget.spec.selector))
            self._recorder.event(budget, WARNING, "UnmanagedPods", text, cause=because(budget, "pods without owner"))
        return sum(owners.values()), ""

    def _allow_none(self, budget: PodDisruptionBudget, why: str) -> None:
        """Report that the pods cannot be counted, and allow no disruption."""
        cause = because(budget, "owners cannot be counted")
        text = f"Failed to calculate the number of expected pods: {why}"
        self._recorder.event(budget, WARNING, "CalculateExpectedPodCountFailed", text, cause=cause)
        news = Condition(
            type=ALLOWED, status="False", reason="SyncFailed", message=why, observed_generation=budget.status.observed_generation or None
        )
        old = condition_of(budget.status, ALLOWED)
        since = old.last_transition_time if old is not None and old.status == "False" else self._engine.timestamp()
        others = [item for item in budget.status.conditions if item.type != ALLOWED]
        status = evolve(budget.status, disruptions_allowed=0, conditions=[*others, evolve(news, last_transition_time=since)])
        self._api.update_status(evolve(budget, status=status), cause)

    def _top_owner(self, item: Object) -> Object:
        for _ in range(2):
            ref = controller_of(item)
            owner = None if ref is None else owner_in(self._store, item, ref)
            if owner is None:
                break
            item = owner
        return item

    def _still_disrupted(self, budget: PodDisruptionBudget, pods: list[Pod]) -> dict[str, str]:
        """Evicted pods that are still there, unless their eviction timed out."""
        active = {pod.metadata.name for pod in pods if is_active(pod)}
        limit = self._engine.wall - DELETION_TIMEOUT
        return {name: stamp for name, stamp in budget.status.disrupted_pods.items() if name in active and parse_time(stamp) > limit}

    def _on_pod(self, write: Write, before: Object | None) -> None:
        for budget in self._store.typed(PodDisruptionBudget, write.key.namespace):
            if any(matches(budget.spec.selector, item.metadata.labels) for item in (write.item, before) if item is not None):
                self._queue.add(key_of(budget))
