"""Which writes may help a pod that found no node (queueing hints of the plugins, EventsToRegister). Pure."""

from __future__ import annotations

from collections.abc import Callable

from simulator.journal.records import Write
from simulator.objects.kinds import Object
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.scheduler.cluster_view import ClusterView, NodeInfo, takes_room
from simulator.scheduler.cycle import Rejection

ROOM = frozenset({"NodeResourcesFit", "NodePorts"})
"""Filters that are content when a pod goes."""
COMPANY = frozenset({"InterPodAffinity", "PodTopologySpread"})
"""Filters that look at where other pods are."""
STORAGE = frozenset({"VolumeBinding"})

Asks = Callable[[NodeInfo], Rejection | None]


def may_help(write: Write, before: Object | None, rejected_by: frozenset[str], asks: Asks, view: ClusterView) -> bool:
    """Whether a pod that these filters rejected should be tried again. `asks` says why it still would not go to a node."""
    item = write.item
    if isinstance(item, Node):
        return _node_helps(item, before, rejected_by, asks, view)
    if isinstance(item, Pod):
        return _pod_helps(write, item, before, rejected_by)
    return bool(rejected_by & STORAGE) or (item.kind == "Namespace" and bool(rejected_by & COMPANY))


def _node_helps(node: Node, before: Object | None, rejected_by: frozenset[str], asks: Asks, view: ClusterView) -> bool:
    """A node that is new, or changed in a way that filters see, and that is no longer refused for one of the same reasons."""
    info = view.node(node.metadata.name)
    if info is None:
        return bool(rejected_by & COMPANY)  # a domain less
    if isinstance(before, Node) and _seen(before) == _seen(node):
        return False
    refused = asks(info)
    return refused is None or refused.by not in rejected_by or bool(rejected_by & COMPANY)


def _seen(node: Node) -> tuple[object, ...]:
    return (node.metadata.labels, node.spec.taints, node.spec.unschedulable, node.status.allocatable)


def _pod_helps(write: Write, pod: Pod, before: Object | None, rejected_by: frozenset[str]) -> bool:
    """A pod that makes room, or one whose place or labels matter to others."""
    had_room = isinstance(before, Pod) and takes_room(before)
    has_room = write.type != "DELETED" and takes_room(pod)
    if had_room and not has_room:
        return bool(rejected_by & (ROOM | COMPANY))
    relabelled = isinstance(before, Pod) and before.metadata.labels != pod.metadata.labels
    leaves = isinstance(before, Pod) and before.metadata.deletion_timestamp is None and pod.metadata.deletion_timestamp is not None
    return has_room and (not had_room or relabelled or leaves) and bool(rejected_by & COMPANY)
