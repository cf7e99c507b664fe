"""Volumes for claims that waited until a pod has a node (plugin volumebinding Reserve and PreBind)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.recorder import reference
from simulator.journal.records import Cause
from simulator.objects.base import evolve
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.units import SECOND

VOLUMES_PERIOD = 1 * SECOND
"""So often it is looked whether the volumes are bound, for the first time after one period (BindPodVolumes)."""
SELECTED_NODE = "volume.kubernetes.io/selected-node"


def claim_volumes(api: ApiServer, cycle: Cycle, node: NodeInfo) -> None:
    """Promise each claim its volume, or say for which node one is to be made; the volume controller does the rest. Raises ApiError."""
    for choice in cycle.choices:
        claim, volume = choice.claim, choice.on(node.name, node.labels)
        cause = Cause(int(claim.metadata.resource_version or 0), "first consumer has a node")
        if volume is not None:
            api.update(evolve(volume, spec=evolve(volume.spec, claim_ref=reference(claim))), cause)
        else:
            notes = {**claim.metadata.annotations, SELECTED_NODE: node.name}
            api.update(evolve(claim, metadata=evolve(claim.metadata, annotations=notes)), cause)
