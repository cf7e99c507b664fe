"""The filter of volumes with node affinity (plugin volumebinding). Pure."""

from __future__ import annotations

from simulator.client.volume_matching import is_reachable
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"


def volume_affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node from which a bound volume cannot be reached, or on which a claim finds no volume and none is provisioned."""
    if not all(is_reachable(volume, node.name, node.labels) for volume in cycle.volumes):
        return Rejection((cycle.dialect.say("scheduler.volume_elsewhere"),), resolvable=False)
    if not all(choice.makes or choice.on(node.name, node.labels) for choice in cycle.choices):
        return Rejection((NOTHING_TO_BIND,), resolvable=False)
    return None
