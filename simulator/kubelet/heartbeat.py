"""How a kubelet reports that its node is alive: its Lease, and the node's status after a pause (pkg/kubelet/kubelet_node_status.go)."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.client.node_lease import NAMESPACE, RULE, NodeLease, reports
from simulator.client.recorder import NORMAL, WARNING
from simulator.journal.records import Cause
from simulator.kubelet.node_context import NodeContext
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object
from simulator.objects.node import Node, NodeCondition
from simulator.units import SECOND, format_time

STATUS_PERIOD = 10 * SECOND
"""nodeStatusUpdateFrequency: how often a status that has changed is posted."""
RUNTIME_THRESHOLD = 30 * SECOND
"""maxWaitForContainerRuntime: a runtime that has not been asked for so long counts as down."""
HEALTHY = {
    "MemoryPressure": ("False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
    "DiskPressure": ("False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
    "PIDPressure": ("False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
    "Ready": ("True", "KubeletReady", "kubelet is posting ready status"),
}

SHUTTING_DOWN = {**HEALTHY, "Ready": ("False", "KubeletNotReady", "node is shutting down")}
RUNTIME_DOWN = {**HEALTHY, "Ready": ("False", "KubeletNotReady", "container runtime is down")}
BACK = {"MemoryPressure": "NodeHasSufficientMemory", "DiskPressure": "NodeHasNoDiskPressure", "PIDPressure": "NodeHasSufficientPID"}
"""What a kubelet reports of each condition that is as it should be: all of it when it starts, else what has changed."""

READINESS = {"True": "NodeReady", "False": "NodeNotReady"}


class Heartbeat:
    """The heartbeat of one node. Nothing is written while nothing changes."""

    def __init__(self, node: NodeContext) -> None:
        self._engine = node.engine
        self._api = node.api
        self._node = node.name
        self._recorder = node.recorder
        self._boot_id = node.runtime.boot_id
        self._lease = NodeLease(node.engine, node.api, node.name)
        self._beats = False
        self._silent_since = 0

    def start(self) -> None:
        """From now on the node is alive."""
        self._beats = True
        self._lease.hold()

    def begin(self) -> None:
        """A new process reports the node: at once when something changed, and with the events of a start."""
        node = self._api.store.get(Key("Node", "", self._node))
        self.start()
        if not isinstance(node, Node):
            return
        info = node.status.node_info
        was_ready = all(item.status == HEALTHY[item.type][0] for item in node.status.conditions if item.type in HEALTHY)
        self._recorder.node_event(node, NORMAL, "Starting", "Starting kubelet.", "PRC-03")
        for reason in BACK.values() if was_ready else (*BACK.values(), "NodeReady"):
            self._recorder.node_event(node, NORMAL, reason, f"Node {self._node} status is now: {reason}", "PRC-03")
        rebooted = info is not None and info.boot_id != self._boot_id
        if rebooted:  # PRC-03
            text = f"Node {self._node} has been rebooted, boot id: {self._boot_id}"
            self._recorder.node_event(node, WARNING, "Rebooted", text, "PRC-03")
            node = evolve(node, status=evolve(node.status, node_info=info and evolve(info, boot_id=self._boot_id)))
        if rebooted or not was_ready:
            self._write(node)

    def shut_down(self) -> None:
        """The node is not ready, because it shuts down."""
        node = self._api.store.get(Key("Node", "", self._node))
        if isinstance(node, Node):
            self._write(node, SHUTTING_DOWN)

    def stop(self) -> None:
        """From now on it is silent; its last report stays."""
        self._beats = False
        self._silent_since = self._engine.now
        key = Key("Node", "", self._node)
        node, lease = self._api.store.get(key), self._api.store.get(Key("Lease", NAMESPACE, self._node))
        self._lease.lapse()
        if isinstance(node, Node):
            conditions = [evolve(item, last_heartbeat_time=self._last_beat(item, lease)) for item in node.status.conditions]
            self._api.update_status(evolve(node, status=evolve(node.status, conditions=conditions)), RULE)

    def _last_beat(self, item: NodeCondition, lease: Object | None) -> str | None:
        first = item.last_heartbeat_time
        return first and format_time(reports(first, lease).last(self._engine.wall))

    def resume(self) -> None:
        """A process that hung is alive again, and everything is due at once: the status of its node, and a look at the runtime.

        When the status comes first, it says that the runtime is down, until the next one.
        """
        self.start()
        silent = self._engine.now - self._silent_since
        if silent >= RUNTIME_THRESHOLD and self._engine.streams.coin(0.5, "resume", self._node):  # PRC-04
            self._post(RUNTIME_DOWN)
            self._engine.call_after(STATUS_PERIOD, self._post)
        elif silent >= STATUS_PERIOD:
            self._post()
        else:
            self._engine.call_after(STATUS_PERIOD - silent, self._post)

    def _post(self, states: Mapping[str, tuple[str, str, str]] = HEALTHY) -> None:
        """Write the status, with an event for each condition that it changes."""
        node = self._api.store.get(Key("Node", "", self._node))
        if not self._beats or not isinstance(node, Node):
            return
        for item in node.status.conditions:
            if item.type in states and item.status != states[item.type][0]:
                reason = BACK.get(item.type) or READINESS[states["Ready"][0]]
                self._recorder.node_event(node, NORMAL, reason, f"Node {self._node} status is now: {reason}", "PRC-04")
        self._write(node, states)

    def _write(self, node: Node, states: Mapping[str, tuple[str, str, str]] = HEALTHY) -> None:
        conditions = [self._as_stated(item, states) for item in node.status.conditions]
        cause = Cause(int(node.metadata.resource_version or 0), "node status")
        self._api.update_status(evolve(node, status=evolve(node.status, conditions=conditions)), cause)

    def _as_stated(self, item: NodeCondition, states: Mapping[str, tuple[str, str, str]]) -> NodeCondition:
        if item.type not in states or item.status == states[item.type][0]:
            return item
        status, reason, message = states[item.type]
        now = self._engine.timestamp()
        return evolve(item, status=status, reason=reason, message=message, last_heartbeat_time=now, last_transition_time=now)
