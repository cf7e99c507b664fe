"""The process that binds claims to volumes, and provisions volumes (pv_controller.go).

Provisioners are taken to answer at once; what happens on a storage system is not modelled.
"""

from __future__ import annotations

from typing import Any

from simulator.api import ApiServer
from simulator.client.recorder import NORMAL, WARNING, reference
from simulator.client.volume_matching import best_volume, made_for, makes_volumes, mismatch, waits_for_consumer
from simulator.controllers.base import Controller, because
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal.records import Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, Unstructured, key_of
from simulator.objects.labels import BIND_COMPLETED, BOUND_BY_CONTROLLER, MINIKUBE_PROVISIONER, PROVISIONED_BY, SELECTED_NODE
from simulator.objects.meta import ObjectMeta, is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec
from simulator.objects.volume import HostPathVolumeSource
from simulator.units import SECOND

RESYNC = 15 * SECOND
"""How often the controller syncs every claim and volume (PVClaimBinderSyncPeriod)."""
LOCAL_PROVISIONERS = frozenset(
    {MINIKUBE_PROVISIONER, "rancher.io/local-path", "docker.io/hostpath", "microk8s.io/hostpath", "openebs.io/local"}
)
"""Provisioners whose volumes are directories of nodes."""
NOTHING_TO_BIND = "no persistent volumes available for this claim and no storage class is set"


