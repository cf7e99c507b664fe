"""Defaults of volumes and claims (core/v1)."""

from __future__ import annotations

from typing import Any

from simulator.manifest.defaults.container import field_ref, pull_policy
from simulator.manifest.quantities import canonical, canonical_resource
from simulator.objects.base import JSON, evolve
from simulator.objects.storage import PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec
from simulator.objects.volume import DownwardAPIVolumeFile, EmptyDirVolumeSource, Volume, VolumeProjection

FILE_MODE = 0o644
TOKEN_SECONDS = 3600
PLUGIN_DEFAULTS: dict[str, JSON] = {
    "iscsi": {"iscsiInterface": "default"},
    "rbd": {"pool": "rbd", "user": "admin", "keyring": "/etc/ceph/keyring"},
    "azure_disk": {"cachingMode": "ReadWrite", "fsType": "ext4", "readOnly": False, "kind": "Shared"},
    "scale_io": {"storageMode": "ThinProvisioned", "fsType": "xfs"},
}
"""By field of Volume: the defaults of the plug-in's own fields."""


def volume(item: Volume) -> Volume:
    """A pod's volume; one without a source is an emptyDir."""
    changes: dict[str, Any] = {}
    if not any(getattr(item, field) is not None for field in item.__struct_fields__ if field != "name"):
        changes["empty_dir"] = EmptyDirVolumeSource()
    for field in ("secret", "config_map", "downward_api", "projected"):
        source = getattr(item, field)
        if source is not None:
            changes[field] = _with_mode(source)
    if item.empty_dir is not None and item.empty_dir.size_limit:
        changes["empty_dir"] = evolve(item.empty_dir, size_limit=canonical(item.empty_dir.size_limit))
    if item.downward_api is not None:
        changes["downward_api"] = evolve(changes["downward_api"], items=[_file(entry) for entry in item.downward_api.items])
    if item.projected is not None:
        changes["projected"] = evolve(changes["projected"], sources=[_projection(entry) for entry in item.projected.sources])
    for field, defaults in PLUGIN_DEFAULTS.items():
        if getattr(item, field) is not None:
            changes[field] = {**defaults, **_given(getattr(item, field))}
    if item.image is not None and not item.image.get("pullPolicy"):
        changes["image"] = {**item.image, "pullPolicy": pull_policy(str(item.image.get("reference", "")))}
    if item.ephemeral is not None:
        changes["ephemeral"] = _ephemeral(item.ephemeral)
    return evolve(item, **changes) if changes else item


def _given(source: JSON) -> JSON:
    """The fields with a value: an empty text means the default."""
    return {name: value for name, value in source.items() if value != ""}


def _with_mode(source: Any) -> Any:
    return source if source.default_mode is not None else evolve(source, default_mode=FILE_MODE)


def _file(item: DownwardAPIVolumeFile) -> DownwardAPIVolumeFile:
    if item.resource_field_ref is not None and item.resource_field_ref.divisor == "":
        item = evolve(item, resource_field_ref=evolve(item.resource_field_ref, divisor="0"))
    return item if item.field_ref is None else evolve(item, field_ref=field_ref(item.field_ref))


def _projection(item: VolumeProjection) -> VolumeProjection:
    if item.downward_api is not None:
        item = evolve(item, downward_api=evolve(item.downward_api, items=[_file(entry) for entry in item.downward_api.items]))
    token = item.service_account_token
    if token is not None and token.expiration_seconds is None:
        item = evolve(item, service_account_token=evolve(token, expiration_seconds=TOKEN_SECONDS))
    return item


def _ephemeral(item: JSON) -> JSON:
    template = item.get("volumeClaimTemplate")
    if not isinstance(template, dict):
        return item
    spec = {"volumeMode": "Filesystem", **(template.get("spec") or {})}
    return {**item, "volumeClaimTemplate": {**template, "spec": {**spec, **_claim_resources(spec)}}}


def claim(item: PersistentVolumeClaim) -> PersistentVolumeClaim:
    """A PersistentVolumeClaim."""
    return evolve(item, spec=_claim_spec(item.spec), status=evolve(item.status, phase=item.status.phase or "Pending"))


def _claim_spec(spec: PersistentVolumeClaimSpec) -> PersistentVolumeClaimSpec:
    resources = _claim_resources({"resources": spec.resources}) if spec.resources else {}
    return evolve(spec, volume_mode=spec.volume_mode or "Filesystem", resources=resources.get("resources", spec.resources))


def _claim_resources(spec: JSON) -> JSON:
    resources = spec.get("resources")
    if not isinstance(resources, dict):
        return {}
    lists = {
        part: {name: canonical_resource(str(text)) for name, text in (resources.get(part) or {}).items()} for part in ("limits", "requests")
    }
    return {"resources": {**resources, **{part: items for part, items in lists.items() if items}}}


def persistent_volume(item: PersistentVolume) -> PersistentVolume:
    """A PersistentVolume."""
    spec = evolve(
        item.spec,
        persistent_volume_reclaim_policy=item.spec.persistent_volume_reclaim_policy or "Retain",
        volume_mode=item.spec.volume_mode or "Filesystem",
        capacity={name: canonical_resource(text) for name, text in item.spec.capacity.items()},
    )
    return evolve(item, spec=spec, status=evolve(item.status, phase=item.status.phase or "Pending"))
