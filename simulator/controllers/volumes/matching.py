"""Whether a volume will do for a claim (index.go, component-helpers/storage/volume). Pure."""

from __future__ import annotations

from decimal import Decimal

from simulator.objects.selectors import matches
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim
from simulator.units import parse_quantity


def requested(claim: PersistentVolumeClaim) -> Decimal:
    """How much storage a claim asks for, in bytes."""
    return parse_quantity(((claim.spec.resources or {}).get("requests") or {}).get("storage", "0"))


def best_volume(claim: PersistentVolumeClaim, volumes: list[PersistentVolume]) -> PersistentVolume | None:
    """The volume that was made for the claim, or the smallest free one that will do."""
    own = next((item for item in volumes if _is_for(item, claim)), None)
    if own is not None:
        return own
    fitting = [item for item in volumes if item.spec.claim_ref is None and item.status.phase == "Available" and fits(claim, item)]
    return min(fitting, key=lambda item: (_size(item), item.metadata.name), default=None)


def fits(claim: PersistentVolumeClaim, volume: PersistentVolume) -> bool:
    """Class, mode, size, access and labels."""
    wanted, offered = claim.spec, volume.spec
    return (
        wanted.storage_class_name == offered.storage_class_name
        and (wanted.volume_mode or "Filesystem") == (offered.volume_mode or "Filesystem")
        and set(wanted.access_modes) <= set(offered.access_modes)
        and _size(volume) >= requested(claim)
        and (not wanted.volume_name or wanted.volume_name == volume.metadata.name)
        and (wanted.selector is None or matches(wanted.selector, volume.metadata.labels))
        and volume.metadata.deletion_timestamp is None
    )


def _is_for(volume: PersistentVolume, claim: PersistentVolumeClaim) -> bool:
    ref = volume.spec.claim_ref
    return (
        ref is not None
        and (ref.namespace, ref.name) == (claim.metadata.namespace, claim.metadata.name)
        and ref.uid in ("", claim.metadata.uid)
    )


def _size(volume: PersistentVolume) -> Decimal:
    return parse_quantity(volume.spec.capacity.get("storage", "0"))
