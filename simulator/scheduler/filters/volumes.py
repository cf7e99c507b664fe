"""The filter of volumes that are bound to places (plugin volumebinding). Pure."""

from __future__ import annotations

from simulator.client.volume_matching import is_reachable
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"


def volume_affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """The volumes of bound claims must be reachable from the node; others must be there, or be made."""
    if not all(is_reachable(volume, node.name, node.labels) for volume in cycle.volumes):
        return Rejection((cycle.dialect.say("scheduler.volume_elsewhere"),), resolvable=False)
    if not all(choice.makes or choice.on(node.name, node.labels) for choice in cycle.choices):
        return Rejection((NOTHING_TO_BIND,), resolvable=False)
    return None
