"""ControllerRevisions: former templates of a StatefulSet or DaemonSet (pkg/controller/history/controller_history.go)."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.api import ApiServer
from simulator.client.ownership import controlled, controller_reference
from simulator.controllers.base import because
from simulator.controllers.deployment.revisions import safe_hash
from simulator.objects.apps import ControllerRevision
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.pod import PodTemplateSpec

LONGEST_NAME = 223


class History:
    """The revisions of sets of one kind; `hash_label` is the label of a revision's hash."""

    def __init__(self, api: ApiServer, hash_label: str) -> None:
        self._api = api
        self._hash_label = hash_label

    def revisions(self, owner: Any) -> list[ControllerRevision]:
        """Those of one owner, oldest first."""
        mine = controlled(self._api.store, ControllerRevision, owner)
        return sorted(mine, key=lambda item: (item.revision or 0, item.metadata.creation_timestamp or "", item.metadata.name))

    def current(self, owner: Any) -> ControllerRevision:
        """The revision of the owner's current template, which is created, or becomes the latest again, if necessary. Raises ApiError."""
        revisions = self.revisions(owner)
        data = _data(owner.spec.template)
        number = 1 + (revisions[-1].revision or 0 if revisions else 0)
        same = [item for item in revisions if item.data == data]
        if same and same[-1] is revisions[-1]:
            return same[-1]
        cause = because(owner, "new template")
        if same:
            return self._api.update(evolve(same[-1], revision=number), cause)
        hashed = safe_hash(owner.spec.template, owner.status.collision_count or 0)
        meta = ObjectMeta(
            name=f"{owner.metadata.name[:LONGEST_NAME]}-{hashed}",
            namespace=owner.metadata.namespace,
            labels={**owner.spec.template.metadata.labels, self._hash_label: hashed},
            annotations=dict(owner.metadata.annotations),
            owner_references=[controller_reference(owner)],
        )
        return self._api.create(ControllerRevision(metadata=meta, data=data, revision=number), cause)

    def truncate(self, owner: Any, live: set[str]) -> None:
        """Delete the oldest revisions beyond the limit. Those in use (`live`, by name) neither count nor are deleted."""
        limit = owner.spec.revision_history_limit
        if limit is None:
            return
        spare = [item for item in self.revisions(owner) if item.metadata.name not in live]
        for item in spare[: max(0, len(spare) - limit)]:
            self._api.delete(key_of(item), cause=because(owner, "revision history limit"))


def _data(template: PodTemplateSpec) -> JSON:
    return {"spec": {"template": {"$patch": "replace", **msgspec.to_builtins(template)}}}


def template_of(revision: ControllerRevision) -> PodTemplateSpec:
    """The template of a revision."""
    kept = dict((revision.data or {})["spec"]["template"])
    kept.pop("$patch", None)
    return msgspec.convert(kept, PodTemplateSpec)
