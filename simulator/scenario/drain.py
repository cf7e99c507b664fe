"""`kubectl drain`: evict the pods of a node, asking again while a PodDisruptionBudget refuses (kubectl/pkg/drain)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.api.eviction import evict
from simulator.engine import Engine, Process
from simulator.journal.records import Cause
from simulator.objects.kinds import key_of
from simulator.objects.pod import Pod
from simulator.scenario.spec import Action
from simulator.units import SECOND, parse_duration

ASK_AGAIN = 5 * SECOND
RULE = Cause(0, "USR-02")


def drain(engine: Engine, api: ApiServer, action: Action, say: Callable[[str], None]) -> Process[None]:
    """Evict every pod of the node that does not belong to a DaemonSet. Without `force`, pods without a controller forbid it all."""
    node, options = action.target.partition("/")[2] or action.target, action.options
    pods = [pod for pod in api.store.typed(Pod) if pod.spec.node_name == node]
    victims = [pod for pod in pods if not _is_daemon(pod)]
    problem = _refusal(pods, victims, force=bool(options.get("force")), daemons=bool(options.get("ignoreDaemonsets")))
    problem = problem or _local_data(victims, allowed=bool(options.get("deleteEmptydirData")))
    if problem:
        say(f'error: unable to drain node "{node}" due to error: {problem}, continuing command...')
        return
    limit = parse_duration(options["timeout"]) if options.get("timeout") else None
    begun = engine.now
    while victims:
        left = []
        for pod in victims:
            current = api.store.get(key_of(pod))
            if current is None or current.metadata.uid != pod.metadata.uid or current.metadata.deletion_timestamp is not None:
                continue
            try:
                evict(api, pod, Deletion(grace=options.get("gracePeriod")), RULE)
            except ApiError as error:
                if error.reason != "TooManyRequests":
                    raise
                say(f'error when evicting pods/"{pod.metadata.name}" -n "{pod.metadata.namespace}" (will retry after 5s): {error.message}')
                left.append(pod)
        victims = left
        if victims:
            yield engine.sleep(ASK_AGAIN)
        if limit is not None and engine.now - begun >= limit:
            return


def _is_daemon(pod: Pod) -> bool:
    return any(owner.kind == "DaemonSet" and owner.controller for owner in pod.metadata.owner_references)


def _refusal(pods: list[Pod], victims: list[Pod], *, force: bool, daemons: bool) -> str:
    bare = [pod for pod in victims if not any(owner.controller for owner in pod.metadata.owner_references)]
    if bare and not force:
        return f"cannot delete Pods that declare no controller (use --force to override): {_names(bare)}"
    managed = [pod for pod in pods if _is_daemon(pod)]
    if managed and not daemons:
        return f"cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): {_names(managed)}"
    return ""


def _local_data(victims: list[Pod], *, allowed: bool) -> str:
    with_data = [pod for pod in victims if any(volume.empty_dir is not None for volume in pod.spec.volumes)]
    return (
        f"cannot delete Pods with local storage (use --delete-emptydir-data to override): {_names(with_data)}"
        if with_data and not allowed
        else ""
    )


def _names(pods: list[Pod]) -> str:
    return ", ".join(f"{pod.metadata.namespace}/{pod.metadata.name}" for pod in pods)
