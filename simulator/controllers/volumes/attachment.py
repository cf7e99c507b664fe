"""The process that attaches volumes to the nodes of pods and detaches them again (pkg/controller/volume/attachdetach).

Drivers are taken to answer at once.
"""

from __future__ import annotations

from simulator.api import ApiServer
from simulator.client.attachments import attachment_key, driver_of, is_attached_first, is_for_one_node, node_of, unique_name
from simulator.client.recorder import NORMAL, WARNING
from simulator.controllers.base import Controller, because
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.conditions import READY, has_condition
from simulator.objects.kinds import Key, Object, Unstructured, key_of
from simulator.objects.labels import OUT_OF_SERVICE
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names, uses_node
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.units import MINUTE

MOST_WAIT = 6 * MINUTE
"""maxWaitForUnmountDuration: how long a volume stays attached to a node that is not ready and has not said that it unmounted it."""
MULTI_ATTACH = 'Multi-Attach error for volume "{}" Volume is already '
ELSEWHERE = "exclusively attached to one node and can't be attached to another"


class AttachDetachController(Controller):
    """Attaches each volume where pods need it. One for a single node has to be detached from another node first."""

    name = "attachdetach-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._unwanted_since: dict[Key, int] = {}
        self._reported: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Watch volumes, and the claims, pods and nodes that use them."""
        self._store.watch("PersistentVolume", lambda write, before: self._queue.add(write.key))
        self._store.watch("PersistentVolumeClaim", self._on_claim)
        self._store.watch("Pod", self._on_pod)
        self._store.watch("Node", lambda write, before: self._enqueue_attached(write.key.name))
        self._enqueue_all("PersistentVolume")

    def sync(self, key: Key) -> None:
        """Attach and detach one volume."""
        volume = self._store.get(key)
        if not isinstance(volume, PersistentVolume) or not is_attached_first(volume, self._store):
            return
        users = self._users(volume)
        attached = self._attached(volume)
        for node in [node for node in attached if node not in users]:
            self._detach(volume, node)
        self._reported -= {(key.name, node) for _, node in self._reported if node not in users}
        for node in users:
            others = [other for other in self._attached(volume) if other != node]
            if node in attached:
                self._unwanted_since.pop(attachment_key(volume, node), None)
            elif is_for_one_node(volume) and others:
                self._report(volume, node, users)
            else:
                self._attach(volume, node, users[node])

    def _users(self, volume: PersistentVolume) -> dict[str, list[Pod]]:
        """The pods that need a volume, by node."""
        ref = volume.spec.claim_ref
        users: dict[str, list[Pod]] = {}
        for pod in self._store.typed(Pod, ref.namespace) if ref is not None else []:
            if uses_node(pod) and ref is not None and ref.name in claim_names(pod):
                users.setdefault(pod.spec.node_name, []).append(pod)
        return users

    def _attached(self, volume: PersistentVolume) -> list[str]:
        return [node for item in self._store.objects("VolumeAttachment") if (node := node_of(item, volume.metadata.name))]

    def _attach(self, volume: PersistentVolume, node: str, pods: list[Pod]) -> None:
        name, cause = volume.metadata.name, because(volume, "a pod needs it")
        spec = {"attacher": driver_of(volume), "nodeName": node, "source": {"persistentVolumeName": name}}
        content = {"spec": spec, "status": {"attached": True}}
        meta = ObjectMeta(name=attachment_key(volume, node).name)
        self._api.create(Unstructured(api_version="storage.k8s.io/v1", kind="VolumeAttachment", metadata=meta, content=content), cause)
        for pod in pods:
            text = f'AttachVolume.Attach succeeded for volume "{name}" '
            self._recorder.event(pod, NORMAL, "SuccessfulAttachVolume", text, cause=cause)

    def _report(self, volume: PersistentVolume, node: str, users: dict[str, list[Pod]]) -> None:
        """Say once that the volume is attached to another node, and which pods use it there."""
        if (volume.metadata.name, node) in self._reported:
            return
        self._reported.add((volume.metadata.name, node))
        holders = [pod.metadata.name for other in self._attached(volume) for pod in users.get(other, [])]
        text = MULTI_ATTACH.format(volume.metadata.name) + (f"used by pod(s) {', '.join(holders)}" if holders else ELSEWHERE)
        for pod in users[node]:
            self._recorder.event(pod, WARNING, "FailedAttachVolume", text, cause=because(volume, "attached elsewhere"))

    def _detach(self, volume: PersistentVolume, name: str) -> None:
        """Detach a volume that no pod of the node needs, once its kubelet has unmounted it; by force when the kubelet is silent."""
        key = attachment_key(volume, name)
        since = self._unwanted_since.setdefault(key, self._engine.now)
        node = self._store.get(Key("Node", "", name))
        in_use = isinstance(node, Node) and unique_name(volume) in node.status.volumes_in_use
        lives = isinstance(node, Node) and has_condition(node.status, READY)
        leaves = isinstance(node, Node) and any(taint.key == OUT_OF_SERVICE for taint in node.spec.taints)
        left = since + MOST_WAIT - self._engine.now
        if in_use and not leaves and (lives or left > 0):
            if left > 0:
                self._queue.add_after(key_of(volume), left)
            return
        self._unwanted_since.pop(key, None)
        self._api.delete(key, cause=because(volume, "no pod needs it"))

    # ---- events

    def _on_claim(self, write: Write, before: Object | None) -> None:
        claim = write.item
        if isinstance(claim, PersistentVolumeClaim) and claim.spec.volume_name:
            self._queue.add(Key("PersistentVolume", "", claim.spec.volume_name))

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        was = isinstance(before, Pod) and uses_node(before)
        if was == (write.type != "DELETED" and uses_node(pod)):
            return
        for name in claim_names(pod):
            claim = self._store.get(Key("PersistentVolumeClaim", pod.metadata.namespace, name))
            if isinstance(claim, PersistentVolumeClaim) and claim.spec.volume_name:
                self._queue.add(Key("PersistentVolume", "", claim.spec.volume_name))

    def _enqueue_attached(self, node: str) -> None:
        for item in self._store.objects("VolumeAttachment"):
            spec = item.content["spec"] if isinstance(item, Unstructured) else {}
            if spec.get("nodeName") == node:
                self._queue.add(Key("PersistentVolume", "", spec["source"]["persistentVolumeName"]))
