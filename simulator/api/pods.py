"""The binding subresource of pods (pkg/registry/core/pod/storage)."""

from __future__ import annotations

from simulator.api.errors import conflict, not_found
from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.objects.base import evolve
from simulator.objects.conditions import POD_SCHEDULED
from simulator.objects.kinds import Key
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodCondition


def bind(api: ApiServer, key: Key, node: str, cause: Cause = NO_CAUSE, *, keeps_nomination: bool = False) -> Pod:
    """Bind a pod to a node, which does not change its generation. `keeps_nomination`: the status still names the nominated node.

    Raises:
        ApiError: NotFound; or Conflict, when the pod is terminating or bound already.
    """
    pod = api.store.get(key)
    if not isinstance(pod, Pod):
        raise not_found(key)
    if pod.spec.node_name or is_being_deleted(pod):
        raise conflict(key)
    scheduled = PodCondition(type=POD_SCHEDULED, status="True", last_transition_time=api.engine.timestamp())
    others = [item for item in pod.status.conditions if item.type != POD_SCHEDULED]
    status = evolve(pod.status, conditions=[*others, scheduled])
    if not keeps_nomination:
        status = evolve(status, nominated_node_name="")
    return api.store.put(evolve(pod, spec=evolve(pod.spec, node_name=node), status=status), cause)
