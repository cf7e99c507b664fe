"""The filters of volumes: node affinity (plugin volumebinding), and claims for one pod (plugin volumerestrictions). Pure."""

from __future__ import annotations

from collections.abc import Callable

from simulator.client.volume_matching import is_reachable
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names
from simulator.scheduler.cluster_view import NodeInfo
from simulator.scheduler.cycle import Cycle, Rejection

IN_USE = "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
NOTHING_TO_BIND = "node(s) didn't find available persistent volumes to bind"


def volume_affinity(cycle: Cycle, node: NodeInfo) -> Rejection | None:
    """Reject a node from which a bound volume cannot be reached, or on which a claim finds no volume and none is provisioned."""
    if not all(is_reachable(volume, node.name, node.labels) for volume in cycle.volumes):
        return Rejection((cycle.dialect.say("scheduler.volume_elsewhere"),), resolvable=False)
    if not all(choice.makes or choice.on(node.name, node.labels) for choice in cycle.choices):
        return Rejection((NOTHING_TO_BIND,), resolvable=False)
    return None


def claims_for_one_pod(cycle: Cycle) -> Callable[[NodeInfo], Rejection | None] | None:
    """Reject every node while a pod on any of them uses a claim that only one pod may use. Evicting that pod would help."""
    if not cycle.exclusive or not any(shares(cycle, pod) for info in cycle.nodes for pod in info.pods.values()):
        return None
    return lambda info: Rejection((IN_USE,), resolvable=True)


def shares(cycle: Cycle, other: Pod) -> bool:
    """Whether another pod uses one of the claims that only one pod may use."""
    return other.metadata.namespace == cycle.pod.metadata.namespace and not cycle.exclusive.isdisjoint(claim_names(other))
