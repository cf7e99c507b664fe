"""PriorityClass (scheduling.k8s.io/v1)."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta


class PriorityClass(KubeStruct, frozen=True):
    api_version: str = shown("scheduling.k8s.io/v1")
    description: str = ""
    global_default: bool | None = None
    kind: str = shown("PriorityClass")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    preemption_policy: str = ""
    value: int | None = None
