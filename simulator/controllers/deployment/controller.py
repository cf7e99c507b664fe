"""The process that rolls Deployments out (pkg/controller/deployment/deployment_controller.go, rolling.go, recreate.go)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.ownership import claim, controlled, controlled_or_free, controller_key
from simulator.client.recorder import WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.deployment import status
from simulator.controllers.deployment.plan import Course, Rollout, course_of, emptying, filling, rolling, scaling
from simulator.controllers.deployment.set_writer import SetWriter
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.base import evolve
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.objects.selectors import is_empty, matches
from simulator.units import SECOND


class DeploymentController(Controller):
    """Creates the ReplicaSets of Deployments, and scales the old ones down and the new one up."""

    name = "deployment-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._sets = SetWriter(engine, api, dialect, self._recorder)

    def start(self) -> None:
        """Watch Deployments, their ReplicaSets, and deleted pods (Recreate waits for the last one)."""
        self._store.watch("Deployment", lambda write, before: self._queue.add(write.key))
        self._store.watch("ReplicaSet", self._on_set)
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("Deployment")

    def sync(self, key: Key) -> None:
        """Reconcile one Deployment."""
        deployment = self._store.get(key)
        if not isinstance(deployment, Deployment):
            return
        if is_empty(deployment.spec.selector):
            text = "This deployment is selecting all pods. A non-empty selector is required."
            self._recorder.event(deployment, WARNING, "SelectingAll", text, cause=because(deployment, "selector"))
            return
        selector = deployment.spec.selector
        claim(
            self._api,
            deployment,
            controlled_or_free(self._store, ReplicaSet, deployment),
            lambda item: matches(selector, item.metadata.labels),
        )
        if is_being_deleted(deployment):
            self._write_counts(self._sets.rollout(deployment))
            return
        rollout = self._sets.rollout(self._note_pause(deployment))
        course = course_of(rollout)
        self._take(course, self._sets.with_revision(rollout))

    # ---- sizes: decided on what was read, then written; what a write returns is used from then on

    def _take(self, course: Course, rollout: Rollout) -> None:
        if course is Course.PAUSED:
            self._write_counts(self._sets.clean_up(self._sets.resize(rollout, scaling(rollout))))
        elif course is Course.SCALED:
            self._write_counts(self._sets.resize(rollout, scaling(rollout)))
        elif course is Course.RECREATE:
            self._recreate(rollout)
        else:
            self._roll(rollout)

    def _roll(self, rollout: Rollout) -> None:
        rollout = self._sets.with_new_set(rollout)
        resizes = rolling(rollout)
        if resizes:
            rollout = self._sets.resize(rollout, resizes)
        elif status.is_complete(rollout.deployment, rollout.deployment.status):
            rollout = self._sets.clean_up(rollout)
        self._write_progress(rollout)

    def _recreate(self, rollout: Rollout) -> None:
        resizes = emptying(rollout)
        if resizes or self._old_pods_run(rollout):
            self._write_progress(self._sets.resize(rollout, resizes))
            return
        rollout = self._sets.with_new_set(rollout)
        rollout = self._sets.resize(rollout, filling(rollout))
        if status.is_complete(rollout.deployment, rollout.deployment.status):
            rollout = self._sets.clean_up(rollout)
        self._write_progress(rollout)

    def _old_pods_run(self, rollout: Rollout) -> bool:
        if any(item.status.replicas for item in rollout.old):
            return True
        return any(not has_ended(pod) for item in rollout.old for pod in controlled(self._store, Pod, item))

    # ---- status

    def _note_pause(self, deployment: Deployment) -> Deployment:
        """Report that a Deployment was paused or resumed; its progress deadline starts again when it is resumed."""
        current = condition_of(deployment.status, status.PROGRESSING)
        if not status.has_deadline(deployment) or (current is not None and current.reason == status.TIMED_OUT):
            return deployment
        paused = current is not None and current.reason == "DeploymentPaused"
        if bool(deployment.spec.paused) == paused:
            return deployment
        reason, text = ("DeploymentResumed", "Deployment is resumed") if paused else ("DeploymentPaused", "Deployment is paused")
        condition = status.condition(status.PROGRESSING, "Unknown", reason, text, self._engine.timestamp())
        changed = evolve(deployment, status=status.with_condition(deployment.status, condition))
        return self._api.update_status(changed, because(deployment, "pause"))

    def _counted(self, rollout: Rollout) -> Deployment:
        terminating = self._dialect.reports_terminating_replicas
        stamp = self._engine.timestamp()
        return evolve(
            rollout.deployment, status=status.counted(rollout.deployment, rollout.new, rollout.sets, stamp, terminating=terminating)
        )

    def _write_counts(self, rollout: Rollout) -> None:
        self._api.update_status(self._counted(rollout), because(rollout.deployment, "replicas counted"))

    def _write_progress(self, rollout: Rollout) -> None:
        """Write the status, and requeue for the progress deadline."""
        deployment, wall = rollout.deployment, self._engine.wall
        counted = self._counted(rollout).status
        new_status = status.with_progress(deployment, counted, rollout.new, wall, self._engine.timestamp())
        new_status = status.with_failure(new_status, rollout.new, rollout.sets)
        self._api.update_status(evolve(deployment, status=new_status), because(deployment, "replicas counted"))
        left = status.time_left(deployment, new_status, wall)
        if left is not None and not status.is_complete(deployment, new_status):
            # A second late, unless the deadline is less than a second away.
            self._queue.add_after(key_of(deployment), left + SECOND if left >= SECOND else max(0, left) + 1)

    # ---- events

    def _on_set(self, write: Write, before: Object | None) -> None:
        keys = {key for item in (write.item, before) if item is not None and (key := controller_key(item, "Deployment"))}
        for key in sorted(keys):
            self._queue.add(key)
        if not keys and write.type != "DELETED":
            for deployment in self._store.typed(Deployment, write.key.namespace):
                if matches(deployment.spec.selector, write.item.metadata.labels):
                    self._queue.add(key_of(deployment))

    def _on_pod(self, write: Write, before: Object | None) -> None:
        if write.type != "DELETED":
            return
        owner = controller_key(write.item, "ReplicaSet")
        item = None if owner is None else self._store.get(owner)
        key = None if item is None else controller_key(item, "Deployment")
        if key is not None:
            self._queue.add(key)
