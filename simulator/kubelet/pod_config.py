"""What kind of change a write of a pod is to the kubelet (pkg/kubelet/config checkAndUpdatePod). Pure."""

from __future__ import annotations

from enum import Enum

from simulator.objects.pod import Pod


class Change(Enum):
    """Kinds of change, by the word in the kubelet's log."""

    UPDATE = "UPDATE"
    DELETE = "DELETE"
    RECONCILE = "RECONCILE"
    NONE = "NONE"


def change_of(before: Pod, after: Pod) -> Change:
    """Changes of spec, labels, annotations and deletion need a sync; a change of the status is only compared with the kubelet's own."""
    old, new = before.metadata, after.metadata
    relevant = (before.spec, old.labels, old.annotations, old.deletion_timestamp, old.deletion_grace_period_seconds) != (
        after.spec,
        new.labels,
        new.annotations,
        new.deletion_timestamp,
        new.deletion_grace_period_seconds,
    )
    if relevant:
        return Change.DELETE if new.deletion_timestamp is not None else Change.UPDATE
    return Change.RECONCILE if before.status != after.status else Change.NONE
