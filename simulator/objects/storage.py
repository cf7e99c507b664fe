"""Persistent volumes and claims (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown, shown_struct
from simulator.objects.meta import LabelSelector, ObjectMeta
from simulator.objects.service import ObjectReference
from simulator.objects.volume import HostPathVolumeSource

ONE_POD = "ReadWriteOncePod"
"""The access mode of claims that only one pod of the cluster may use."""


class PersistentVolumeClaimSpec(KubeStruct, frozen=True):
    access_modes: list[str] = []
    data_source: JSON | None = None
    data_source_ref: JSON | None = None
    resources: JSON | None = None
    selector: LabelSelector | None = None
    storage_class_name: str | None = None
    volume_attributes_class_name: str = ""
    volume_mode: str = ""
    volume_name: str = ""

    @property
    def class_name(self) -> str:
        """The requested class. Empty: none, because the spec says `""`, or because it says nothing and there is no default."""
        return self.storage_class_name or ""


class PersistentVolumeClaimStatus(KubeStruct, frozen=True):
    access_modes: list[str] = []
    allocated_resource_statuses: dict[str, str] = {}
    allocated_resources: dict[str, str] = {}
    capacity: dict[str, str] = {}
    conditions: list[JSON] = []
    current_volume_attributes_class_name: str = ""
    health_status: JSON | None = None
    modify_volume_status: JSON | None = None
    phase: str = ""


class PersistentVolumeClaim(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("PersistentVolumeClaim")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: PersistentVolumeClaimSpec = shown_struct(PersistentVolumeClaimSpec)
    status: PersistentVolumeClaimStatus = shown_struct(PersistentVolumeClaimStatus)


class PersistentVolumeSpec(KubeStruct, frozen=True):
    access_modes: list[str] = []
    aws_elastic_block_store: JSON | None = None
    azure_disk: JSON | None = None
    azure_file: JSON | None = None
    capacity: dict[str, str] = {}
    cephfs: JSON | None = None
    cinder: JSON | None = None
    claim_ref: ObjectReference | None = None
    csi: JSON | None = None
    fc: JSON | None = None
    flex_volume: JSON | None = None
    flocker: JSON | None = None
    gce_persistent_disk: JSON | None = None
    glusterfs: JSON | None = None
    host_path: HostPathVolumeSource | None = None
    iscsi: JSON | None = None
    local: JSON | None = None
    mount_options: list[str] = []
    nfs: JSON | None = None
    node_affinity: JSON | None = None
    persistent_volume_reclaim_policy: str = ""
    photon_persistent_disk: JSON | None = None
    portworx_volume: JSON | None = None
    quobyte: JSON | None = None
    rbd: JSON | None = None
    scale_io: JSON | None = None
    storage_class_name: str = ""
    storageos: JSON | None = None
    volume_attributes_class_name: str = ""
    volume_mode: str = ""
    vsphere_volume: JSON | None = None


class PersistentVolumeStatus(KubeStruct, frozen=True):
    last_phase_transition_time: str | None = None
    message: str = ""
    phase: str = ""
    reason: str = ""


class PersistentVolume(KubeStruct, frozen=True):
    api_version: str = shown("v1")
    kind: str = shown("PersistentVolume")
    metadata: ObjectMeta = shown_struct(ObjectMeta)
    spec: PersistentVolumeSpec = shown_struct(PersistentVolumeSpec)
    status: PersistentVolumeStatus = shown_struct(PersistentVolumeStatus)
