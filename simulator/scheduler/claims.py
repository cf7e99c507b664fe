"""A pod's volume claims as the scheduler checks them before it looks at any node (plugin volumebinding PreFilter)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.volume_matching import Choice, free_volumes, makes_volumes, waits_for_consumer
from simulator.journal.reads import Reads
from simulator.objects.kinds import Key
from simulator.objects.labels import BIND_COMPLETED
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import claim_names
from simulator.objects.storage import ONE_POD, PersistentVolume, PersistentVolumeClaim

UNBOUND = "pod has unbound immediate PersistentVolumeClaims"


class Claims(NamedTuple):
    """The volumes of bound claims, why the pod cannot be scheduled (empty: it can), and claims that are bound once it has a node.

    `exclusive`: its claims that only one pod of the cluster may use (ReadWriteOncePod).
    """

    volumes: list[PersistentVolume]
    problem: str
    choices: list[Choice]
    exclusive: frozenset[str] = frozenset()


def claims_of(pod: Pod, store: Reads) -> Claims:
    """Check every claim of a pod. A claim that waits for its first consumer does not hold the pod back."""
    volumes: list[PersistentVolume] = []
    choices: list[Choice] = []
    exclusive: list[str] = []
    unbound = False
    for name in claim_names(pod):
        claim = store.get(Key("PersistentVolumeClaim", pod.metadata.namespace, name))
        if not isinstance(claim, PersistentVolumeClaim):
            return Claims([], f'persistentvolumeclaim "{name}" not found', [])
        if is_being_deleted(claim):
            return Claims([], f'persistentvolumeclaim "{name}" is being deleted', [])
        if ONE_POD in claim.spec.access_modes:
            exclusive.append(name)
        if BIND_COMPLETED not in claim.metadata.annotations:
            kind = store.get(Key("StorageClass", "", claim.spec.class_name))
            if waits_for_consumer(kind) and not claim.spec.volume_name:
                choices.append(Choice(claim, free_volumes(claim, store.typed(PersistentVolume)), makes=makes_volumes(kind)))
            else:
                unbound = True
            continue
        volume = store.get(Key("PersistentVolume", "", claim.spec.volume_name))
        if not isinstance(volume, PersistentVolume):
            missing = f'persistentvolumeclaim "{name}" bound to non-existent persistentvolume "{claim.spec.volume_name}"'
            return Claims([], missing, [])
        volumes.append(volume)
    return Claims(volumes, UNBOUND if unbound else "", choices, frozenset(exclusive))
