"""Volumes that a node can mount only after they are attached to it (pkg/volume/util, pkg/volume/csi). Pure but for reads."""

from __future__ import annotations

import hashlib

from simulator.journal.reads import Reads
from simulator.objects.kinds import Key, Object, Unstructured
from simulator.objects.storage import PersistentVolume

SHARED = frozenset({"ReadWriteMany", "ReadOnlyMany"})
WITHOUT_ATTACH = frozenset(
    {
        "nfs.csi.k8s.io",
        "smb.csi.k8s.io",
        "efs.csi.aws.com",
        "file.csi.azure.com",
        "filestore.csi.storage.gke.io",
        "secrets-store.csi.k8s.io",
    }
)
"""Drivers of file servers, whose CSIDriver objects say `attachRequired: false`."""


def driver_of(volume: PersistentVolume) -> str:
    """The CSI driver of a volume; empty when it has none."""
    return str((volume.spec.csi or {}).get("driver", ""))


def is_attached_first(volume: PersistentVolume, reads: Reads) -> bool:
    """Whether a node has to attach the volume: a CSI volume, unless its driver does not require that."""
    driver = driver_of(volume)
    known = reads.get(Key("CSIDriver", "", driver)) if driver else None
    if isinstance(known, Unstructured):
        return (known.content.get("spec") or {}).get("attachRequired") is not False
    return bool(driver) and driver not in WITHOUT_ATTACH


def is_for_one_node(volume: PersistentVolume) -> bool:
    """Whether the volume cannot be attached to a second node (IsMultiAttachAllowed)."""
    modes = volume.spec.access_modes
    return bool(modes) and SHARED.isdisjoint(modes)


def unique_name(volume: PersistentVolume) -> str:
    """The volume's name in the status of nodes."""
    return f"kubernetes.io/csi/{driver_of(volume)}^{(volume.spec.csi or {}).get('volumeHandle', '')}"


def attachment_key(volume: PersistentVolume, node: str) -> Key:
    """The VolumeAttachment of a volume and a node."""
    text = f"{(volume.spec.csi or {}).get('volumeHandle', '')}{driver_of(volume)}{node}"
    return Key("VolumeAttachment", "", f"csi-{hashlib.sha256(text.encode()).hexdigest()}")


def is_attached(volume: PersistentVolume, node: str, reads: Reads) -> bool:
    """Whether the volume is attached to the node."""
    item = reads.get(attachment_key(volume, node))
    return isinstance(item, Unstructured) and bool((item.content.get("status") or {}).get("attached"))


def node_of(item: Object, volume: str) -> str:
    """The node to which an attachment attaches that volume; empty when it is of another one."""
    spec = item.content.get("spec") or {} if isinstance(item, Unstructured) else {}
    return str(spec.get("nodeName", "")) if (spec.get("source") or {}).get("persistentVolumeName") == volume else ""
