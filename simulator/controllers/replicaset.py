"""ReplicaSet and ReplicationController: the desired number of pods (pkg/controller/replicaset/replica_set.go)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.api import ApiError, ApiServer
from simulator.client.ownership import claim, controlled, controlled_or_free, controller_key, controller_of, free, seen
from simulator.client.pods import Glance, glance
from simulator.controllers.base import Controller, because
from simulator.controllers.pod_control import BURST, PodControl, pod_from_template, slow_start
from simulator.controllers.pod_ranks import pods_to_delete
from simulator.controllers.replicas import count_pods, failure_conditions, next_availability_check, with_counts
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.apps import ReplicaSet, ReplicaSetCondition
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import is_active
from simulator.objects.replication import ReplicationController, ReplicationControllerCondition
from simulator.objects.selectors import matches, matches_all


class ReplicaSetController(Controller):
    """Creates and deletes the pods of ReplicaSets."""

    name = "replicaset-controller"
    kind = "ReplicaSet"
    condition: type[Any] = ReplicaSetCondition

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._pods = PodControl(api, self._recorder)

    def start(self) -> None:
        """Watch sets and pods."""
        self._store.watch(self.kind, lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all(self.kind)

    def sync(self, key: Key) -> None:
        """Create or delete the pods of one set, then update its status."""
        item: Any = self._store.get(key)
        if item is None:
            return
        self._claim(item)
        sights = seen(self._store, Pod, item, glance)
        matching = self._matching(item, sights)
        mine = {pod: count for pod, count in sights.items() if pod.labels in matching}
        active = {pod: count for pod, count in mine.items() if pod.active}
        terminating = self._terminating(mine)
        missing = (item.spec.replicas or 0) - sum(active.values())
        error = self._reconcile_pods(item, missing) if not is_being_deleted(item) else None
        wall = self._engine.wall
        conditions = failure_conditions(item.status.conditions, self.condition, error, missing, self._engine.timestamp())
        changed = with_counts(item, count_pods(item, active, terminating, wall), conditions)
        if changed is not item:
            self._api.update_status(changed, because(item, "replicas counted"))
        if error is not None:
            raise error
        wait = next_availability_check(active, item.spec.min_ready_seconds, wall)
        if wait is not None:
            self._queue.add_after(key, wait)

    def _claim(self, item: Any) -> None:
        """Adopt matching orphans and release pods that no longer match; usually there are neither."""
        strays = [
            pod for pod in free(self._store, Pod, item.metadata.namespace) if is_active(pod) and self._matches(item, pod.metadata.labels)
        ]
        sights = seen(self._store, Pod, item, glance)
        matching = self._matching(item, sights)
        if strays or any(pod.active and pod.labels not in matching for pod in sights):
            pods = [pod for pod in controlled_or_free(self._store, Pod, item) if is_active(pod)]
            claim(self._api, item, pods, lambda pod: self._matches(item, pod.metadata.labels))

    def _reconcile_pods(self, item: Any, missing: int) -> ApiError | None:
        """Create the missing pods or delete the surplus ones; the first error."""
        if missing > 0:
            cause = because(item, "too few replicas")
            pods = [pod_from_template(item.spec.template, item)] * min(missing, BURST)
            return slow_start(pods, lambda pod: self._pods.create(item, pod, cause))
        if missing < 0:
            cause = because(item, "too many replicas")
            mine = controlled(self._store, Pod, item)
            active = [pod for pod in mine if is_active(pod) and self._matches(item, pod.metadata.labels)]
            for pod in pods_to_delete(active, self._related_pods(item), min(-missing, BURST), self._engine.wall):
                try:
                    self._pods.delete(item, pod, cause)
                except ApiError as error:
                    return error
        return None

    def _terminating(self, mine: Mapping[Glance, int]) -> int | None:
        if not self._dialect.reports_terminating_replicas:
            return None
        return sum(count for pod, count in mine.items() if pod.terminating)

    def _related_pods(self, item: Any) -> list[Pod]:
        """Pods of all sets that have the same controller."""
        ref = controller_of(item)
        sets = [item] if ref is None else [other for other in self._sets(item.metadata.namespace) if controller_of(other) == ref]
        pods = self._store.typed(Pod, item.metadata.namespace)
        return [pod for pod in pods if any(self._matches(other, pod.metadata.labels) for other in sets)]

    def _sets(self, namespace: str) -> list[Any]:
        return list(self._store.typed(ReplicaSet, namespace))

    def _matching(self, item: Any, sights: Iterable[Glance]) -> set[tuple[tuple[str, str], ...]]:
        """The labels among these that the set's selector matches; nearly all of its pods have the same."""
        return {labels for labels in {pod.labels for pod in sights} if self._matches(item, dict(labels))}

    def _matches(self, item: Any, labels: Mapping[str, str]) -> bool:
        return matches(item.spec.selector, labels)

    def _on_pod(self, write: Write, before: Object | None) -> None:
        """Enqueue the set that controls the pod or controlled it; for an orphan, the sets that may adopt it."""
        pod = write.item
        keys = {key for item in (pod, before) if item is not None and (key := controller_key(item, self.kind))}
        for key in sorted(keys):
            self._queue.add(key)
        if isinstance(pod, Pod) and controller_of(pod) is None and write.type != "DELETED":
            for item in self._sets(pod.metadata.namespace):
                if self._matches(item, pod.metadata.labels):
                    self._queue.add(key_of(item))


class ReplicationControllerController(ReplicaSetController):
    """The same for ReplicationControllers, whose selector is a map of labels."""

    name = "replication-controller"
    kind = "ReplicationController"
    condition: type[Any] = ReplicationControllerCondition

    def _sets(self, namespace: str) -> list[Any]:
        return list(self._store.typed(ReplicationController, namespace))

    def _matches(self, item: Any, labels: Mapping[str, str]) -> bool:
        return bool(item.spec.selector) and matches_all(item.spec.selector, labels)

    def _terminating(self, mine: Mapping[Glance, int]) -> int | None:
        return None
