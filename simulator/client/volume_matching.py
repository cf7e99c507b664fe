"""Whether a volume satisfies a claim (pkg/controller/volume/persistentvolume/index.go, component-helpers/storage/volume). Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from simulator.objects.affinity import NodeSelector
from simulator.objects.kinds import Object, Unstructured
from simulator.objects.labels import NO_PROVISIONER
from simulator.objects.meta import is_being_deleted
from simulator.objects.placement import selector_holds
from simulator.objects.selectors import Labels, matches
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.units import parse_quantity


class Choice(NamedTuple):
    """A claim that is bound once its pod has a node: the free volumes that satisfy it, and whether one can be provisioned anywhere."""

    claim: PersistentVolumeClaim
    free: list[PersistentVolume]
    makes: bool

    def on(self, name: str, labels: Labels) -> PersistentVolume | None:
        """The volume for a node; None when there a new one is needed."""
        return next((item for item in self.free if is_reachable(item, name, labels)), None)


def is_reachable(volume: PersistentVolume, name: str, labels: Labels) -> bool:
    """Whether a volume can be used on a node."""
    required = (volume.spec.node_affinity or {}).get("required")
    return not required or selector_holds(msgspec.convert(required, NodeSelector), name, labels)


def waits_for_consumer(kind: Object | None) -> bool:
    """Whether a storage class binds its claims only when a pod needs them."""
    return isinstance(kind, Unstructured) and kind.content.get("volumeBindingMode") == "WaitForFirstConsumer"


def makes_volumes(kind: Object | None) -> bool:
    """Whether a storage class has a provisioner."""
    return isinstance(kind, Unstructured) and kind.content.get("provisioner") not in (None, NO_PROVISIONER)


def requested(claim: PersistentVolumeClaim) -> Decimal:
    """The storage that a claim requests, in bytes."""
    return parse_quantity(((claim.spec.resources or {}).get("requests") or {}).get("storage", "0"))


def best_volume(claim: PersistentVolumeClaim, volumes: list[PersistentVolume]) -> PersistentVolume | None:
    """The volume that is reserved for the claim, or the smallest free one that satisfies it."""
    own = made_for(claim, volumes)
    return own or next(iter(free_volumes(claim, volumes)), None)


def made_for(claim: PersistentVolumeClaim, volumes: list[PersistentVolume]) -> PersistentVolume | None:
    """The volume whose claimRef is the claim."""
    return next((item for item in volumes if _is_for(item, claim)), None)


def free_volumes(claim: PersistentVolumeClaim, volumes: list[PersistentVolume]) -> list[PersistentVolume]:
    """Free volumes that satisfy the claim, the smallest first."""
    fitting = [item for item in volumes if item.spec.claim_ref is None and item.status.phase == "Available" and fits(claim, item)]
    return sorted(fitting, key=lambda item: (_size(item), item.metadata.name))


def fits(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """Class, mode, size, access and labels."""
    claimed = claim.spec
    return (
        not mismatch(claim, volume)
        and (not claimed.volume_name or claimed.volume_name == volume.metadata.name)
        and (claimed.selector is None or matches(claimed.selector, volume.metadata.labels))
    )


def mismatch(claim: PersistentVolumeClaim, volume: PersistentVolume) -> str:
    """Why a volume cannot satisfy a claim that names it; empty when it can (pv_controller.go checkVolumeSatisfyClaim)."""
    claimed, offered = claim.spec, volume.spec
    if is_being_deleted(volume):
        return f'the volume is marked for deletion "{volume.metadata.name}"'
    if _size(volume) < requested(claim):
        return "requested PV is too small"
    if claimed.class_name != offered.storage_class_name:
        return "storageClassName does not match"
    if (claimed.volume_mode or "Filesystem") != (offered.volume_mode or "Filesystem"):
        return "incompatible volumeMode"
    return "" if set(claimed.access_modes) <= set(offered.access_modes) else "incompatible accessMode"


def _is_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    ref = volume.spec.claim_ref
    return (
        ref is not None
        and (ref.namespace, ref.name) == (claim.metadata.namespace, claim.metadata.name)
        and ref.uid in ("", claim.metadata.uid)
    )


def _size(volume: PersistentVolume) -> Decimal:
    return parse_quantity(volume.spec.capacity.get("storage", "0"))
