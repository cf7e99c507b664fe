"""What the API server does for pods beyond create, update and delete: binding (pkg/registry/core/pod/storage)."""

from __future__ import annotations

from simulator.api.errors import conflict, not_found
from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import evolve
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition


def bind(api: ApiServer, key: Key, node: str, cause: Cause = NO_CAUSE) -> Pod:
    """Give a pod its node; its generation does not count that. Raises ApiError when it is gone, on its way out or bound already."""
    pod = api.store.get(key)
    if not isinstance(pod, Pod):
        raise not_found(key)
    if pod.spec.node_name or pod.metadata.deletion_timestamp is not None:
        raise conflict(key)
    scheduled = PodCondition(type="PodScheduled", status="True", last_transition_time=api.engine.timestamp())
    others = [item for item in pod.status.conditions if item.type != "PodScheduled"]
    status = evolve(pod.status, conditions=[*others, scheduled])
    return api.store.put(evolve(pod, spec=evolve(pod.spec, node_name=node), status=status), cause)
