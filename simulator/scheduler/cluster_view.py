"""The scheduler's cache: every node with its pods and the sum of their requests (pkg/scheduler/backend/cache)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from simulator.manifest.pod_resources import effective_spec
from simulator.objects.host_ports import HostPort, host_ports
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import uses_node
from simulator.scheduler.requests import Amounts, allocatable, pod_amounts, scored_amounts


class PodGroup(NamedTuple):
    """Pods that selectors cannot tell apart: one namespace, the same labels, `terminating` or not."""

    namespace: str
    labels: frozenset[tuple[str, str]]
    terminating: bool


class NodeInfo:
    """A node and the pods on it, with running sums of their requests. A `copy` can be changed to try something out.

    Attributes:
        name, labels: The node's.
        version: Increased by each change that filters or scores can notice.
        with_affinity: The pods that have affinity or anti-affinity, by uid.
        groups: The number of pods in each group.
        scored_cpu, scored_memory: Sums as scores count them, with defaults for containers without requests.
    """

    def __init__(self, node: Node | None = None) -> None:
        self.version = 0
        self._take(node or Node())
        self.pods: dict[str, Pod] = {}
        self.with_affinity: dict[str, Pod] = {}
        self.groups: Counter[PodGroup] = Counter()
        self.requested: Amounts = {}
        self.scored_cpu = Decimal(0)
        self.scored_memory = Decimal(0)

    def set_node(self, node: Node) -> None:
        """Replace the node object."""
        spec, names, amounts = self.node.spec, self.labels, self.allocatable
        self._take(node)
        if (spec, names, amounts) != (node.spec, self.labels, self.allocatable):
            self.version += 1

    def _take(self, node: Node) -> None:
        self.node, self.name, self.labels = node, node.metadata.name, node.metadata.labels
        self.allocatable: Amounts = allocatable(node.status.allocatable or node.status.capacity)

    def add(self, pod: Pod) -> None:
        """Add a pod and its requests."""
        self._note(pod)
        self._count(pod, 1)

    def replace(self, pod: Pod) -> None:
        """Replace a pod whose requests have not changed."""
        before = self.pods[pod.metadata.uid]
        if before.metadata.labels == pod.metadata.labels and is_being_deleted(before) == is_being_deleted(pod):
            self.pods[pod.metadata.uid] = pod
            if pod.spec.affinity is not None:
                self.with_affinity[pod.metadata.uid] = pod
        else:
            self._forget(before)
            self._note(pod)

    def _note(self, pod: Pod) -> None:
        self.version += 1
        self.pods[pod.metadata.uid] = pod
        self.groups[group_of(pod)] += 1
        if pod.spec.affinity is not None:
            self.with_affinity[pod.metadata.uid] = pod

    def _forget(self, pod: Pod) -> None:
        self.version += 1
        sort = group_of(pod)
        self.groups[sort] -= 1
        if not self.groups[sort]:
            del self.groups[sort]
        self.with_affinity.pop(pod.metadata.uid, None)

    def remove(self, uid: str) -> None:
        """Remove a pod and its requests; nothing happens when it is not here."""
        pod = self.pods.pop(uid, None)
        if pod is not None:
            self._forget(pod)
            self._count(pod, -1)

    def _count(self, pod: Pod, sign: int) -> None:
        spec = effective_spec(pod)
        for name, amount in pod_amounts(spec).items():
            self.requested[name] = self.requested.get(name, Decimal(0)) + sign * amount
        cpu, memory = scored_amounts(spec)
        self.scored_cpu += sign * cpu
        self.scored_memory += sign * memory

    def used_ports(self) -> set[HostPort]:
        """The host ports of its pods."""
        return {port for pod in self.pods.values() for port in host_ports(pod)}

    def copy(self) -> NodeInfo:
        """An independent copy."""
        twin = NodeInfo.__new__(NodeInfo)
        twin.version = self.version
        twin.node, twin.name, twin.labels, twin.allocatable = self.node, self.name, self.labels, self.allocatable
        twin.pods, twin.requested = dict(self.pods), dict(self.requested)
        twin.with_affinity, twin.groups = dict(self.with_affinity), Counter(self.groups)
        twin.scored_cpu, twin.scored_memory = self.scored_cpu, self.scored_memory
        return twin


def group_of(pod: Pod) -> PodGroup:
    """The group that a pod belongs to."""
    meta = pod.metadata
    return PodGroup(meta.namespace, frozenset(meta.labels.items()), is_being_deleted(pod))


class ClusterView:
    """All nodes, in order of their creation."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeInfo] = {}
        self._listed: list[NodeInfo] | None = None
        self._places: dict[str, str] = {}

    def set_node(self, node: Node) -> None:
        """Add or replace a node."""
        info = self._nodes.get(node.metadata.name)
        self._listed = self._listed if info is not None and info.name else None
        if info is None:
            self._nodes[node.metadata.name] = NodeInfo(node)
        else:
            info.set_node(node)

    def remove_node(self, name: str) -> None:
        """Remove a node. Pods bound to it are kept: they count again when a node of that name is created."""
        info = self._nodes.pop(name, None)
        self._listed = None
        if info is not None and info.pods:
            self._nodes[name] = nameless = NodeInfo()
            for pod in info.pods.values():
                nameless.add(pod)

    def set_pod(self, pod: Pod) -> None:
        """Add or replace a pod; one that is unbound or has ended is removed."""
        uid = pod.metadata.uid
        place = self._nodes.get(self._places.get(uid, ""))
        if place is not None and uses_node(pod) and effective_spec(place.pods[uid]) is effective_spec(pod):
            place.replace(pod)
            return
        self.remove_pod(uid)
        if uses_node(pod):
            self._nodes.setdefault(pod.spec.node_name, NodeInfo()).add(pod)
            self._places[uid] = pod.spec.node_name

    def remove_pod(self, uid: str) -> None:
        """Remove a pod."""
        place = self._places.pop(uid, None)
        if place is not None and place in self._nodes:
            self._nodes[place].remove(uid)

    def nodes(self) -> list[NodeInfo]:
        """The nodes that exist now."""
        if self._listed is None:
            self._listed = [info for info in self._nodes.values() if info.name]
        return self._listed

    def node(self, name: str) -> NodeInfo | None:
        """The node of that name, if it exists."""
        info = self._nodes.get(name)
        return info if info is not None and info.name else None
