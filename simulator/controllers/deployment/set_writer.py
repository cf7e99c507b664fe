"""Writing the ReplicaSets of a Deployment: creation, sizes, history (pkg/controller/deployment/sync.go)."""

from __future__ import annotations

from collections.abc import Iterable

from simulator.api import ApiError, ApiServer
from simulator.client.ownership import controlled, controller_reference
from simulator.client.recorder import NORMAL, WARNING, Recorder
from simulator.controllers.base import because
from simulator.controllers.deployment import revisions, status
from simulator.controllers.deployment.plan import Resize, Rollout
from simulator.controllers.deployment.rollout import fenceposts, new_set_size
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.objects.apps import Deployment, ReplicaSet, ReplicaSetSpec
from simulator.objects.base import evolve
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import key_of
from simulator.objects.labels import POD_TEMPLATE_HASH, REVISION
from simulator.objects.meta import LabelSelector, ObjectMeta, is_being_deleted


class SetWriter:
    """Reads and writes the ReplicaSets of Deployments in the controller's name."""

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect, recorder: Recorder) -> None:
        self._engine = engine
        self._api = api
        self._dialect = dialect
        self._recorder = recorder

    def rollout(self, deployment: Deployment) -> Rollout:
        """The Deployment and its ReplicaSets as they are now."""
        sets = controlled(self._api.store, ReplicaSet, deployment)
        new = revisions.new_set(deployment, sets)
        return Rollout(deployment, new, revisions.by_age([item for item in sets if item is not new]))

    def with_new_set(self, rollout: Rollout) -> Rollout:
        """With a new ReplicaSet: the one there is, its revision up to date, or one that is created now. Raises ApiError."""
        return self._make_set(rollout) if rollout.new is None else self.with_revision(rollout)

    def with_revision(self, rollout: Rollout) -> Rollout:
        """With the revision of the new ReplicaSet up to date, if there is one. Raises ApiError."""
        if rollout.new is None:
            return rollout
        deployment, new = rollout.deployment, rollout.new
        annotations = revisions.set_annotations(deployment, new, revisions.next_revision(rollout.old), None)
        seconds = deployment.spec.min_ready_seconds
        if annotations != new.metadata.annotations or (new.spec.min_ready_seconds or 0) != (seconds or 0):
            changed = evolve(new, metadata=evolve(new.metadata, annotations=annotations), spec=evolve(new.spec, min_ready_seconds=seconds))
            new = self._api.update(changed, because(deployment, "revision"))
        deployment = self._note_revision(deployment, new.metadata.annotations.get(REVISION, ""), new, "FoundNewReplicaSet")
        return Rollout(deployment, new, rollout.old)

    def _note_revision(self, deployment: Deployment, revision: str, new: ReplicaSet, reason: str) -> Deployment:
        meta = deployment.metadata
        fresh = condition_of(deployment.status, status.PROGRESSING) is None or reason == "NewReplicaSetCreated"
        changed = evolve(deployment, metadata=evolve(meta, annotations={**meta.annotations, REVISION: revision}))
        if fresh and status.has_deadline(deployment):
            verb = "Created" if reason == "NewReplicaSetCreated" else "Found"
            text = f'{verb} new replica set "{new.metadata.name}"'
            condition = status.condition(status.PROGRESSING, "True", reason, text, self._engine.timestamp())
            changed = evolve(changed, status=status.with_condition(deployment.status, condition))
        return self._api.update_status(changed, because(deployment, "revision"))

    def _make_set(self, rollout: Rollout) -> Rollout:
        deployment, revision = rollout.deployment, revisions.next_revision(rollout.old)
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
                    condition = status.condition(status.PROGRESSING, "False", "ReplicaSetCreateError", text, self._engine.timestamp())
                    self._api.update_status(evolve(deployment, status=status.with_condition(deployment.status, condition)), cause)
            raise
        if made.spec.replicas:
            text = self._dialect.say("deployment.created_set", name=made.metadata.name, to=made.spec.replicas)
            self._recorder.event(deployment, NORMAL, "ScalingReplicaSet", text, cause=cause)
        return Rollout(self._note_revision(deployment, str(revision), made, "NewReplicaSetCreated"), made, rollout.old)

    def _new_set(self, rollout: Rollout, revision: int) -> ReplicaSet:
        deployment = rollout.deployment
        template, selector = deployment.spec.template, deployment.spec.selector or LabelSelector()
        hashed = revisions.safe_hash(template, deployment.status.collision_count)
        label = {POD_TEMPLATE_HASH: hashed}
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
        """Count a collision of names: the next attempt uses another hash."""
        count = (deployment.status.collision_count or 0) + 1
        changed = evolve(deployment, status=evolve(deployment.status, collision_count=count))
        self._api.update_status(changed, because(deployment, "hash collision"))

    def resize(self, rollout: Rollout, resizes: Iterable[Resize]) -> Rollout:
        """Write the sizes, one after the other, each with an Event when it is new."""
        for step in resizes:
            [item] = [one for one in rollout.sets if one.metadata.name == step.name]
            rollout = rollout.with_set(self._resized(rollout, item, step))
        return rollout

    def _resized(self, rollout: Rollout, item: ReplicaSet, step: Resize) -> ReplicaSet:
        deployment, before = rollout.deployment, item.spec.replicas or 0
        sizes = revisions.size_annotations(rollout.replicas, rollout.replicas + fenceposts(deployment).surge)
        annotations = {**item.metadata.annotations, **sizes}
        if before == step.size and (not step.annotate or annotations == item.metadata.annotations):
            return item
        cause = because(deployment, "scale")
        changed = evolve(item, spec=evolve(item.spec, replicas=step.size), metadata=evolve(item.metadata, annotations=annotations))
        written = self._api.update(changed, cause)
        if before != step.size:
            direction = "up" if before < step.size else "down"
            text = self._dialect.say("deployment.scaled", direction=direction, name=item.metadata.name, before=before, to=step.size)
            self._recorder.event(deployment, NORMAL, "ScalingReplicaSet", text, cause=cause)
        return written

    def clean_up(self, rollout: Rollout) -> Rollout:
        """Without the ReplicaSets beyond the revision history limit: the oldest are deleted, if they have no pods."""
        limit = rollout.deployment.spec.revision_history_limit
        if limit in (None, status.NO_DEADLINE):
            return rollout
        old = sorted((item for item in rollout.old if not is_being_deleted(item)), key=revisions.revision_of)
        for item in old[: max(0, len(old) - (limit or 0))]:
            seen = item.status.observed_generation >= (item.metadata.generation or 0)
            if not item.spec.replicas and not item.status.replicas and seen:
                left = self._api.delete(key_of(item), cause=because(rollout.deployment, "revision history limit"))
                if isinstance(left, ReplicaSet):  # it has finalizers
                    rollout = rollout.with_set(left)
                else:
                    rollout = rollout._replace(old=[one for one in rollout.old if one is not item])
        return rollout
