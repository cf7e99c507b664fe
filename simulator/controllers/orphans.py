"""Pods without a kubelet: bound to a deleted node, or deleted before they were bound (pkg/controller/podgc)."""

from __future__ import annotations

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.controllers.base import Controller, because
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, disruption_target, has_ended, with_condition
from simulator.units import SECOND

PERIOD = 20 * SECOND
"""gcCheckPeriod: how often the controller checks all pods."""
QUARANTINE = 40 * SECOND
"""quarantineTime: how long a node must have been missing."""


class PodGarbageController(Controller):
    """Checks every twenty seconds while there is such a pod, and force-deletes it."""

    name = "pod-garbage-collector-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._phase = engine.streams.uniform(0, PERIOD, "pod-garbage")
        self._missing: dict[str, int] = {}

    def start(self) -> None:
        """Watch pods and nodes."""
        self._store.watch("Pod", self._on_pod)
        self._store.watch("Node", self._on_node)
        self._enqueue_all("Pod")

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        if write.type != "DELETED" and isinstance(pod, Pod) and self._is_lost(pod):
            self._wait(write.key)

    def _on_node(self, write: Write, before: Object | None) -> None:
        if write.type == "ADDED":
            self._missing.pop(write.key.name, None)
        if write.type == "DELETED":
            for pod in self._store.typed(Pod):
                if pod.spec.node_name == write.key.name:
                    self._wait(key_of(pod))

    def _is_lost(self, pod: Pod) -> bool:
        if pod.spec.node_name:
            return self._store.get(Key("Node", "", pod.spec.node_name)) is None
        return is_being_deleted(pod)

    def _wait(self, key: Key) -> None:
        """Requeue for the next check."""
        self._queue.add_after(key, PERIOD - (self._engine.now - self._phase) % PERIOD)

    def sync(self, key: Key) -> None:
        """Check one pod. A node that has just been deleted may be created again."""
        pod = self._store.get(key)
        if not isinstance(pod, Pod) or not self._is_lost(pod):
            return
        node = pod.spec.node_name
        if node and self._engine.now - self._missing.setdefault(node, self._engine.now) < QUARANTINE:
            self._wait(key)
            return
        try:
            self._end(pod)
        except ApiError as error:
            if error.reason != "NotFound":
                raise

    def _end(self, pod: Pod) -> None:
        """Mark a pod as failed and force-delete it. Raises ApiError."""
        cause = because(pod, "orphaned")
        if not has_ended(pod):
            status = evolve(pod.status, phase=FAILED)
            if pod.spec.node_name:
                generation = pod.metadata.generation if self._dialect.reports_observed_generation else None
                message = "PodGC: node no longer exists"
                target = disruption_target("DeletionByPodGC", message, self._engine.timestamp(), generation)
                status = with_condition(status, target)
            self._api.update_status(evolve(pod, status=status), cause)
        self._api.delete(key_of(pod), Deletion(grace=0, uid=pod.metadata.uid), cause)
