"""Pod and its spec (core/v1)."""

from __future__ import annotations

from simulator.objects.affinity import Affinity, Toleration, TopologySpreadConstraint
from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod_status import PodStatus
from simulator.objects.volume import Volume


class LocalObjectReference(KubeStruct, frozen=True):
    name: str = ""


class HostAlias(KubeStruct, frozen=True):
    ip: str = shown("")
    hostnames: list[str] = []


class PodReadinessGate(KubeStruct, frozen=True):
    condition_type: str = shown("")


class PodSchedulingGate(KubeStruct, frozen=True):
    name: str = shown("")


class PodSecurityContext(KubeStruct, frozen=True):
    app_armor_profile: JSON | None = None
    fs_group: int | None = None
    fs_group_change_policy: str = ""
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    se_linux_change_policy: str = ""
    se_linux_options: JSON | None = None
    seccomp_profile: JSON | None = None
    supplemental_groups: list[int] = []
    supplemental_groups_policy: str = ""
    sysctls: list[JSON] = []
    windows_options: JSON | None = None


class PodSpec(KubeStruct, frozen=True):
    containers: list[Container] = []
    active_deadline_seconds: int | None = None
    affinity: Affinity | None = None
    automount_service_account_token: bool | None = None
    dns_config: JSON | None = None
    dns_policy: str = ""
    enable_service_links: bool | None = None
    ephemeral_containers: list[JSON] = []
    eviction_responders: list[JSON] = []
    host_aliases: list[HostAlias] = []
    host_ipc: bool | None = None
    host_network: bool | None = None
    host_pid: bool | None = None
    host_users: bool | None = None
    hostname: str = ""
    hostname_override: str = ""
    image_pull_secrets: list[LocalObjectReference] = []
    init_containers: list[Container] = []
    node_name: str = ""
    node_selector: dict[str, str] = {}
    os: JSON | None = None
    overhead: dict[str, str] = {}
    preemption_policy: str = ""
    priority: int | None = None
    priority_class_name: str = ""
    readiness_gates: list[PodReadinessGate] = []
    resource_claims: list[JSON] = []
    resources: ResourceRequirements | None = None
    restart_policy: str = ""
    runtime_class_name: str = ""
    scheduler_name: str = ""
    scheduling_gates: list[PodSchedulingGate] = []
    scheduling_group: JSON | None = None
    security_context: PodSecurityContext | None = None
    service_account: str = ""
    service_account_name: str = ""
    set_hostname_as_fqdn: bool | None = None
    share_process_namespace: bool | None = None
    subdomain: str = ""
    termination_grace_period_seconds: int | None = None
    tolerations: list[Toleration] = []
    topology_spread_constraints: list[TopologySpreadConstraint] = []
    volumes: list[Volume] = []


class PodTemplateSpec(KubeStruct, frozen=True):
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: PodSpec = shown_struct(PodSpec)


class Pod(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("Pod")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: PodSpec = shown_struct(PodSpec)
    status: PodStatus = shown_struct(PodStatus)
