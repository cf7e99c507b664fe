"""Deployment, ReplicaSet, StatefulSet, DaemonSet, ControllerRevision (apps/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import LabelSelector, ObjectMeta
from simulator.objects.pod import PodTemplateSpec
from simulator.objects.storage import PersistentVolumeClaim


class RollingUpdateDeployment(KubeStruct, frozen=True):
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None


class DeploymentStrategy(KubeStruct, frozen=True):
    rolling_update: RollingUpdateDeployment | None = None
    type: str = ""


class DeploymentSpec(KubeStruct, frozen=True):
    selector: LabelSelector | None = None
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)
    min_ready_seconds: int | None = None
    paused: bool | None = None
    progress_deadline_seconds: int | None = None
    replicas: int | None = None
    revision_history_limit: int | None = None
    strategy: DeploymentStrategy | None = None


class DeploymentCondition(KubeStruct, frozen=True):
    last_transition_time: str | None = shown(None)
    last_update_time: str | None = shown(None)
    message: str = ""
    reason: str = ""
    status: str = ""
    type: str = ""


class DeploymentStatus(KubeStruct, frozen=True):
    available_replicas: int = 0
    collision_count: int | None = None
    conditions: list[DeploymentCondition] = []
    observed_generation: int = 0
    ready_replicas: int = 0
    replicas: int = 0
    terminating_replicas: int | None = None
    unavailable_replicas: int = 0
    updated_replicas: int = 0


class Deployment(KubeStruct, frozen=True):
    spec: DeploymentSpec = shown_struct(DeploymentSpec)
    api_version: str = shown("apps/v1")
    kind: str = shown("Deployment")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    status: DeploymentStatus = shown_struct(DeploymentStatus)


class ReplicaSetSpec(KubeStruct, frozen=True):
    selector: LabelSelector | None = None
    min_ready_seconds: int | None = None
    replicas: int | None = None
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)


class ReplicaSetCondition(KubeStruct, frozen=True):
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""
    status: str = ""
    type: str = ""


class ReplicaSetStatus(KubeStruct, frozen=True):
    replicas: int = shown(0)
    available_replicas: int = 0
    conditions: list[ReplicaSetCondition] = []
    fully_labeled_replicas: int = 0
    observed_generation: int = 0
    ready_replicas: int = 0
    terminating_replicas: int | None = None


class ReplicaSet(KubeStruct, frozen=True):
    spec: ReplicaSetSpec = shown_struct(ReplicaSetSpec)
    api_version: str = shown("apps/v1")
    kind: str = shown("ReplicaSet")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    status: ReplicaSetStatus = shown_struct(ReplicaSetStatus)


class RollingUpdateStatefulSetStrategy(KubeStruct, frozen=True):
    max_unavailable: int | str | None = None
    partition: int | None = None


class StatefulSetUpdateStrategy(KubeStruct, frozen=True):
    rolling_update: RollingUpdateStatefulSetStrategy | None = None
    type: str = ""


class StatefulSetOrdinals(KubeStruct, frozen=True):
    start: int | None = None


class StatefulSetPersistentVolumeClaimRetentionPolicy(KubeStruct, frozen=True):
    when_deleted: str = ""
    when_scaled: str = ""


class StatefulSetSpec(KubeStruct, frozen=True):
    selector: LabelSelector | None = None
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)
    min_ready_seconds: int | None = None
    ordinals: StatefulSetOrdinals | None = None
    persistent_volume_claim_retention_policy: StatefulSetPersistentVolumeClaimRetentionPolicy | None = None
    pod_management_policy: str = ""
    replicas: int | None = None
    revision_history_limit: int | None = None
    service_name: str = shown("")
    update_strategy: StatefulSetUpdateStrategy | None = None
    volume_claim_templates: list[PersistentVolumeClaim] = []


class StatefulSetCondition(KubeStruct, frozen=True):
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""
    status: str = ""
    type: str = ""


class StatefulSetStatus(KubeStruct, frozen=True):
    replicas: int = shown(0)
    available_replicas: int = shown(0)
    collision_count: int | None = None
    conditions: list[StatefulSetCondition] = []
    current_replicas: int = 0
    current_revision: str = ""
    observed_generation: int = 0
    ready_replicas: int = 0
    update_revision: str = ""
    updated_replicas: int = 0


class StatefulSet(KubeStruct, frozen=True):
    spec: StatefulSetSpec = shown_struct(StatefulSetSpec)
    api_version: str = shown("apps/v1")
    kind: str = shown("StatefulSet")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    status: StatefulSetStatus = shown_struct(StatefulSetStatus)


class RollingUpdateDaemonSet(KubeStruct, frozen=True):
    max_surge: int | str | None = None
    max_unavailable: int | str | None = None


class DaemonSetUpdateStrategy(KubeStruct, frozen=True):
    rolling_update: RollingUpdateDaemonSet | None = None
    type: str = ""


class DaemonSetSpec(KubeStruct, frozen=True):
    selector: LabelSelector | None = None
    template: PodTemplateSpec = shown_struct(PodTemplateSpec)
    min_ready_seconds: int | None = None
    revision_history_limit: int | None = None
    update_strategy: DaemonSetUpdateStrategy | None = None


class DaemonSetCondition(KubeStruct, frozen=True):
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""
    status: str = ""
    type: str = ""


class DaemonSetStatus(KubeStruct, frozen=True):
    current_number_scheduled: int = shown(0)
    desired_number_scheduled: int = shown(0)
    number_misscheduled: int = shown(0)
    number_ready: int = shown(0)
    collision_count: int | None = None
    conditions: list[DaemonSetCondition] = []
    number_available: int = 0
    number_unavailable: int = 0
    observed_generation: int = 0
    updated_number_scheduled: int = 0


class DaemonSet(KubeStruct, frozen=True):
    spec: DaemonSetSpec = shown_struct(DaemonSetSpec)
    api_version: str = shown("apps/v1")
    kind: str = shown("DaemonSet")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    status: DaemonSetStatus = shown_struct(DaemonSetStatus)


class ControllerRevision(KubeStruct, frozen=True):
    data: JSON | None = None
    api_version: str = shown("apps/v1")
    kind: str = shown("ControllerRevision")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    revision: int | None = None
