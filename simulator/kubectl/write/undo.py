"""`kubectl rollout undo`: the template of an earlier revision (kubectl/pkg/polymorphichelpers/rollback.go)."""

from __future__ import annotations

import copy
from typing import Any

from simulator.journal.store import Store
from simulator.kubectl.errors import Complaint
from simulator.objects.apps import ControllerRevision, DaemonSet, Deployment, ReplicaSet, StatefulSet
from simulator.objects.base import JSON
from simulator.objects.kinds import to_builtins
from simulator.objects.labels import DESIRED_REPLICAS, LAST_APPLIED, MAX_REPLICAS, POD_TEMPLATE_HASH, REVISION, REVISION_HISTORY

KEPT = (
    LAST_APPLIED,
    REVISION,
    REVISION_HISTORY,
    DESIRED_REPLICAS,
    MAX_REPLICAS,
    "deprecated.deployment.rollback.to",
)
"""Annotations that a Deployment keeps; its others come back with the revision."""
PAUSED = "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again"


def undone(item: Deployment | StatefulSet | DaemonSet, revision: int, store: Store) -> JSON | None:
    """The object with its template taken back to `revision` (0: the one before the present); None when it has that template already.

    Raises Complaint when there is no such revision.
    """
    if revision < 0:
        raise _not_found(revision)
    if isinstance(item, Deployment):
        return _deployment(item, revision, store)
    owned = [
        holder
        for holder in store.typed(ControllerRevision, item.metadata.namespace)
        if any(owner.uid == item.metadata.uid for owner in holder.metadata.owner_references)
    ]
    if not revision and len(owned) <= 1:
        raise Complaint("no last revision to roll back to")
    chosen: Any = _chosen([(holder.revision or 0, holder) for holder in owned], revision)
    data = copy.deepcopy(to_builtins(item))
    template = copy.deepcopy(chosen.data["spec"]["template"])
    template.pop("$patch", None)
    if template == data["spec"]["template"]:
        return None
    data["spec"]["template"] = template
    return data


def _deployment(item: Deployment, revision: int, store: Store) -> JSON | None:
    sets = [
        (int(holder.metadata.annotations.get(REVISION, 0)), holder)
        for holder in store.typed(ReplicaSet, item.metadata.namespace)
        if any(owner.uid == item.metadata.uid for owner in holder.metadata.owner_references)
    ]
    if not revision and len(sets) <= 1:
        raise Complaint(f'no rollout history found for deployment "{item.metadata.name}"')
    chosen: Any = _chosen(sets, revision)
    if item.spec.paused:
        raise Complaint(PAUSED)
    data, old = copy.deepcopy(to_builtins(item)), copy.deepcopy(to_builtins(chosen))
    template = old["spec"]["template"]
    template.get("metadata", {}).get("labels", {}).pop(POD_TEMPLATE_HASH, None)
    if template == data["spec"]["template"]:
        return None
    data["spec"]["template"] = template
    kept = {key: value for key, value in item.metadata.annotations.items() if key in KEPT}
    back = {key: value for key, value in chosen.metadata.annotations.items() if key not in KEPT}
    data["metadata"]["annotations"] = {**kept, **back}
    return data


def _chosen(revisions: list[tuple[int, Any]], target: int) -> Any:
    """The one with that number, or the second newest. Raises Complaint."""
    newest_first = sorted(revisions, key=lambda pair: -pair[0])
    holder = next((item for number, item in newest_first if number == target), None) if target else newest_first[1][1]
    if holder is None:
        raise _not_found(target)
    return holder


def _not_found(revision: int) -> Complaint:
    return Complaint(f"unable to find specified revision {revision} in history")
