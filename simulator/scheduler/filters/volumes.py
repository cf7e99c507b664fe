"""The filter of volumes that are bound to places (plugin volumebinding). Pure."""

from __future__ import annotations

import msgspec

from simulator.objects.affinity import NodeSelector
from simulator.objects.placement import selector_holds
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection


def volume_affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """The volumes of bound claims must be reachable from the node."""
    for volume in cycle.volumes:
        required = (volume.spec.node_affinity or {}).get("required")
        if required and not selector_holds(msgspec.convert(required, NodeSelector), node.name, node.labels):
            return Rejection(("node(s) had volume node affinity conflict",), resolvable=False)
    return None
