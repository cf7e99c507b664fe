"""What the API server does to an update before it validates it (PrepareForUpdate, plug-ins on update)."""

from __future__ import annotations

from math import ceil
from typing import TypeVar

from simulator.api.admission_pod import tolerations
from simulator.api.admission_refusal import forbidden
from simulator.journal.reads import Reads
from simulator.manifest.pod_resources import pod_resources
from simulator.manifest.quantities import parse
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, Unstructured
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.service import LoadBalancerStatus, Service, ServiceSpec
from simulator.objects.storage import PersistentVolumeClaim

T = TypeVar("T", bound=Object)
WITH_NODE_PORTS = ("NodePort", "LoadBalancer")


def adjusted(new: T, old: Object) -> T:
    """The update with the fields that the server keeps, and without fields that its new type does not have."""
    if isinstance(new, Pod):
        return tolerations(new)  # type: ignore[return-value]
    if isinstance(new, Service) and isinstance(old, Service):
        return _service(new, old)  # type: ignore[return-value]
    return new


def only(part: str, new: Pod, old: Pod) -> Pod:
    """The pod `old` with the changes of `new` that a request for one of its parts can make (resize, ephemeralcontainers).

    Containers that were added, removed or renamed are left to validation.
    """
    if part == "ephemeralcontainers":
        return evolve(old, spec=evolve(old.spec, ephemeral_containers=new.spec.ephemeral_containers))
    lists = [(new.spec.containers, old.spec.containers), (new.spec.init_containers, old.spec.init_containers)]
    if any([item.name for item in after] != [item.name for item in before] for after, before in lists):
        return evolve(new, status=old.status)
    containers, init = (
        [evolve(was, resources=item.resources, resize_policy=item.resize_policy) for item, was in zip(after, before, strict=True)]
        for after, before in lists
    )
    return evolve(old, spec=evolve(old.spec, containers=containers, init_containers=init))


def check_capacity(pod: Pod, reads: Reads) -> None:
    """Refuse a resize to more than the pod's node has (plug-in PodResizeValidator). Raises ApiError (Forbidden)."""
    node = reads.get(Key("Node", "", pod.spec.node_name))
    if not isinstance(node, Node):
        return
    requests = pod_resources(pod.spec, "requests")
    short = []
    for name, unit in (("cpu", 1000), ("memory", 1)):
        requested, has = (ceil(parse(text)[0] * unit) for text in (requests.get(name, "0"), node.status.allocatable.get(name, "0")))
        if requested > has:
            short.append(f"{name}, requested: {requested}, allocatable: {has}")
    if short:
        raise forbidden(pod, f"node didn't have enough allocatable resources: {'; '.join(short)}")


def _service(new: Service, old: Service) -> Service:
    """Drop the fields of the old type that the user left unchanged; those that the user changed are left to validation."""
    after, before = new.spec, old.spec
    # A manifest without an address keeps the allocated one, also `None`.
    if "ExternalName" not in (before.type, after.type):
        after = evolve(after, cluster_ip=after.cluster_ip or before.cluster_ip, cluster_ips=after.cluster_ips or before.cluster_ips)
    # An address that is changed in one of the two fields is changed in both.
    if after.cluster_ip != before.cluster_ip and after.cluster_ips == before.cluster_ips and after.cluster_ip:
        after = evolve(after, cluster_ips=[after.cluster_ip, *after.cluster_ips[1:]])
    if after.type == "ExternalName" != before.type:
        after = _without_addresses(after, before)
    if before.type in WITH_NODE_PORTS and after.type not in WITH_NODE_PORTS and _node_ports(after) == _node_ports(before):
        after = evolve(after, ports=[evolve(port, node_port=None) for port in after.ports])
    if _checks_health(before) and not _checks_health(after) and after.health_check_node_port == before.health_check_node_port:
        after = evolve(after, health_check_node_port=None)
    if before.type == "LoadBalancer" != after.type:
        after = _without_balancer(after, before)
    if _is_open(before) and not _is_open(after) and after.external_traffic_policy == before.external_traffic_policy:
        after = evolve(after, external_traffic_policy="")
    status = new.status if after.type == "LoadBalancer" else evolve(new.status, load_balancer=LoadBalancerStatus())
    return evolve(new, spec=after, status=status)


def _without_addresses(after: ServiceSpec, before: ServiceSpec) -> ServiceSpec:
    if (after.cluster_ip, after.cluster_ips) == (before.cluster_ip, before.cluster_ips):
        after = evolve(after, cluster_ip="", cluster_ips=[])
    if after.ip_families == before.ip_families:
        after = evolve(after, ip_families=[])
    if after.internal_traffic_policy == before.internal_traffic_policy:
        after = evolve(after, internal_traffic_policy="")
    return evolve(after, ip_family_policy="") if after.ip_family_policy == before.ip_family_policy else after


def _without_balancer(after: ServiceSpec, before: ServiceSpec) -> ServiceSpec:
    if after.allocate_load_balancer_node_ports == before.allocate_load_balancer_node_ports:
        after = evolve(after, allocate_load_balancer_node_ports=None)
    return evolve(after, load_balancer_class="") if after.load_balancer_class == before.load_balancer_class else after


def _node_ports(spec: ServiceSpec) -> set[int]:
    return {port.node_port for port in spec.ports if port.node_port}


def _checks_health(spec: ServiceSpec) -> bool:
    return spec.type == "LoadBalancer" and spec.external_traffic_policy == "Local"


def _is_open(spec: ServiceSpec) -> bool:
    """Whether the Service can be reached from outside the cluster."""
    return spec.type in WITH_NODE_PORTS or (spec.type == "ClusterIP" and bool(spec.external_ips))


def check_growth(new: PersistentVolumeClaim, old: PersistentVolumeClaim, reads: Reads) -> None:
    """Refuse to grow a claim unless its storage class allows it (plug-in PersistentVolumeClaimResize). Raises ApiError (Forbidden)."""
    if _size(new) <= _size(old):
        return
    if old.status.phase != "Bound":
        raise forbidden(new, "Only bound persistent volume claims can be expanded")
    name = new.spec.class_name
    chosen = reads.get(Key("StorageClass", "", name))
    allowed = isinstance(chosen, Unstructured) and bool(chosen.content.get("allowVolumeExpansion"))
    if not name or name != old.spec.class_name or not allowed:
        raise forbidden(
            new, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize"
        )


def _size(claim: PersistentVolumeClaim) -> float:
    requests: JSON = (claim.spec.resources or {}).get("requests") or {}
    return float(parse(str(requests.get("storage", "0")))[0])
