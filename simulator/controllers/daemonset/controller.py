"""The process that keeps DaemonSets (pkg/controller/daemon/daemon_controller.go)."""

from __future__ import annotations

from simulator.api import ApiError, ApiServer
from simulator.client.back_off import exponential
from simulator.client.ownership import claim, controlled, controlled_or_free, controller_key, controller_of
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.daemonset.placement import Fit, fit_of, node_of, template_for
from simulator.controllers.daemonset.steps import Place, Steps, counted, oldest_first, placement_steps, update_steps
from simulator.controllers.history import History
from simulator.controllers.pod_control import PodControl, pod_from_template, slow_start
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects import labels
from simulator.objects.apps import DaemonSet
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of
from simulator.objects.meta import is_being_deleted
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended, has_succeeded
from simulator.objects.selectors import matches
from simulator.units import MINUTE, SECOND

FAILED_BACK_OFF, FAILED_BACK_OFF_MOST = 1 * SECOND, 15 * MINUTE
"""The first back-off and the longest between deletions of failed pods on one node."""


class DaemonSetController(Controller):
    """Creates, deletes and replaces the pods of DaemonSets."""

    name = "daemonset-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._history = History(api, labels.CONTROLLER_REVISION_HASH)
        self._pods = PodControl(api, self._recorder)
        self._failures: dict[tuple[str, str], tuple[int, int]] = {}

    def start(self) -> None:
        """Watch sets, their pods, and nodes."""
        self._store.watch("DaemonSet", lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._store.watch("Node", self._on_node)
        self._enqueue_all("DaemonSet")

    def _updates(self, item: DaemonSet, revision: str, wall: int) -> Steps:
        """What a rolling update does next."""
        return update_steps(item, self._places(item), revision, wall, counts_broken=self._dialect.daemons_count_old_unavailable)

    def sync(self, key: Key) -> None:
        """Place the pods of one set, replace outdated ones, and update its status."""
        item = self._store.get(key)
        if not isinstance(item, DaemonSet) or is_being_deleted(item):
            return
        revision = self._history.current(item)
        hashed = revision.metadata.labels[labels.CONTROLLER_REVISION_HASH]
        wall = self._engine.wall
        refused: ApiError | None = None
        try:
            self._act_on(item, hashed, wall)
        except ApiError as error:  # the status is written nevertheless
            refused = error
        places = self._places(item)
        status = counted(item, places, hashed, wall)
        self._api.update_status(evolve(item, status=status), because(item, "pods counted"))
        if refused is not None:
            raise refused
        used = {pod.metadata.labels.get(labels.CONTROLLER_REVISION_HASH) for place in places for pod in place.pods}
        live = {
            one.metadata.name for one in self._history.revisions(item) if one.metadata.labels.get(labels.CONTROLLER_REVISION_HASH) in used
        }
        self._history.truncate(item, {*live, revision.metadata.name})
        if item.spec.min_ready_seconds and status.number_ready != status.number_available:
            # Kubernetes requeues after minReadySeconds, not when the next pod becomes available.
            self._queue.add_after(key, item.spec.min_ready_seconds * SECOND)

    def _act_on(self, item: DaemonSet, hashed: str, wall: int) -> None:
        """Place pods, and replace outdated ones. Raises ApiError."""
        self._place(item, self._places(item), hashed)
        if item.spec.update_strategy is None or item.spec.update_strategy.type == "RollingUpdate":
            self._act(item, self._updates(item, hashed, wall), hashed, "outdated")

    def _own(self, item: DaemonSet) -> list[Pod]:
        """The set's pods, without those that have ended and are being deleted."""
        pods = controlled_or_free(self._store, Pod, item)
        own = claim(self._api, item, pods, lambda pod: matches(item.spec.selector, pod.metadata.labels))
        return [pod for pod in own if not (has_ended(pod) and is_being_deleted(pod))]

    def _places(self, item: DaemonSet) -> list[Place]:
        """Every node with the set's pods."""
        by_node: dict[str, list[Pod]] = {}
        for pod in self._own(item):
            by_node.setdefault(node_of(pod), []).append(pod)
        nodes = self._store.typed(Node)
        return [Place(node.metadata.name, fit_of(item, node), oldest_first(by_node.get(node.metadata.name, []))) for node in nodes]

    def _place(self, item: DaemonSet, places: list[Place], revision: str) -> None:
        create: list[str] = []
        nodes = {place.node for place in places}
        # A pod that was created for a node that no longer exists.
        delete = [pod for pod in self._own(item) if not pod.spec.node_name and node_of(pod) not in nodes]
        for place in places:
            steps = placement_steps(item, place, revision, self._engine.wall)
            create += steps.create
            delete += [*steps.delete, *(pod for pod in steps.ended if self._may_replace(item, pod, place.node))]
        self._act(item, Steps(create, delete, []), revision, "placement")

    def _may_replace(self, item: DaemonSet, pod: Pod, node: str) -> bool:
        """Whether to delete an ended pod now: a failed one only after the back-off of its node."""
        name = f"{pod.metadata.namespace}/{pod.metadata.name}"
        if has_succeeded(pod):
            text = f"Found succeeded daemon pod {name} on node {node}, will try to delete it"
            self._recorder.event(item, NORMAL, "SucceededDaemonPod", text, cause=because(pod, "ended"))
            return True
        count, until = self._failures.get((item.metadata.uid, node), (0, 0))
        now = self._engine.now
        if now < until:
            # Kubernetes requeues after the whole back-off, not the rest of it.
            self._queue.add_after(key_of(item), exponential(FAILED_BACK_OFF, FAILED_BACK_OFF_MOST, count - 1))
            return False
        self._failures[item.metadata.uid, node] = (count + 1, now + exponential(FAILED_BACK_OFF, FAILED_BACK_OFF_MOST, count))
        text = f"Found failed daemon pod {name} on node {node}, will try to kill it"
        self._recorder.event(item, WARNING, "FailedDaemonPod", text, cause=because(pod, "failed"))
        return True

    def _act(self, item: DaemonSet, steps: Steps, revision: str, rule: str) -> None:
        """Create, then delete. Raises ApiError."""
        cause = because(item, rule)
        pods = [pod_from_template(template_for(item, node, revision), item) for node in steps.create]
        error = slow_start(pods, lambda pod: self._pods.create(item, pod, cause))
        for pod in steps.delete:
            self._pods.delete(item, pod, cause)
        if error is not None:
            raise error

    def _on_pod(self, write: Write, before: Object | None) -> None:
        for pod in (write.item, before):
            key = None if pod is None else controller_key(pod, "DaemonSet")
            if key is not None:
                self._queue.add(key)
        if controller_of(write.item) is None and write.type != "DELETED":
            for item in self._store.typed(DaemonSet, write.key.namespace):
                if matches(item.spec.selector, write.item.metadata.labels):
                    self._queue.add(key_of(item))

    def _on_node(self, write: Write, before: Object | None) -> None:
        """Enqueue the sets that a new node, or a change of labels or taints, affects. A deleted node affects none."""
        node = write.item
        old = before if isinstance(before, Node) else None
        if write.type == "DELETED" or not isinstance(node, Node):
            return
        if old is not None and (old.metadata.labels, old.spec.taints) == (node.metadata.labels, node.spec.taints):
            return
        for item in self._store.typed(DaemonSet):
            if self._heeds(item, node, old):
                self._queue.add(key_of(item))

    def _heeds(self, item: DaemonSet, node: Node, old: Node | None) -> bool:
        """Whether a change of a node affects a set."""
        now = fit_of(item, node)
        if not self._dialect.daemons_heed_only_moves:
            return now != (Fit(should_run=False, may_continue=False) if old is None else fit_of(item, old))
        there = any(pod.spec.node_name == node.metadata.name for pod in controlled(self._store, Pod, item))
        # A pod is missing, or must leave, or is no longer misscheduled. A pod that becomes misscheduled is not noticed.
        return now.should_run if not there else not now.may_continue or item.status.number_misscheduled > 0
