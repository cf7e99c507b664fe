"""What a pod's volume claims mean for the scheduler, before it looks at any node (plugin volumebinding PreFilter)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.journal.store import Store
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


class Claims(NamedTuple):
    """The volumes of the bound claims, and what is wrong with the claims (empty: nothing)."""

    volumes: list[PersistentVolume]
    problem: str


def claims_of(pod: Pod, store: Store) -> Claims:
    """Look at every claim of a pod. A claim that waits for its first consumer is fine."""
    volumes: list[PersistentVolume] = []
    unbound = False
    for name in claim_names(pod):
        claim = store.get(Key("PersistentVolumeClaim", pod.metadata.namespace, name))
        if not isinstance(claim, PersistentVolumeClaim):
            return Claims([], f'persistentvolumeclaim "{name}" not found')
        if claim.metadata.deletion_timestamp is not None:
            return Claims([], f'persistentvolumeclaim "{name}" is being deleted')
        if not claim.spec.volume_name:
            unbound = unbound or not waits_for_consumer(claim, store)
            continue
        volume = store.get(Key("PersistentVolume", "", claim.spec.volume_name))
        if not isinstance(volume, PersistentVolume):
            return Claims([], f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim.spec.volume_name}"')
        volumes.append(volume)
    return Claims(volumes, UNBOUND if unbound else "")


def claim_names(pod: Pod) -> list[str]:
    """The claims that a pod's volumes name; a generic ephemeral volume has a claim of its own."""
    names = []
    for volume in pod.spec.volumes:
        if volume.persistent_volume_claim is not None:
            names.append(volume.persistent_volume_claim.claim_name)
        elif volume.ephemeral is not None:
            names.append(f"{pod.metadata.name}-{volume.name}")
    return names


def waits_for_consumer(claim: PersistentVolumeClaim, store: Store) -> bool:
    """Whether the claim's storage class binds only when a pod needs it."""
    found = store.get(Key("StorageClass", "", claim.spec.storage_class_name))
    return isinstance(found, Unstructured) and found.content.get("volumeBindingMode") == "WaitForFirstConsumer"
