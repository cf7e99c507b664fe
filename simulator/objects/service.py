"""Service and Endpoints (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import Condition, ObjectMeta


class ServicePort(KubeStruct, frozen=True):
    port: int = shown(0)
    app_protocol: str = ""
    name: str = ""
    node_port: int | None = None
    protocol: str = ""
    target_port: int | str | None = None


class ServiceSpec(KubeStruct, frozen=True):
    allocate_load_balancer_node_ports: bool | None = None
    cluster_ip: str = ""
    cluster_ips: list[str] = []
    external_ips: list[str] = []
    external_name: str = ""
    external_traffic_policy: str = ""
    health_check_node_port: int | None = None
    internal_traffic_policy: str = ""
    ip_families: list[str] = []
    ip_family_policy: str = ""
    load_balancer_class: str = ""
    load_balancer_ip: str = ""
    load_balancer_source_ranges: list[str] = []
    ports: list[ServicePort] = []
    publish_not_ready_addresses: bool | None = None
    selector: dict[str, str] = {}
    session_affinity: str = ""
    session_affinity_config: JSON | None = None
    traffic_distribution: str = ""
    type: str = ""


class LoadBalancerStatus(KubeStruct, frozen=True):
    ingress: list[JSON] = []


class ServiceStatus(KubeStruct, frozen=True):
    conditions: list[Condition] = []
    load_balancer: LoadBalancerStatus = shown_struct(LoadBalancerStatus)


class Service(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("Service")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: ServiceSpec = shown_struct(ServiceSpec)
    status: ServiceStatus = shown_struct(ServiceStatus)


class EndpointAddress(KubeStruct, frozen=True):
    ip: str = shown("")
    hostname: str = ""
    node_name: str = ""
    target_ref: ObjectReference | None = None


class EndpointPort(KubeStruct, frozen=True):
    port: int = shown(0)
    app_protocol: str = ""
    name: str = ""
    protocol: str = ""


class EndpointSubset(KubeStruct, frozen=True):
    addresses: list[EndpointAddress] = []
    not_ready_addresses: list[EndpointAddress] = []
    ports: list[EndpointPort] = []


class Endpoints(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("Endpoints")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    subsets: list[EndpointSubset] = []


class ObjectReference(KubeStruct, frozen=True):
    api_version: str = ""
    field_path: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    resource_version: str = ""
    uid: str = ""
