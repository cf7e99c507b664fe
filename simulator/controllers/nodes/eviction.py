"""Eviction of pods that do not tolerate a NoExecute taint, or only for some time (pkg/controller/tainteviction)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.api import ApiError, ApiServer
from simulator.api.deletion import Deletion
from simulator.client.recorder import NORMAL
from simulator.controllers.base import Controller, because
from simulator.dialect import Dialect
from simulator.engine import Engine, Timer
from simulator.journal.records import NO_CAUSE, Cause, Write
from simulator.objects.affinity import Toleration
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node, Taint
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import disruption_target, with_condition
from simulator.objects.tolerations import tolerates
from simulator.units import SECOND

NOW = 0
FOREVER = None


class _Planned(NamedTuple):
    """A scheduled eviction: when it was scheduled first, and its timer."""

    since: int
    timer: Timer


def toleration_time(taints: list[Taint], tolerations: list[Toleration]) -> int | None:
    """How long (ns) a pod tolerates these NoExecute taints: 0 not at all, None forever."""
    used: list[Toleration] = []
    for taint in taints:
        matching = [item for item in tolerations if tolerates(item, taint)]
        if not matching:
            return NOW
        used += matching
    limits = [max(0, item.toleration_seconds) for item in used if item.toleration_seconds is not None]
    return min(limits) * SECOND if limits else FOREVER


class TaintEvictionController(Controller):
    """Deletes pods from nodes whose taints they do not tolerate."""

    name = "taint-eviction-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._planned: dict[Key, _Planned] = {}

    def start(self) -> None:
        """Watch the taints of nodes, and pods that are bound."""
        self._store.watch("Node", self._on_node)
        self._store.watch("Pod", self._on_pod)

    def _on_node(self, write: Write, before: Object | None) -> None:
        node = write.item
        if isinstance(node, Node) and (not isinstance(before, Node) or before.spec.taints != node.spec.taints):
            for pod in self._store.typed(Pod):
                if pod.spec.node_name == write.key.name:
                    self._queue.add(key_of(pod))

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        moved = not isinstance(before, Pod) or (before.spec.node_name, before.spec.tolerations) != (
            pod.spec.node_name,
            pod.spec.tolerations,
        )
        if write.type == "DELETED" or moved:
            self._queue.add(write.key)

    def sync(self, key: Key) -> None:
        """Schedule the eviction of one pod, or cancel it."""
        pod = self._store.get(key)
        if not isinstance(pod, Pod) or not pod.spec.node_name:
            self._cancel(key)  # it has been deleted
            return
        node = self._store.get(Key("Node", "", pod.spec.node_name))
        taints = [item for item in node.spec.taints if item.effect == "NoExecute"] if isinstance(node, Node) else []
        if not taints:
            self._cancel(key)
            return
        stay = toleration_time(taints, pod.spec.tolerations)
        if stay is FOREVER:
            self._cancel(key)
        elif stay <= 0:
            self._cancel(key)
            # Reading and marking the pod comes before its deletion, so a component that just deletes it is faster.
            uid = pod.metadata.uid
            self._engine.call_after(0, lambda: self._evict(key, uid))
        else:
            self._plan(key, pod, stay)

    def _plan(self, key: Key, pod: Pod, stay: int) -> None:
        """Evict after `stay`, counted from when an eviction was scheduled first. An earlier eviction is kept."""
        old = self._planned.get(key)
        since = self._engine.now if old is None else old.since
        due = since + stay
        if old is not None and old.timer.due <= due:
            return
        self._cancel(key)
        uid = pod.metadata.uid
        self._planned[key] = _Planned(since, self._engine.call_at(due, lambda: self._evict(key, uid)))

    def _cancel(self, key: Key) -> None:
        """Cancel a scheduled eviction, with an Event even when it is rescheduled or the pod has been deleted."""
        planned = self._planned.pop(key, None)
        if planned is not None:
            planned.timer.cancel()
            self._report(key, f"Cancelling deletion of Pod {key.namespace}/{key.name}")

    def _report(self, key: Key, text: str, cause: Cause = NO_CAUSE) -> None:
        """Write an Event about a pod by name, without its uid, as Kubernetes does."""
        about = Pod(metadata=ObjectMeta(name=key.name, namespace=key.namespace))
        self._recorder.event(about, NORMAL, "TaintManagerEviction", text, cause=cause)

    def _evict(self, key: Key, uid: str) -> None:
        """Report the eviction, mark the pod, and delete it with its own grace period."""
        self._planned.pop(key, None)
        pod = self._store.get(key)
        if not isinstance(pod, Pod) or pod.metadata.uid != uid:
            return
        cause = because(pod, "taint not tolerated")
        self._report(key, f"Marking for deletion Pod {key.namespace}/{key.name}", cause)
        generation = pod.metadata.generation if self._dialect.reports_observed_generation else None
        message = "Taint manager: deleting due to NoExecute taint"
        target = disruption_target("DeletionByTaintManager", message, self._engine.timestamp(), generation)
        try:
            self._api.update_status(evolve(pod, status=with_condition(pod.status, target)), cause)
            self._api.delete(key, Deletion(uid=uid), cause)
        except ApiError as error:
            if error.reason != "NotFound":
                raise