class PersistentVolumeController(Controller):
    """Binds, releases and deletes volumes."""

    name = "persistentvolume-controller"

    def __init__(self, engine: Engine, api: ApiServer, dialect: Dialect) -> None:
        super().__init__(engine, api, dialect)
        self._phase = engine.streams.phase(RESYNC, "volume-resync")

    def start(self) -> None:
        """Watch claims and volumes."""
        self._store.watch("PersistentVolumeClaim", self._on_claim)
        self._store.watch("PersistentVolume", self._on_volume)
        for kind in ("PersistentVolume", "PersistentVolumeClaim"):
            self._enqueue_all(kind)

    def sync(self, key: Key) -> None:
        """Reconcile one claim or volume."""
        item = self._store.get(key)
        if isinstance(item, PersistentVolume):
            self._sync_volume(item)
        elif isinstance(item, PersistentVolumeClaim) and BIND_COMPLETED not in item.metadata.annotations and not is_being_deleted(item):
            (self._take_named_volume if item.spec.volume_name else self._find_volume)(item)

    # ---- claims

    def _find_volume(self, claim: PersistentVolumeClaim) -> None:
        kind = self._store.get(Key("StorageClass", "", claim.spec.class_name))
        volumes = self._store.typed(PersistentVolume)
        if waits_for_consumer(kind):
            # The scheduler chooses among existing volumes, and sets claimRef in the chosen one.
            volume = made_for(claim, volumes)
            may_make = SELECTED_NODE in claim.metadata.annotations
        else:
            volume, may_make = best_volume(claim, volumes), True
        if volume is None and may_make and isinstance(kind, Unstructured) and makes_volumes(kind):
            volume = self._provision(claim, kind)
        if volume is None:
            self._say_why(claim, kind)
            self._look_again(claim)
        else:
            self._bind(claim, volume)

    def _take_named_volume(self, claim: PersistentVolumeClaim) -> None:
        """Bind a claim that names its volume, if that is free and fits, or is reserved for the claim."""
        volume = self._store.get(Key("PersistentVolume", "", claim.spec.volume_name))
        if not isinstance(volume, PersistentVolume):
            self._look_again(claim)
        elif made_for(claim, [volume]) is not None or (volume.spec.claim_ref is None and not mismatch(claim, volume)):
            self._bind(claim, volume)
        else:
            if volume.spec.claim_ref is None:
                text = f'Cannot bind to requested volume "{volume.metadata.name}": {mismatch(claim, volume)}'
                self._recorder.event(claim, WARNING, "VolumeMismatch", text, cause=because(claim, "volume does not fit"))
            self._look_again(claim)

    def _say_why(self, claim: PersistentVolumeClaim, kind: Object | None) -> None:
        cause = because(claim, "no volume")
        if waits_for_consumer(kind):
            reason, text = "WaitForFirstConsumer", "waiting for first consumer to be created before binding"
            names = self._waiting_pods(claim)
            if names:
                reason, text = "WaitForPodScheduled", f"waiting for pod{'s' if len(names) > 1 else ''} {','.join(names)} to be scheduled"
            self._recorder.event(claim, NORMAL, reason, text, cause=cause)
        elif not claim.spec.class_name:
            self._recorder.event(claim, NORMAL, "FailedBinding", NOTHING_TO_BIND, cause=cause)
        elif kind is None:
            text = f'storageclass.storage.k8s.io "{claim.spec.class_name}" not found'
            self._recorder.event(claim, WARNING, "ProvisioningFailed", text, cause=cause)

    def _look_again(self, claim: PersistentVolumeClaim) -> None:
        """Requeue for the controller's next periodic sync."""
        self._queue.add_after(key_of(claim), RESYNC - (self._engine.now - self._phase) % RESYNC)

    def _waiting_pods(self, claim: PersistentVolumeClaim) -> list[str]:
        """Unbound pods that use the claim."""
        pods = self._store.typed(Pod, claim.metadata.namespace)
        return [pod.metadata.name for pod in pods if not pod.spec.node_name and self._names(pod, claim.metadata.name)]

    @staticmethod
    def _names(pod: Pod, name: str) -> bool:
        claims = [item.persistent_volume_claim for item in pod.spec.volumes]
        return any(item is not None and item.claim_name == name for item in claims)

    def _bind(self, claim: PersistentVolumeClaim, volume: PersistentVolume) -> None:
        cause = because(claim, "bind")
        notes = {**volume.metadata.annotations, BOUND_BY_CONTROLLER: "yes"}
        spec = evolve(volume.spec, claim_ref=reference(claim))
        volume = self._api.update(evolve(volume, metadata=evolve(volume.metadata, annotations=notes), spec=spec), cause)
        self._api.update_status(evolve(volume, status=evolve(volume.status, phase="Bound")), cause)
        chosen = {} if claim.spec.volume_name else {BOUND_BY_CONTROLLER: "yes"}
        notes = {**claim.metadata.annotations, BIND_COMPLETED: "yes", **chosen}
        claim = self._api.update(
            evolve(
                claim,
                metadata=evolve(claim.metadata, annotations=notes),
                spec=evolve(claim.spec, volume_name=volume.metadata.name),
            ),
            cause,
        )
        status = evolve(claim.status, phase="Bound", access_modes=volume.spec.access_modes, capacity=volume.spec.capacity)
        self._api.update_status(evolve(claim, status=status), cause)

    def _provision(self, claim: PersistentVolumeClaim, kind: Unstructured) -> PersistentVolume:
        """Provision a volume for the claim."""
        cause = because(claim, "provision")
        name = f"pvc-{claim.metadata.uid}"
        volume = PersistentVolume(
            metadata=ObjectMeta(name=name, annotations={PROVISIONED_BY: kind.content["provisioner"]}),
            spec=PersistentVolumeSpec(
                access_modes=claim.spec.access_modes,
                capacity={"storage": ((claim.spec.resources or {}).get("requests") or {}).get("storage", "0")},
                claim_ref=reference(claim),
                persistent_volume_reclaim_policy=kind.content.get("reclaimPolicy") or "Delete",
                storage_class_name=claim.spec.class_name,
                volume_mode=claim.spec.volume_mode or "Filesystem",
                **_source(kind.content["provisioner"], name, claim),
            ),
        )
        made = self._api.create(volume, cause)
        self._recorder.event(claim, NORMAL, "ProvisioningSucceeded", f"Successfully provisioned volume {name}", cause=cause)
        return made

    # ---- volumes

    def _sync_volume(self, volume: PersistentVolume) -> None:
        """Available, Bound, or Released and reclaimed."""
        ref = volume.spec.claim_ref
        cause = because(volume, "phase")
        if ref is None or not ref.uid:
            phase = "Available"
        else:
            claim = self._store.get(Key("PersistentVolumeClaim", ref.namespace, ref.name))
            there = claim is not None and claim.metadata.uid == ref.uid
            phase = "Bound" if there else "Released"
        if phase == "Released" and volume.spec.persistent_volume_reclaim_policy == "Delete":
            self._api.delete(key_of(volume), cause=cause)
        elif volume.status.phase != phase:
            stamp = self._engine.timestamp()
            self._api.update_status(evolve(volume, status=evolve(volume.status, phase=phase, last_phase_transition_time=stamp)), cause)

    # ---- events

    def _on_claim(self, write: Write, before: Object | None) -> None:
        claim = write.item
        assert isinstance(claim, PersistentVolumeClaim), "watched"
        self._queue.add(write.key)
        if claim.spec.volume_name:
            self._queue.add(Key("PersistentVolume", "", claim.spec.volume_name))

    def _on_volume(self, write: Write, before: Object | None) -> None:
        """Enqueue the claim that the volume names; other claims find it at the next periodic sync."""
        self._queue.add(write.key)
        volume = write.item
        ref = volume.spec.claim_ref if isinstance(volume, PersistentVolume) else None
        if ref is not None and write.type != "DELETED":
            self._queue.add(Key("PersistentVolumeClaim", ref.namespace, ref.name))


def _source(provisioner: str, name: str, claim: PersistentVolumeClaim) -> dict[str, Any]:
    """Where a provisioned volume is: a directory of a node, or a disk of a CSI driver."""
    if provisioner in LOCAL_PROVISIONERS:
        return {"host_path": HostPathVolumeSource(path=f"/tmp/hostpath-provisioner/{claim.metadata.namespace}/{claim.metadata.name}")}
    return {"csi": {"driver": provisioner, "volumeHandle": name}}
