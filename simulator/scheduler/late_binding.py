"""Binding of claims that wait for their first consumer (plugin volumebinding Reserve and PreBind)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.recorder import reference
from simulator.journal.records import Cause
from simulator.objects import labels
from simulator.objects.base import evolve
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle
from simulator.units import SECOND

VOLUMES_PERIOD = 1 * SECOND
"""How often the scheduler checks whether the volumes are bound, first after one period (BindPodVolumes)."""


def claim_volumes(api: ApiServer, cycle: Cycle, node: NodeInfo) -> None:
    """Reserve a volume for each claim, or name the node for which one is to be provisioned; the volume controller does the rest.

    Raises:
        ApiError: A volume or claim is gone or has changed.
    """
    for choice in cycle.choices:
        claim, volume = choice.claim, choice.on(node.name, node.labels)
        cause = Cause(int(claim.metadata.resource_version or 0), "first consumer has a node")
        if volume is not None:
            api.update(evolve(volume, spec=evolve(volume.spec, claim_ref=reference(claim))), cause)
        else:
            annotations = {**claim.metadata.annotations, labels.SELECTED_NODE: node.name}
            api.update(evolve(claim, metadata=evolve(claim.metadata, annotations=annotations)), cause)
