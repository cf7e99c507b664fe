"""Filters: each returns why a pod cannot run on a node, or None. They run in the scheduler's order; the first rejection counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection, each
from simulator.scheduler.filters import nodes, pods, resources, spread, volumes

Filter = Callable[[Cycle, NodeInfo], Rejection | None]
Check = Callable[[NodeInfo], Rejection | None]

OF_NODE: dict[str, Filter] = {
    "NodeAffinity PreFilter": nodes.named,
    "NodeUnschedulable": nodes.unschedulable,
    "NodeName": nodes.name,
    "TaintToleration": nodes.taints,
    "NodeAffinity": nodes.affinity,
    "NodePorts": resources.host_ports_free,
    "NodeResourcesFit": resources.fit,
    "VolumeBinding": volumes.volume_affinity,
}
"""Filters that look at one node, by the name of the plugin (pkg/scheduler/apis/config/v1/default_plugins.go)."""
OF_CLUSTER: dict[str, Callable[[Cycle], Check | None]] = {
    "VolumeRestrictions": volumes.claims_for_one_pod,
    "PodTopologySpread": spread.topology_spread,
    "InterPodAffinity": pods.pod_affinity,
}
"""Filters that come last and look at other nodes, too: once per cycle (PreFilter). None: this pod is never rejected."""


def rejections(cycle: Cycle, nodes: Sequence[NodeInfo]) -> list[Rejection | None]:
    """Why the cycle's pod cannot run on each of these nodes; None where it can."""
    refused = each(cycle, _of_node, nodes)
    checks = [(name, check) for name, prepare in OF_CLUSTER.items() if (check := prepare(cycle)) is not None]
    return [_first(checks, info) if no is None else no for info, no in zip(nodes, refused, strict=True)] if checks else refused


def rejection(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Why the cycle's pod cannot run on `node`; None when it can."""
    return rejections(cycle, [node])[0]


def _of_node(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    for name, check in OF_NODE.items():
        refused = check(cycle, node)
        if refused is not None:
            return refused._replace(by=name)
    return None


def _first(checks: Sequence[tuple[str, Check]], node: NodeInfo) -> Rejection | None:
    for name, check in checks:
        refused = check(node)
        if refused is not None:
            return refused._replace(by=name)
    return None
