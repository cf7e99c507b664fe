"""Filters: each says why a node will not do for a pod, or None. They are asked in the scheduler's order; the first no is the answer."""

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
    """Why `node` will not do for the cycle's pod; None: it will."""
    for name, ask in FILTERS.items():
        answer = ask(cycle, node)
        if answer is not None:
            return answer._replace(by=name)
    return None
