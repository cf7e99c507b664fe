"""The sandboxes and containers of one node, and the sockets that they listen on."""

from __future__ import annotations

from collections.abc import Callable

from simulator.container.behavior import Behavior
from simulator.container.instance import Instance, holder
from simulator.container.status import ContainerRecord, RuntimePod
from simulator.engine import Engine, Gate
from simulator.objects.pod import Pod


class ContainerTable:
    """What exists on a node.

    Attributes:
        node: The node's name.
        host_ip: The node's address.
        changed: Opens whenever a sandbox or container changes.
        watchers: Called with the pod's uid whenever one of its sandboxes or containers changes.
        by_ip: The uids of pods by their address.
    """

    def __init__(self, engine: Engine, node: str, host_ip: str) -> None:
        self._engine = engine
        self.node = node
        self.host_ip = host_ip
        self.changed = Gate(engine)
        self.watchers: list[Callable[[str], None]] = []
        self.by_ip: dict[str, str] = {}
        self._pods: dict[str, RuntimePod] = {}
        self._instances: dict[str, Instance] = {}
        self._logs: dict[tuple[str, str], set[int]] = {}

    # ---- reading

    def pods(self) -> list[str]:
        """The uids of the pods that have a sandbox or a container."""
        return list(self._pods)

    def pod(self, uid: str) -> RuntimePod:
        """The sandboxes and containers of a pod, newest first."""
        return self._pods.get(uid, RuntimePod())

    def container(self, container_id: str) -> ContainerRecord | None:
        """The record of a container, or None when it was removed."""
        instance = self._instances.get(container_id)
        return None if instance is None else instance.record

    def owner(self, uid: str) -> Pod | None:
        """The pod of a uid as it was when its newest container was created; None when the node has none of its containers."""
        newest = self.pod(uid).containers[:1]
        return self._instances[newest[0].id].pod if newest else None

    def last_log(self, uid: str, name: str) -> int | None:
        """The attempt of the newest instance of a container that has left a log; None: there is no log."""
        return max(self._logs.get((uid, name), ()), default=None)

    def behavior(self, container_id: str) -> Behavior | None:
        """The behavior of a running container, else None."""
        instance = self._instances.get(container_id)
        return instance.behavior if instance is not None and instance.is_running else None

    def sandbox_mates(self, container_id: str) -> list[ContainerRecord]:
        """The running containers in the same sandbox, and so on the same network, including this one."""
        instance = self._instances.get(container_id)
        if instance is None:
            return []
        return [one for one in self.pod(instance.pod.metadata.uid).running if one.sandbox == instance.record.sandbox]

    def settled_until(self, container_id: str) -> int | None:
        """The instant until which the containers of this sandbox answer as they do now, if nothing else happens; None: forever.

        It is now where a process is interpreted, because what that does is not known in advance.
        """
        now = self._engine.now
        mates = [self._instances[record.id] for record in self.sandbox_mates(container_id)]
        if any(mate.run.argv or mate.interior is not None or mate.behavior is None or mate.behavior.origin is None for mate in mates):
            return now
        changes = (mate.behavior.next_change(now) for mate in mates if mate.behavior is not None)
        return min((change for change in changes if change is not None), default=None)

    # ---- sockets

    def accepts(self, address: str, port: int) -> bool | None:
        """Whether a container at an address accepts connections now; None when no pod of this node has the address."""
        instances = self._at(address)
        return None if instances is None else holder(instances, port) is not None

    def listener(self, address: str, port: int) -> Behavior | None:
        """The container that accepts connections on a port of an address now."""
        return _behavior(holder(self._at(address) or [], port))

    def local_listener(self, container_id: str, port: int) -> Behavior | None:
        """The container that accepts connections on a port of the network of a container now."""
        return _behavior(self.port_holder(container_id, port))

    def port_holder(self, container_id: str, port: int) -> Instance | None:
        """The container that has a port in the network of a container: that of its sandbox, or of the node."""
        instance = self._instances.get(container_id)
        if instance is None:
            return None
        if instance.pod.spec.host_network:
            return holder(self._at(self.host_ip) or [], port)
        return holder([self._instances[record.id] for record in self.sandbox_mates(container_id)], port)

    def address_of(self, instance: Instance) -> str:
        """The address of a container's pod."""
        return self.pod(instance.pod.metadata.uid).ip or self.host_ip

    def _at(self, address: str) -> list[Instance] | None:
        """The running containers at an address; None when no pod here has it. Pods in the node's network have the node's address."""
        uid = self.by_ip.get(address)
        if uid is not None:
            return [self._instances[record.id] for record in self.pod(uid).running]
        if address != self.host_ip:
            return None
        return [one for one in self._instances.values() if one.is_running and one.pod.spec.host_network]

    # ---- writing

    def add(self, instance: Instance) -> None:
        """Add a container."""
        uid = instance.pod.metadata.uid
        self._instances[instance.record.id] = instance
        self._logs.setdefault((uid, instance.record.name), set()).add(instance.record.attempt)
        self.put(uid, self.pod(uid)._replace(containers=(instance.record, *self.pod(uid).containers)))

    def update(self, instance: Instance, record: ContainerRecord) -> None:
        """Give a container another record."""
        instance.record = record
        uid = instance.pod.metadata.uid
        pod = self.pod(uid)
        self.put(uid, pod._replace(containers=tuple(record if one.id == record.id else one for one in pod.containers)))

    def put(self, uid: str, pod: RuntimePod) -> None:
        """Give a pod other sandboxes and containers."""
        self._pods[uid] = pod
        self.notify(uid)

    def remove_container(self, container_id: str, *, keeps_log: bool = False) -> None:
        """Remove an ended container and its log."""
        instance = self._instances.pop(container_id, None)
        if instance is not None:
            uid = instance.pod.metadata.uid
            if not keeps_log:
                self._logs[uid, instance.record.name].discard(instance.record.attempt)
            pod = self.pod(uid)
            self.put(uid, pod._replace(containers=tuple(one for one in pod.containers if one.id != container_id)))

    def drop(self, uid: str) -> None:
        """Forget a pod, whose containers have ended."""
        pod = self._pods.pop(uid, None)
        if pod is None:
            return
        for record in pod.containers:
            self._instances.pop(record.id, None)
        for sandbox in pod.sandboxes:
            self.by_ip.pop(sandbox.ip, None)
        self.notify(uid)

    def notify(self, uid: str) -> None:
        """Tell the watchers that something about a pod changed."""
        self.changed.open()
        for watcher in self.watchers:
            watcher(uid)


def _behavior(instance: Instance | None) -> Behavior | None:
    return None if instance is None else instance.behavior
