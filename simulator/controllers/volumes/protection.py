"""Claims and volumes that are being deleted stay while they are in use (pkg/controller/volume/pvcprotection, pvprotection)."""

from __future__ import annotations

from simulator.controllers.base import Controller, because
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object
from simulator.objects.labels import PV_PROTECTION, PVC_PROTECTION
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names
from simulator.objects.storage import PersistentVolume


class ClaimProtectionController(Controller):
    """Releases a deleted claim once no pod with a node uses it; a pod that has ended still does."""

    name = "pvc-protection-controller"

    def start(self) -> None:
        """Watch claims, and pods that may use them."""
        self._store.watch("PersistentVolumeClaim", lambda write, before: self._queue.add(write.key))
        self._store.watch("Pod", self._on_pod)
        self._enqueue_all("PersistentVolumeClaim")

    def sync(self, key: Key) -> None:
        """Remove the finalizer of one claim if it is deleted and unused."""
        claim = self._store.get(key)
        if claim is None or not is_being_deleted(claim) or PVC_PROTECTION not in claim.metadata.finalizers:
            return
        pods = self._store.typed(Pod, key.namespace)
        if not any(pod.spec.node_name and key.name in claim_names(pod) for pod in pods):
            self._api.update(without(claim, PVC_PROTECTION), because(claim, "no pod uses it"))

    def _on_pod(self, write: Write, before: Object | None) -> None:
        pod = write.item
        assert isinstance(pod, Pod), "watched"
        if write.type == "DELETED" or not pod.spec.node_name:
            for name in claim_names(pod):
                self._queue.add(Key("PersistentVolumeClaim", pod.metadata.namespace, name))


class VolumeProtectionController(Controller):
    """Releases a deleted volume unless it is bound."""

    name = "pv-protection-controller"

    def start(self) -> None:
        """Watch volumes."""
        self._store.watch("PersistentVolume", lambda write, before: self._queue.add(write.key))
        self._enqueue_all("PersistentVolume")

    def sync(self, key: Key) -> None:
        """Remove the finalizer of one volume if it is deleted and not bound."""
        volume = self._store.get(key)
        if not isinstance(volume, PersistentVolume) or not is_being_deleted(volume):
            return
        if PV_PROTECTION in volume.metadata.finalizers and volume.status.phase != "Bound":
            self._api.update(without(volume, PV_PROTECTION), because(volume, "it is not bound"))


def without(item: Object, finalizer: str) -> Object:
    """The object without a finalizer."""
    kept = [name for name in item.metadata.finalizers if name != finalizer]
    return evolve(item, metadata=evolve(item.metadata, finalizers=kept))
