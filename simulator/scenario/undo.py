"""`kubectl rollout undo`: the template of an earlier revision (kubectl/pkg/polymorphichelpers/rollback.go)."""

from __future__ import annotations

from typing import Any

from simulator.api import ApiError
from simulator.journal.store import Store
from simulator.objects.apps import ControllerRevision, Deployment, ReplicaSet
from simulator.objects.kinds import Object, to_builtins

REVISION = "deployment.kubernetes.io/revision"
HASH_LABEL = "pod-template-hash"
KEPT = ("kubectl.kubernetes.io/last-applied-configuration", REVISION, "deployment.kubernetes.io/revision-history")


def undone(item: Object, revision: int, store: Store) -> dict[str, Any] | None:
    """The object with its template taken back to `revision` (0: the one before the present). Raises ApiError when there is none."""
    if isinstance(item, Deployment):
        return _deployment(item, revision, store)
    revisions = sorted(
        (
            found
            for found in store.typed(ControllerRevision, item.metadata.namespace)
            if any(owner.uid == item.metadata.uid for owner in found.metadata.owner_references)
        ),
        key=lambda found: found.revision or 0,
    )
    chosen: Any = _chosen([(found.revision or 0, found) for found in revisions], revision)
    data = to_builtins(item)
    data["spec"]["template"] = chosen.data["spec"]["template"]
    data["spec"]["template"].pop("$patch", None)
    return data


def _deployment(item: Deployment, revision: int, store: Store) -> dict[str, Any]:
    if item.spec.paused:
        name = item.metadata.name
        raise ApiError(
            "BadRequest", f'you cannot rollback a paused deployment; resume it first with "kubectl rollout resume deployment/{name}"'
        )
    sets = [
        (int(found.metadata.annotations.get(REVISION, 0)), found)
        for found in store.typed(ReplicaSet, item.metadata.namespace)
        if any(owner.uid == item.metadata.uid for owner in found.metadata.owner_references)
    ]
    chosen: Any = _chosen(sorted(sets, key=lambda pair: pair[0]), revision)
    data, old = to_builtins(item), to_builtins(chosen)
    template = old["spec"]["template"]
    template.get("metadata", {}).get("labels", {}).pop(HASH_LABEL, None)
    data["spec"]["template"] = template
    return data


def _chosen(revisions: list[tuple[int, Any]], wanted: int) -> Any:
    if wanted:
        found = next((item for number, item in revisions if number == wanted), None)
    else:
        found = revisions[-2][1] if len(revisions) > 1 else None
    if found is None:
        raise ApiError("NotFound", f"unable to find specified revision {wanted} in history" if wanted else "no rollout history found")
    return found
