"""What filters and scores found out about nodes, kept for the next pods that they cannot tell apart."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from simulator.objects.pod import Pod
from simulator.objects.selectors import Labels
from simulator.scheduler.cycle import Measured

MOST = 16
"""The most sorts of pods; the one that came first is forgotten."""


class Measurements:
    """By sort of pod, as a ReplicaSet makes thousands of one sort."""

    def __init__(self) -> None:
        self._known: dict[bytes, Measured] = {}

    def of(self, pod: Pod, siblings: Sequence[Labels]) -> Measured:
        """What is known for pods like this one."""
        sort = sort_of(pod, siblings)
        known = self._known.get(sort)
        if known is None:
            if len(self._known) >= MOST:
                del self._known[next(iter(self._known))]
            known = self._known[sort] = {}
        return known


def sort_of(pod: Pod, siblings: Sequence[Labels]) -> bytes:
    """Every field of a pod that a filter or a score of one node reads, but for its volumes; and the selectors of its siblings."""
    meta, spec = pod.metadata, pod.spec
    containers = [(item.resources, item.ports, item.restart_policy) for item in (*spec.init_containers, *spec.containers)]
    placement = (spec.node_name, spec.node_selector, spec.affinity, spec.tolerations, spec.topology_spread_constraints)
    amounts = (len(spec.init_containers), containers, spec.resources, spec.overhead)
    return msgspec.json.encode((meta.namespace, meta.labels, placement, amounts, siblings))
