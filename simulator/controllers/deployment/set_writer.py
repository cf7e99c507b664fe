"""Writing the ReplicaSets of a Deployment: making the new one, sizes, the history (pkg/controller/deployment/sync.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api import ApiError, ApiServer
from simulator.client.ownership import controlled, controller_reference
from simulator.client.recorder import NORMAL, WARNING, Recorder
from simulator.controllers.base import because
from simulator.controllers.deployment import revisions, status
from simulator.controllers.deployment.rollout import fenceposts, new_set_size
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.objects.apps import Deployment, ReplicaSet, ReplicaSetSpec
from simulator.objects.base import evolve
from simulator.objects.kinds import key_of
from simulator.objects.meta import LabelSelector, ObjectMeta


class Rollout(NamedTuple):
    """A Deployment, the ReplicaSet with its template, and the others, oldest first."""

    deployment: Deployment
    new: ReplicaSet | None
    old: list[ReplicaSet]

    @property
    def sets(self) -> list[ReplicaSet]:
        """All of them."""
        return [*self.old, *([] if self.new is None else [self.new])]


class SetWriter:
    """Reads and writes the ReplicaSets of Deployments in the controller's name."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect, recorder: Recorder) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._recorder = recorder

    def rollout(self, deployment: Deployment) -> Rollout:
        """The Deployment and its sets as they are now."""
        sets = controlled(self._api.store, ReplicaSet, deployment)
        new = revisions.new_set(deployment, sets)
        return Rollout(deployment, new, revisions.by_age([item for item in sets if item is not new]))

    def again(self, rollout: Rollout) -> Rollout:
        """The same after this sync wrote something."""
        deployment = self._api.store.get(key_of(rollout.deployment))
        return self.rollout(deployment if isinstance(deployment, Deployment) else rollout.deployment)

    def with_new_set(self, rollout: Rollout, *, create: bool) -> Rollout:
        """With the new ReplicaSet made, if it has to be, and its revision up to date. Raises ApiError."""
        revision = 1 + max((revisions.revision_of(item) for item in rollout.old), default=0)
        if rollout.new is None:
            return self._make_set(rollout, revision) if create else rollout
        deployment, new = rollout.deployment, rollout.new
        annotations = revisions.set_annotations(deployment, new, revision, None)
        seconds = deployment.spec.min_ready_seconds
        if annotations != new.metadata.annotations or (new.spec.min_ready_seconds or 0) != (seconds or 0):
            changed = evolve(new, metadata=evolve(new.metadata, annotations=annotations), spec=evolve(new.spec, min_ready_seconds=seconds))
            new = self._api.update(changed, because(deployment, "revision"))
        deployment = self._note_revision(deployment, new.metadata.annotations.get(revisions.REVISION, ""), new, "FoundNewReplicaSet")
        return Rollout(deployment, new, rollout.old)

    def _note_revision(self, deployment: Deployment, revision: str, new: ReplicaSet, reason: str) -> Deployment:
        meta = deployment.metadata
        fresh = status.condition_of(deployment.status, status.PROGRESSING) is None or reason == "NewReplicaSetCreated"
        changed = evolve(deployment, metadata=evolve(meta, annotations={**meta.annotations, revisions.REVISION: revision}))
        if fresh and status.has_deadline(deployment):
            verb = "Created" if reason == "NewReplicaSetCreated" else "Found"
            text = f'{verb} new replica set "{new.metadata.name}"'
            news = status.condition(status.PROGRESSING, "True", reason, text, self._engine.timestamp())
            changed = evolve(changed, status=status.with_condition(deployment.status, news))
        return self._api.update_status(changed, because(deployment, "revision"))

    def _make_set(self, rollout: Rollout, revision: int) -> Rollout:
        deployment = rollout.deployment
        item = self._new_set(rollout, revision)
        cause = because(deployment, "new template")
        try:
            made = self._api.create(item, cause)
        except ApiError as error:
            if error.reason == "AlreadyExists":
                self._count_collision(deployment)
            else:
                text = f'Failed to create new replica set "{item.metadata.name}": {error.message}'
                self._recorder.event(deployment, WARNING, "ReplicaSetCreateError", text, cause=cause)
                if status.has_deadline(deployment):
                    news = status.condition(status.PROGRESSING, "False", "ReplicaSetCreateError", text, self._engine.timestamp())
                    self._api.update_status(evolve(deployment, status=status.with_condition(deployment.status, news)), cause)
            raise
        if made.spec.replicas:
            text = self._dialect.say("deployment.created_set", name=made.metadata.name, to=made.spec.replicas)
            self._recorder.event(deployment, NORMAL, "ScalingReplicaSet", text, cause=cause)
        return Rollout(self._note_revision(deployment, str(revision), made, "NewReplicaSetCreated"), made, rollout.old)

    def _new_set(self, rollout: Rollout, revision: int) -> ReplicaSet:
        deployment = rollout.deployment
        template, selector = deployment.spec.template, deployment.spec.selector or LabelSelector()
        hashed = revisions.safe_hash(template, deployment.status.collision_count)
        label = {revisions.HASH_LABEL: hashed}
        labels = {**template.metadata.labels, **label}
        replicas, surge = deployment.spec.replicas or 0, fenceposts(deployment).surge
        rolls = deployment.spec.strategy is None or deployment.spec.strategy.type != "Recreate"
        size = new_set_size(replicas, surge, 0, sum(item.spec.replicas or 0 for item in rollout.old)) if rolls else replicas
        item = ReplicaSet(
            metadata=ObjectMeta(
                name=f"{deployment.metadata.name[: 253 - 1 - len(hashed)]}-{hashed}",
                namespace=deployment.metadata.namespace,
                labels=labels,
                owner_references=[controller_reference(deployment)],
            ),
            spec=ReplicaSetSpec(
                replicas=size,
                min_ready_seconds=deployment.spec.min_ready_seconds,
                selector=evolve(selector, match_labels={**selector.match_labels, **label}),
                template=evolve(template, metadata=evolve(template.metadata, labels=labels)),
            ),
        )
        annotations = revisions.set_annotations(deployment, item, revision, replicas + surge)
        return evolve(item, metadata=evolve(item.metadata, annotations=annotations))

    def _count_collision(self, deployment: Deployment) -> None:
        """Another object has the name: the next try gets another hash."""
        count = (deployment.status.collision_count or 0) + 1
        changed = evolve(deployment, status=evolve(deployment.status, collision_count=count))
        self._api.update_status(changed, because(deployment, "hash collision"))

    def resize(self, deployment: Deployment, item: ReplicaSet, size: int, *, always: bool = False) -> bool:
        """Write a set's size (with `always`, its annotations even when the size stays); whether the size is new."""
        before, wanted = item.spec.replicas or 0, deployment.spec.replicas or 0
        sizes = revisions.size_annotations(wanted, wanted + fenceposts(deployment).surge)
        annotations = {**item.metadata.annotations, **sizes}
        if before == size and (not always or annotations == item.metadata.annotations):
            return False
        cause = because(deployment, "scale")
        changed = evolve(item, spec=evolve(item.spec, replicas=size), metadata=evolve(item.metadata, annotations=annotations))
        self._api.update(changed, cause)
        if before != size:
            direction = "up" if before < size else "down"
            text = self._dialect.say("deployment.scaled", direction=direction, name=item.metadata.name, before=before, to=size)
            self._recorder.event(deployment, NORMAL, "ScalingReplicaSet", text, cause=cause)
        return before != size

    def clean_up(self, rollout: Rollout) -> None:
        """Delete what is older than the history that is kept."""
        limit = rollout.deployment.spec.revision_history_limit
        if limit in (None, status.NO_DEADLINE):
            return
        old = sorted((item for item in rollout.old if item.metadata.deletion_timestamp is None), key=revisions.revision_of)
        for item in old[: max(0, len(old) - (limit or 0))]:
            seen = item.status.observed_generation >= (item.metadata.generation or 0)
            if not item.spec.replicas and not item.status.replicas and seen:
                self._api.delete(key_of(item), cause=because(rollout.deployment, "revision history limit"))
