"""`get pv`, `get pvc`."""

from __future__ import annotations

from simulator.kubectl.print.tables.table import Table, columns
from simulator.kubectl.view import View
from simulator.objects.labels import BETA_STORAGE_CLASS
from simulator.objects.meta import ObjectMeta
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim

_MODES = (("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"))


def access_modes(modes: list[str]) -> str:
    """`RWO,ROX`, in Kubernetes' order."""
    return ",".join(short for mode, short in _MODES if mode in modes)


def storage_class(metadata: ObjectMeta, named: str) -> str:
    """The class by the old annotation, else by the field."""
    return metadata.annotations.get(BETA_STORAGE_CLASS, named)


def _phase(metadata: ObjectMeta, phase: str) -> str:
    return "Terminating" if metadata.deletion_timestamp else phase


def _volume(item: PersistentVolume, view: View) -> list[str]:
    spec, claim = item.spec, item.spec.claim_ref
    return [
        item.metadata.name,
        spec.capacity.get("storage", "0"),
        access_modes(spec.access_modes),
        spec.persistent_volume_reclaim_policy,
        _phase(item.metadata, item.status.phase),
        f"{claim.namespace}/{claim.name}" if claim else "",
        storage_class(item.metadata, spec.storage_class_name),
        spec.volume_attributes_class_name or "<unset>",
        item.status.reason,
        view.age(item.metadata.creation_timestamp),
        spec.volume_mode or "<unset>",
    ]


def _claim(item: PersistentVolumeClaim, view: View) -> list[str]:
    bound = bool(item.spec.volume_name)
    return [
        item.metadata.name,
        _phase(item.metadata, item.status.phase),
        item.spec.volume_name,
        item.status.capacity.get("storage", "0") if bound else "",
        access_modes(item.status.access_modes) if bound else "",
        storage_class(item.metadata, item.spec.class_name),
        item.spec.volume_attributes_class_name or "<unset>",
        view.age(item.metadata.creation_timestamp),
        item.spec.volume_mode or "<unset>",
    ]


_VOLUME = "NAME CAPACITY ACCESS_MODES RECLAIM_POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE"
_CLAIM = "NAME STATUS VOLUME CAPACITY ACCESS_MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE"
TABLES = {
    "PersistentVolume": Table(columns(_VOLUME, "VOLUMEMODE"), _volume),
    "PersistentVolumeClaim": Table(columns(_CLAIM, "VOLUMEMODE"), _claim),
}
