"""Sources of volumes of which `describe` only copies the fields."""

from __future__ import annotations

from simulator.golang.text import go_value
from simulator.objects.base import JSON

# Which of the volume's, what it is, and the titles (the JSON names but for case; `Title=name` where they differ).
PLAIN: tuple[tuple[str, str, str], ...] = (
    ("gce_persistent_disk", "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)", "PDName FSType Partition ReadOnly"),
    ("aws_elastic_block_store", "AWSElasticBlockStore (a Persistent Disk resource in AWS)", "VolumeID FSType Partition ReadOnly"),
    ("git_repo", "GitRepo (a volume that is pulled from git when the pod is created)", "Repository Revision"),
    ("nfs", "NFS (an NFS mount that lasts the lifetime of a pod)", "Server Path ReadOnly"),
    (
        "iscsi",
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
        "TargetPortal IQN Lun ISCSIInterface FSType ReadOnly Portals DiscoveryCHAPAuth=chapAuthDiscovery "
        "SessionCHAPAuth=chapAuthSession SecretRef InitiatorName",
    ),
    ("glusterfs", "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)", "EndpointsName=endpoints Path ReadOnly"),
    (
        "rbd",
        "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
        "CephMonitors=monitors RBDImage=image FSType RBDPool=pool RadosUser=user Keyring SecretRef ReadOnly",
    ),
    ("quobyte", "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)", "Registry Volume ReadOnly"),
    (
        "azure_disk",
        "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
        "DiskName DiskURI Kind FSType CachingMode ReadOnly",
    ),
    ("vsphere_volume", "vSphereVolume (a Persistent Disk resource in vSphere)", "VolumePath FSType StoragePolicyName"),
    ("cinder", "Cinder (a Persistent Disk resource in OpenStack)", "VolumeID FSType ReadOnly SecretRef"),
    ("photon_persistent_disk", "PhotonPersistentDisk (a Persistent Disk resource in photon platform)", "PdID FSType"),
    ("portworx_volume", "PortworxVolume (a Portworx Volume resource)", "VolumeID"),
    (
        "scale_io",
        "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
        "Gateway System Protection_Domain Storage_Pool Storage_Mode VolumeName FSType ReadOnly",
    ),
    (
        "cephfs",
        "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
        "Monitors Path User SecretFile SecretRef ReadOnly",
    ),
    ("storageos", "StorageOS (a StorageOS Persistent Disk resource)", "VolumeName VolumeNamespace FSType ReadOnly"),
    ("fc", "FC (a Fibre Channel disk)", "TargetWWNs LUN FSType ReadOnly"),
    ("azure_file", "AzureFile (an Azure File Service mount on the host and bind mount to the pod)", "SecretName ShareName ReadOnly"),
    (
        "flex_volume",
        "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
        "Driver FSType SecretRef ReadOnly Options",
    ),
    ("flocker", "Flocker (a Flocker volume mounted by the Flocker agent)", "DatasetName DatasetUUID"),
    ("csi", "CSI (a Container Storage Interface (CSI) volume source)", "Driver FSType ReadOnly"),
    ("image", "Image (a container image or OCI artifact)", "Reference PullPolicy"),
)
_PERSISTENT = {
    "csi": "Driver FSType VolumeHandle ReadOnly",
    "glusterfs": "EndpointsName=endpoints EndpointsNamespace Path ReadOnly",
    "azure_file": "SecretName SecretNamespace ShareName ReadOnly",
    "scale_io": "Gateway System Protection_Domain Storage_Pool Storage_Mode VolumeName SecretName SecretNamespace FSType ReadOnly",
}
"""Titles that differ in PersistentVolumes."""
_EMPTY: dict[str, str] = {
    "ReadOnly": "false",
    "Partition": "0",
    "Lun": "0",
    "LUN": "<none>",
    "Portals": "[]",
    "DiscoveryCHAPAuth": "false",
    "SessionCHAPAuth": "false",
    "SecretRef": "nil",
    "InitiatorName": "<none>",
    "Options": "map[]",
    "EndpointsNamespace": "<unset>",
}
"""What stands for a field that is not there, unless nothing does."""
_LONGEST = 140


def copied(volume: object, *, persistent: bool = False) -> list[str]:
    """The lines of the first of these sources that a volume has; none: it has none of them."""
    for field, what, titles in PLAIN:
        source = getattr(volume, field, None)
        if source is not None:
            return _lines(what, _PERSISTENT.get(field, titles) if persistent else titles, source, persistent=persistent)
    return []


def _lines(what: str, titles: str, source: JSON, *, persistent: bool) -> list[str]:
    known = {name.lower(): value for name, value in source.items()}
    if persistent and "Protection" in titles:
        secret = known.get("secretref") or {}
        known |= {"secretname": secret.get("name", ""), "secretnamespace": secret.get("namespace", "")}
    lines = [f"Type:\t{what}"]
    for pair in titles.split():
        title, _, name = pair.partition("=")
        value = known.get((name or title).replace("_", "").lower())
        # The printers of kubectl leave the colon out here.
        colon = "" if title == "ISCSIInterface" else ":"
        lines.append(f"{title.replace('_', ' ')}{colon}\t{_value(title, value)}")
    return lines + _attributes(source.get("volumeAttributes") or {}) if what.startswith("CSI ") else lines


def _value(title: str, value: object) -> str:
    if value is None:
        return _EMPTY.get(title, "[]" if title in ("CephMonitors", "Monitors") else "")
    if title == "TargetWWNs" and isinstance(value, list):
        return ", ".join(value)
    if title == "SecretRef" and isinstance(value, dict):
        fields = "".join(f"{name.capitalize()}:{value[name]}," for name in ("name", "namespace") if name in value)
        return f"&{'SecretReference' if 'namespace' in value else 'LocalObjectReference'}{{{fields}}}"
    return go_value(value)


def _attributes(attributes: dict[str, str]) -> list[str]:
    """The attributes of a CSI volume; kubectl indents each of them once more."""
    texts = [f"{key}={attributes[key]}" for key in sorted(attributes)]
    shown = [f"    {text[:_LONGEST]}..." if len(text) > _LONGEST else f"    {text}" for text in texts] or ["<none>"]
    return [f"VolumeAttributes:\t{shown[0]}", *(f"\t{text}" for text in shown[1:])]
