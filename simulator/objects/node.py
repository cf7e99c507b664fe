"""Node (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import ObjectMeta


class Taint(KubeStruct, frozen=True):
    effect: str = shown("")
    key: str = shown("")
    time_added: str | None = None
    value: str = ""


class NodeSpec(KubeStruct, frozen=True):
    config_source: JSON | None = None
    external_id: str = ""
    pod_cidr: str = ""
    pod_cidrs: list[str] = []
    pod_preemption_policy: JSON | None = None
    provider_id: str = ""
    taints: list[Taint] = []
    unschedulable: bool | None = None


class NodeCondition(KubeStruct, frozen=True):
    status: str = shown("")
    type: str = shown("")
    last_heartbeat_time: str | None = None
    last_transition_time: str | None = None
    message: str = ""
    reason: str = ""


class NodeAddress(KubeStruct, frozen=True):
    address: str = shown("")
    type: str = shown("")


class NodeSystemInfo(KubeStruct, frozen=True):
    architecture: str = shown("")
    boot_id: str = shown("")
    container_runtime_version: str = shown("")
    kernel_version: str = shown("")
    kube_proxy_version: str = shown("")
    kubelet_version: str = shown("")
    machine_id: str = shown("")
    operating_system: str = shown("")
    os_image: str = shown("")
    system_uuid: str = shown("")
    running_in_user_namespace: bool | None = None
    swap: JSON | None = None


class NodeStatus(KubeStruct, frozen=True):
    addresses: list[NodeAddress] = []
    allocatable: dict[str, str] = {}
    capacity: dict[str, str] = {}
    conditions: list[NodeCondition] = []
    config: JSON | None = None
    daemon_endpoints: JSON | None = None
    declared_features: list[str] = []
    features: JSON | None = None
    images: list[JSON] = []
    node_info: NodeSystemInfo | None = None
    phase: str = ""
    runtime_handlers: list[JSON] = []
    volumes_attached: list[JSON] = []
    volumes_in_use: list[str] = []


class Node(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("Node")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: NodeSpec = shown_struct(NodeSpec)
    status: NodeStatus = shown_struct(NodeStatus)
