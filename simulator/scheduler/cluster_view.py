"""What the scheduler knows of the nodes: each with its pods and what they asked for (pkg/scheduler/backend/cache)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from simulator.objects.host_ports import HostPort, host_ports
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.scheduler.requests import Amounts, allocatable, pod_amounts, scored_amounts


class Sort(NamedTuple):
    """Pods of one namespace with the same labels; `leaving`: being deleted."""

    namespace: str
    labels: frozenset[tuple[str, str]]
    leaving: bool


class NodeInfo:
    """A node and the pods on it, with sums that are kept up to date. `copy` is for what-if: take pods away, ask again.

    `picky`: the pods that have wishes about their company; `sorts`: how many pods look alike to selectors.
    """

    def __init__(self, node: Node | None = None) -> None:
        self.node = node or Node()
        self.allocatable: Amounts = allocatable(self.node.status.allocatable or self.node.status.capacity)
        self.pods: dict[str, Pod] = {}
        self.picky: dict[str, Pod] = {}
        self.sorts: Counter[Sort] = Counter()
        self.requested: Amounts = {}
        self.scored_cpu = Decimal(0)
        self.scored_memory = Decimal(0)

    @property
    def name(self) -> str:
        """The node's name."""
        return self.node.metadata.name

    @property
    def labels(self) -> dict[str, str]:
        """The node's labels."""
        return self.node.metadata.labels

    def set_node(self, node: Node) -> None:
        """The node changed."""
        self.node = node
        self.allocatable = allocatable(node.status.allocatable or node.status.capacity)

    def add(self, pod: Pod) -> None:
        """Count a pod in."""
        self._note(pod)
        self._count(pod, 1)

    def replace(self, pod: Pod) -> None:
        """A pod that is here changed, but not in what it asks for."""
        self._forget(self.pods[pod.metadata.uid])
        self._note(pod)

    def _note(self, pod: Pod) -> None:
        self.pods[pod.metadata.uid] = pod
        self.sorts[sort_of(pod)] += 1
        if pod.spec.affinity is not None:
            self.picky[pod.metadata.uid] = pod

    def _forget(self, pod: Pod) -> None:
        sort = sort_of(pod)
        self.sorts[sort] -= 1
        if not self.sorts[sort]:
            del self.sorts[sort]
        self.picky.pop(pod.metadata.uid, None)

    def remove(self, uid: str) -> None:
        """Count a pod out."""
        pod = self.pods.pop(uid, None)
        if pod is not None:
            self._forget(pod)
            self._count(pod, -1)

    def _count(self, pod: Pod, sign: int) -> None:
        for name, amount in pod_amounts(pod.spec).items():
            self.requested[name] = self.requested.get(name, Decimal(0)) + sign * amount
        cpu, memory = scored_amounts(pod)
        self.scored_cpu += sign * cpu
        self.scored_memory += sign * memory

    def used_ports(self) -> set[HostPort]:
        """Host ports of its pods."""
        return {port for pod in self.pods.values() for port in host_ports(pod)}

    def copy(self) -> NodeInfo:
        """One that can be changed without changing this."""
        twin = NodeInfo.__new__(NodeInfo)
        twin.node, twin.allocatable = self.node, self.allocatable
        twin.pods, twin.requested = dict(self.pods), dict(self.requested)
        twin.picky, twin.sorts = dict(self.picky), Counter(self.sorts)
        twin.scored_cpu, twin.scored_memory = self.scored_cpu, self.scored_memory
        return twin


def sort_of(pod: Pod) -> Sort:
    """All of a pod that selectors of others look at."""
    meta = pod.metadata
    return Sort(meta.namespace, frozenset(meta.labels.items()), meta.deletion_timestamp is not None)


def takes_room(pod: Pod) -> bool:
    """Whether a pod counts on its node: bound, and not ended."""
    return bool(pod.spec.node_name) and pod.status.phase not in ("Succeeded", "Failed")


class ClusterView:
    """All nodes in order of their names within zones, as the scheduler walks them."""

    def __init__(self) -> None:
        self._nodes: dict[str, NodeInfo] = {}
        self._places: dict[str, str] = {}

    def set_node(self, node: Node) -> None:
        """A node came or changed."""
        info = self._nodes.get(node.metadata.name)
        if info is None:
            self._nodes[node.metadata.name] = NodeInfo(node)
        else:
            info.set_node(node)

    def remove_node(self, name: str) -> None:
        """A node went. Its pods are still bound to it: they count again when it comes back."""
        info = self._nodes.pop(name, None)
        if info is not None and info.pods:
            self._nodes[name] = left = NodeInfo()
            for pod in info.pods.values():
                left.add(pod)

    def set_pod(self, pod: Pod) -> None:
        """A pod came or changed; one that ended takes no room."""
        uid = pod.metadata.uid
        place = self._nodes.get(self._places.get(uid, ""))
        if place is not None and place.pods[uid].spec is pod.spec and takes_room(pod):
            place.replace(pod)
            return
        self.remove_pod(uid)
        if takes_room(pod):
            self._nodes.setdefault(pod.spec.node_name, NodeInfo()).add(pod)
            self._places[uid] = pod.spec.node_name

    def remove_pod(self, uid: str) -> None:
        """A pod went."""
        place = self._places.pop(uid, None)
        if place is not None and place in self._nodes:
            self._nodes[place].remove(uid)

    def nodes(self) -> list[NodeInfo]:
        """The nodes that exist."""
        return [info for info in self._nodes.values() if info.name]

    def node(self, name: str) -> NodeInfo | None:
        """One node."""
        info = self._nodes.get(name)
        return info if info is not None and info.name else None


def all_pods(nodes: Iterable[NodeInfo]) -> Iterable[Pod]:
    """Every pod on these nodes."""
    return (pod for info in nodes for pod in info.pods.values())
