"""When a kubelet evicts pods because its node runs out of memory or disk, and which one (pkg/kubelet/eviction/helpers.go). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from simulator.manifest.pod_resources import pod_resources
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.quantities import canonical, whole

MEMORY, DISK = "memory", "ephemeral-storage"
LEAST_MEMORY = 100 << 20
"""memory.available of evictionHard."""
LEAST_DISK = Decimal("0.15")
"""imagefs.available of evictionHard, which is more than that of nodefs (10 %); the node has one file system."""
SYSTEM_CRITICAL = 2_000_000_000
"""Pods of this priority are critical: never evicted, always admitted."""
PRESSURE = {
    MEMORY: ("MemoryPressure", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available", "NodeHasInsufficientMemory"),
    DISK: ("DiskPressure", "KubeletHasDiskPressure", "kubelet has disk pressure", "NodeHasDiskPressure"),
}
"""Resource -> the node's condition, its reason and message, and the reason of the node's Event."""
RELIEF = {MEMORY: "NodeHasSufficientMemory", DISK: "NodeHasNoDiskPressure"}


class Use(NamedTuple):
    """What a pod uses: by container and resource, in bytes."""

    pod: Pod
    containers: Mapping[str, Mapping[str, int]]

    def of(self, resource: str) -> int:
        """The sum of its containers."""
        return sum(use.get(resource, 0) for use in self.containers.values())

    def beyond(self, resource: str) -> int:
        """How much more than its request it uses; negative: less."""
        return self.of(resource) - whole(pod_resources(self.pod.spec, "requests").get(resource, "0"))


class Shortage(NamedTuple):
    """A resource of which too little is available, in bytes."""

    resource: str
    least: int
    available: int


def shortages(node: Node, uses: Sequence[Use]) -> list[Shortage]:
    """What the node is short of, memory first. Its own processes use what is reserved for them."""
    capacity, free = node.status.capacity, node.status.allocatable or node.status.capacity
    least = {MEMORY: LEAST_MEMORY, DISK: int(whole(capacity.get(DISK, "0")) * LEAST_DISK)}
    candidates = [
        Shortage(resource, least[resource], whole(free.get(resource, "0")) - sum(use.of(resource) for use in uses))
        for resource in (MEMORY, DISK)
        if resource in capacity
    ]
    return [one for one in candidates if one.available < one.least]


def first_victim(uses: Sequence[Use], resource: str) -> Use | None:
    """The pod to evict: one that uses more than it requests, of the lowest priority, that uses most beyond its request."""
    candidates = [use for use in uses if not is_critical(use.pod)]  # EVC-02
    return min(candidates, key=lambda use: (use.beyond(resource) <= 0, use.pod.spec.priority or 0, -use.beyond(resource)), default=None)


def is_critical(pod: Pod) -> bool:
    """Whether a pod is critical."""
    return (pod.spec.priority or 0) >= SYSTEM_CRITICAL


def shortage_message(shortage: Shortage, use: Use) -> str:
    """Why a pod is evicted: the resource, and the containers that use more of it than they request."""
    low = f"The node was low on resource: {shortage.resource}. "
    text = f"{low}Threshold quantity: {_bytes(shortage.least)}, available: {_bytes(max(0, shortage.available))}. "
    for container in use.pod.spec.containers:
        used = use.containers.get(container.name, {}).get(shortage.resource, 0)
        request = container.resources.requests.get(shortage.resource, "0")
        if used > whole(request):
            more = f"has larger consumption of {shortage.resource}. "
            text += f"Container {container.name} was using {_bytes(used)}, request is {request}, {more}"
    return text


def over_limit(use: Use) -> str:
    """Why a pod is evicted that uses more ephemeral storage than it may; empty: it does not."""
    limits = {one.name: one.resources.limits[DISK] for one in use.pod.spec.containers if DISK in one.resources.limits}
    total = sum(whole(limit) for limit in limits.values())
    if len(limits) == len(use.pod.spec.containers) and use.of(DISK) > total:
        return f"Pod ephemeral local storage usage exceeds the total limit of containers {_bytes(total)}. "
    for name, limit in limits.items():
        if use.containers.get(name, {}).get(DISK, 0) > whole(limit):
            return f'Container {name} exceeded its local ephemeral storage limit "{limit}". '
    return ""


def _bytes(amount: int) -> str:
    return canonical(Decimal(amount), binary=True)
