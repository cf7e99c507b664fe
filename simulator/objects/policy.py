"""PodDisruptionBudget (policy/v1)."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown, shown_struct
from simulator.objects.meta import Condition, LabelSelector, ObjectMeta


class PodDisruptionBudgetSpec(KubeStruct, frozen=True):
    max_unavailable: int | str | None = None
    min_available: int | str | None = None
    selector: LabelSelector | None = None
    unhealthy_pod_eviction_policy: str = ""


class PodDisruptionBudgetStatus(KubeStruct, frozen=True):
    conditions: list[Condition] = []
    current_healthy: int = shown(0)
    desired_healthy: int = shown(0)
    disrupted_pods: dict[str, str] = {}
    disruptions_allowed: int = shown(0)
    expected_pods: int = shown(0)
    observed_generation: int = 0


class PodDisruptionBudget(KubeStruct, frozen=True):
    api_version: str = shown("policy/v1")
    kind: str = shown("PodDisruptionBudget")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: PodDisruptionBudgetSpec = shown_struct(PodDisruptionBudgetSpec)
    status: PodDisruptionBudgetStatus = shown_struct(PodDisruptionBudgetStatus)
