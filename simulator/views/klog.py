"""The kubelets' logs, as `journalctl -u kubelet` would show them at that instant."""

from __future__ import annotations

from simulator.journal.records import LogLine
from simulator.journal.snapshot import Snapshot
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_statuses
from simulator.objects.pod_status import ContainerStatus


def klog(snapshot: Snapshot, *, namespace: str = "", pod: str = "", node: str = "") -> list[str]:
    """The lines so far, oldest first; only those about pods of a namespace, about pods of a name (a glob), or of one node.

    A line that names only the id of a container counts as being about its pod.
    """
    lines = [line for line in snapshot.logs() if line.component == "kubelet" and (not node or line.node == node)]
    if namespace or pod:
        ids = _ids(snapshot, namespace, pod)
        lines = [line for line in lines if _is_about(line, namespace, pod) or any(one_id in line.line for one_id in ids)]
    return [line.line for line in lines]


def _is_about(line: LogLine, namespace: str, pod: str) -> bool:
    return bool(line.pod) and glob_matches(line.pod, pod or "*") and namespace in ("", line.namespace)


def _ids(snapshot: Snapshot, namespace: str, pod: str) -> set[str]:
    """The ids of the selected pods, and of all containers they ever had."""
    ids: set[str] = set()
    for write in snapshot.writes():
        item, key = write.item, write.key
        if isinstance(item, Pod) and _matches(key, namespace, pod):
            ids.add(item.metadata.uid)
            for status in all_statuses(item):
                ids |= _instances(status)
    return ids - {""}


def _matches(key: Key, namespace: str, pod: str) -> bool:
    return glob_matches(key.name, pod or "*") and namespace in ("", key.namespace)


def _instances(status: ContainerStatus) -> set[str]:
    ended = [state.terminated.container_id for state in (status.state, status.last_state) if state.terminated is not None]
    return {container_id.rpartition("//")[2] for container_id in (status.container_id, *ended)}
