"""Volumes and their sources (core/v1)."""

from __future__ import annotations

from simulator.objects.base import JSON, KubeStruct, shown
from simulator.objects.container import ObjectFieldSelector, ResourceFieldSelector


class KeyToPath(KubeStruct, frozen=True):
    key: str = shown("")
    path: str = shown("")
    mode: int | None = None
    user: int | None = None


class ConfigMapVolumeSource(KubeStruct, frozen=True):
    default_mode: int | None = None
    default_user: int | None = None
    items: list[KeyToPath] = []
    name: str = ""
    optional: bool | None = None


class SecretVolumeSource(KubeStruct, frozen=True):
    default_mode: int | None = None
    default_user: int | None = None
    items: list[KeyToPath] = []
    optional: bool | None = None
    secret_name: str = ""


class EmptyDirVolumeSource(KubeStruct, frozen=True):
    medium: str = ""
    mode: int | None = None
    size_limit: str = ""


class HostPathVolumeSource(KubeStruct, frozen=True):
    path: str = shown("")
    type: str = shown("")


class PersistentVolumeClaimVolumeSource(KubeStruct, frozen=True):
    claim_name: str = shown("")
    read_only: bool | None = None


class DownwardAPIVolumeFile(KubeStruct, frozen=True):
    path: str = shown("")
    field_ref: ObjectFieldSelector | None = None
    mode: int | None = None
    resource_field_ref: ResourceFieldSelector | None = None
    user: int | None = None


class DownwardAPIVolumeSource(KubeStruct, frozen=True):
    default_mode: int | None = None
    default_user: int | None = None
    items: list[DownwardAPIVolumeFile] = []


class ServiceAccountTokenProjection(KubeStruct, frozen=True):
    path: str = shown("")
    audience: str = ""
    expiration_seconds: int | None = None
    user: int | None = None


class ConfigMapProjection(KubeStruct, frozen=True):
    items: list[KeyToPath] = []
    name: str = ""
    optional: bool | None = None


class SecretProjection(KubeStruct, frozen=True):
    items: list[KeyToPath] = []
    name: str = ""
    optional: bool | None = None


class DownwardAPIProjection(KubeStruct, frozen=True):
    items: list[DownwardAPIVolumeFile] = []


class VolumeProjection(KubeStruct, frozen=True):
    cluster_trust_bundle: JSON | None = None
    config_map: ConfigMapProjection | None = None
    downward_api: DownwardAPIProjection | None = None
    pod_certificate: JSON | None = None
    secret: SecretProjection | None = None
    service_account_token: ServiceAccountTokenProjection | None = None


class ProjectedVolumeSource(KubeStruct, frozen=True):
    default_mode: int | None = None
    default_user: int | None = None
    sources: list[VolumeProjection] = []


class Volume(KubeStruct, frozen=True):
    name: str = shown("")
    aws_elastic_block_store: JSON | None = None
    azure_disk: JSON | None = None
    azure_file: JSON | None = None
    cephfs: JSON | None = None
    cinder: JSON | None = None
    config_map: ConfigMapVolumeSource | None = None
    csi: JSON | None = None
    downward_api: DownwardAPIVolumeSource | None = None
    empty_dir: EmptyDirVolumeSource | None = None
    ephemeral: JSON | None = None
    fc: JSON | None = None
    flex_volume: JSON | None = None
    flocker: JSON | None = None
    gce_persistent_disk: JSON | None = None
    git_repo: JSON | None = None
    glusterfs: JSON | None = None
    host_path: HostPathVolumeSource | None = None
    image: JSON | None = None
    iscsi: JSON | None = None
    nfs: JSON | None = None
    persistent_volume_claim: PersistentVolumeClaimVolumeSource | None = None
    photon_persistent_disk: JSON | None = None
    portworx_volume: JSON | None = None
    projected: ProjectedVolumeSource | None = None
    quobyte: JSON | None = None
    rbd: JSON | None = None
    scale_io: JSON | None = None
    secret: SecretVolumeSource | None = None
    storageos: JSON | None = None
    vsphere_volume: JSON | None = None
