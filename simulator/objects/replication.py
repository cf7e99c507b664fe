"""ReplicationController (core/v1)."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import PodTemplateSpec


class ReplicationControllerSpec(KubeStruct, frozen=True):
    min_ready_seconds: int | None = None
    replicas: int | None = None
    selector: dict[str, str] = {}
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)


class ReplicationControllerCondition(KubeStruct, frozen=True):
    status: str = shown("")
    type: str = shown("")
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""


class ReplicationControllerStatus(KubeStruct, frozen=True):
    replicas: int = shown(0)
    available_replicas: int = 0
    conditions: list[ReplicationControllerCondition] = []
    fully_labeled_replicas: int = 0
    observed_generation: int = 0
    ready_replicas: int = 0


class ReplicationController(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("ReplicationController")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: ReplicationControllerSpec = shown_struct(ReplicationControllerSpec)
    status: ReplicationControllerStatus = shown_struct(ReplicationControllerStatus)
