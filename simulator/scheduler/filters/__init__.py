"""Filters: each returns why a pod cannot run on a node, or None. They run in the scheduler's order; the first rejection counts."""

from __future__ import annotations

from collections.abc import Callable

from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection
from simulator.scheduler.filters import nodes, pods, resources, spread, volumes

Filter = Callable[[Cycle, NodeInfo], Rejection | None]

FILTERS: dict[str, Filter] = {
    "NodeAffinity PreFilter": nodes.named,
    "NodeUnschedulable": nodes.unschedulable,
    "NodeName": nodes.name,
    "TaintToleration": nodes.taints,
    "NodeAffinity": nodes.affinity,
    "NodePorts": resources.host_ports_free,
    "NodeResourcesFit": resources.fit,
    "VolumeBinding": volumes.volume_affinity,
    "PodTopologySpread": spread.topology_spread,
    "InterPodAffinity": pods.pod_affinity,
}
"""By the name of the plugin (pkg/scheduler/apis/config/v1/default_plugins.go)."""


def rejection(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Why the cycle's pod cannot run on `node`; None when it can."""
    for name, check in FILTERS.items():
        refused = check(cycle, node)
        if refused is not None:
            return refused._replace(by=name)
    return None
