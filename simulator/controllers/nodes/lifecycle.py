"""The process that monitors nodes (pkg/controller/nodelifecycle/node_lifecycle_controller.go)."""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.node_lease import NAMESPACE, lapsed_at
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.controllers.nodes.health import readiness, unreachable, with_health_taints
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.conditions import READY, condition_of
from simulator.objects.kinds import Key, Object
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import with_condition
from simulator.objects.pod_status import PodCondition
from simulator.units import SECOND

MONITOR_PERIOD = 5 * SECOND
"""nodeMonitorPeriod: how often the controller checks every node."""


class NodeLifecycleController(Controller):
    """Marks and taints unreachable nodes, and marks their pods as not ready."""

    name = "node-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._phase = engine.streams.uniform(0, MONITOR_PERIOD, "node-monitor")
        self._grace = dialect.node_monitor_grace_seconds * SECOND

    def start(self) -> None:
        """Watch nodes and their leases."""
        self._store.watch("Node", self._on_node)
        self._store.watch("Lease", lambda write, before: self._on_lease(write))
        for node in self._store.typed(Node):
            self._register(node)

    def sync(self, key: Key) -> None:
        """Update the taints of one node."""
        node = self._store.get(key)
        if isinstance(node, Node):
            self._taint(node)

    def _register(self, node: Node) -> None:
        name = node.metadata.name
        self._recorder.event(
            node,
            NORMAL,
            "RegisteredNode",
            f"Node {name} event: Registered Node {name} in Controller",
            cause=because(node, "node registered"),
        )

    def _on_node(self, write: Write, before: Object | None) -> None:
        node = write.item
        assert isinstance(node, Node), "watched"
        if write.type == "ADDED":
            self._engine.call_after(0, lambda: self._register(node))
        elif write.type == "DELETED":
            name = node.metadata.name
            text = f"Node {name} event: Removing Node {name} from Controller"
            self._engine.call_after(0, lambda: self._recorder.event(node, NORMAL, "RemovingNode", text))
        if isinstance(before, Node) and readiness(before) != readiness(node):
            # The monitor handles readiness, but not cordons.
            self._engine.call_at(self._tick_after(self._engine.now), lambda: self._check_readiness(write.key))
        elif write.type != "DELETED":
            # The taint of a cordon is removed by a later write, after the scheduler has tried the pods that may fit now.
            self._engine.call_after(0, lambda: self._queue.add(write.key))

    def _check_readiness(self, key: Key) -> None:
        """Update the taints of a node whose readiness changed; of all nodes when at most one is ready."""
        ready = sum(readiness(node) == "True" for node in self._store.typed(Node))
        if ready > 1:
            self._queue.add(key)
        else:
            self._enqueue_all("Node")

    def _taint(self, node: Node) -> None:
        evicts = any(readiness(other) == "True" for other in self._store.typed(Node))
        self._api.update(with_health_taints(node, self._engine.timestamp(), evicts=evicts), because(node, "node taints"))

    # ---- unreachable nodes

    def _on_lease(self, write: Write) -> None:
        """A lapsed lease is noticed one grace period after the check that saw its last renewal."""
        renewed = lapsed_at(write.item)
        if renewed is None or write.key.namespace != NAMESPACE:
            return
        seen = self._tick_after(renewed - self._engine.epoch)
        # Checks are a little more than a period apart, for each takes a moment: the one at the end of the grace period is late enough.
        due = self._tick_after(seen + self._grace)
        self._engine.call_at(due, lambda: self._check(write.key.name, renewed))

    def _tick_after(self, t: int) -> int:
        """The first check at or after `t`."""
        return -((self._phase - t) // MONITOR_PERIOD) * MONITOR_PERIOD + self._phase

    def _check(self, name: str, renewed: int) -> None:
        """Mark the node as unreachable if its lease has not been renewed since `renewed`."""
        node = self._store.get(Key("Node", "", name))
        if not isinstance(node, Node) or lapsed_at(self._store.get(Key("Lease", NAMESPACE, name))) != renewed:
            return
        cause = because(node, "node is not responding")
        node = self._api.update_status(unreachable(node, self._engine.timestamp()), cause)
        self._recorder.event(node, NORMAL, "NodeNotReady", f"Node {name} status is now: NodeNotReady", cause=cause)
        for pod in self._store.typed(Pod):
            if pod.spec.node_name == name:
                self._pod_not_ready(pod)
        for other in self._store.typed(Node):
            self._taint(other)

    def _pod_not_ready(self, pod: Pod) -> None:
        """Mark a pod of an unreachable node as not ready, so that it gets no requests (pkg/util/node MarkPodsNotReady)."""
        ready = condition_of(pod.status, READY)
        if ready is None or ready.status != "True":
            return
        cause = because(pod, "node is not responding")
        not_ready = PodCondition(
            type=READY,
            status="False",
            last_transition_time=self._engine.timestamp(),
            observed_generation=ready.observed_generation,
        )
        self._api.update_status(evolve(pod, status=with_condition(pod.status, not_ready)), cause)
        self._recorder.event(pod, WARNING, "NodeNotReady", "Node is not ready", cause=cause)
