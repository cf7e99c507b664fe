"""The status of a pod, as the kubelet reports it (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.container import ResourceRequirements


class ContainerStateWaiting(KubeStruct, frozen=True):
    message: str = ""
    reason: str = ""


class ContainerStateRunning(KubeStruct, frozen=True):
    started_at: str | None = None


class ContainerStateTerminated(KubeStruct, frozen=True):
    exit_code: int = shown(0)
    container_id: str = ""
    finished_at: str | None = shown(None)
    message: str = ""
    reason: str = ""
    signal: int | None = None
    started_at: str | None = shown(None)


class ContainerState(KubeStruct, frozen=True):
    running: ContainerStateRunning | None = None
    terminated: ContainerStateTerminated | None = None
    waiting: ContainerStateWaiting | None = None


class ContainerStatus(KubeStruct, frozen=True):
    image: str = shown("")
    image_id: str = shown("")
    name: str = shown("")
    ready: bool = shown(False)
    restart_count: int = shown(0)
    allocated_resources: dict[str, str] = {}
    allocated_resources_status: list[JSON] = []
    container_id: str = ""
    last_state: ContainerState = shown_struct(ContainerState)
    resources: ResourceRequirements | None = None
    started: bool | None = None
    state: ContainerState = shown_struct(ContainerState)
    stop_signal: str = ""
    user: JSON | None = None
    volume_mounts: list[JSON] = []


class PodIP(KubeStruct, frozen=True):
    ip: str = shown("")


class HostIP(KubeStruct, frozen=True):
    ip: str = shown("")


class PodCondition(KubeStruct, frozen=True):
    status: str = shown("")
    type: str = shown("")
    last_probe_time: str | None = shown(None)
    last_transition_time: str | None = shown(None)
    message: str = ""
    observed_generation: int | None = None
    reason: str = ""


class PodStatus(KubeStruct, frozen=True):
    allocated_resources: dict[str, str] = {}
    conditions: list[PodCondition] = []
    container_statuses: list[ContainerStatus] = []
    ephemeral_container_statuses: list[ContainerStatus] = []
    extended_resource_claim_status: JSON | None = None
    host_ip: str = ""
    host_ips: list[HostIP] = []
    init_container_statuses: list[ContainerStatus] = []
    message: str = ""
    node_allocatable_resource_claim_statuses: list[JSON] = []
    nominated_node_name: str = ""
    observed_generation: int = 0
    phase: str = ""
    pod_ip: str = ""
    pod_ips: list[PodIP] = []
    qos_class: str = ""
    reason: str = ""
    resize: str = ""
    resource_claim_statuses: list[JSON] = []
    resources: ResourceRequirements | None = None
    start_time: str | None = None
    volume_health: list[JSON] = []
