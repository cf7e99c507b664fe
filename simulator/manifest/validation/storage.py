"""Rules for claims and volumes that outlive pods (pkg/apis/core/validation)."""

from __future__ import annotations

from posixpath import normpath

from simulator.manifest.quantities import canonical
from simulator.manifest.validation import names
from simulator.manifest.validation.errors import Errors, forbidden, invalid, required, unsupported
from simulator.manifest.validation.meta import each, label_selector, object_meta
from simulator.manifest.validation.resources import amount, quantity
from simulator.objects.base import JSON

ACCESS_MODES = ("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod")
VOLUME_MODES = ("Block", "Filesystem")
RECLAIM_POLICIES = ("Delete", "Recycle", "Retain")
PV_SOURCES = (
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flocker",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
    "flexVolume",
)
MODE_ALONE = "may not use ReadWriteOncePod with other access modes"


def persistent_volume_claim(item: JSON) -> Errors:
    """A PersistentVolumeClaim."""
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=True)
    yield from claim_spec(item.get("spec") or {}, "spec")


def claim_spec(spec: JSON, path: str) -> Errors:
    """What a claim asks for."""
    modes = spec.get("accessModes") or []
    if not modes:
        yield required(f"{path}.accessModes", "at least 1 access mode is required")
    yield from label_selector(spec.get("selector"), f"{path}.selector")
    yield from _access_modes(modes, f"{path}.accessModes")
    requested, here = ((spec.get("resources") or {}).get("requests") or {}).get("storage"), f"{path}.resources[storage]"
    if requested is None:
        yield required(here)
    elif amount(requested) <= 0:
        yield invalid(here, canonical(requested), "must be greater than zero")
    else:
        yield from quantity("storage", requested, here)
    for field in ("storageClassName", "volumeAttributesClassName"):
        if name := spec.get(field):
            yield from each(f"{path}.{field}", name, names.dns_subdomain(name))
    if spec.get("volumeMode", "Filesystem") not in VOLUME_MODES:
        yield unsupported(f"{path}.volumeMode", spec["volumeMode"], VOLUME_MODES)
    for field in ("dataSource", "dataSourceRef"):
        if spec.get(field) is not None:
            yield from _data_source(spec[field], f"{path}.{field}")


def _access_modes(modes: list[str], path: str) -> Errors:
    for mode in modes:
        if mode not in ACCESS_MODES:
            yield unsupported(path, mode, ACCESS_MODES)
    if "ReadWriteOncePod" in modes and any(mode in ACCESS_MODES and mode != "ReadWriteOncePod" for mode in modes):
        yield forbidden(path, MODE_ALONE)


def _data_source(item: JSON, path: str) -> Errors:
    for field in ("name", "kind"):
        if not item.get(field):
            yield required(f"{path}.{field}")
    group = item.get("apiGroup", "")
    if not group and item.get("kind") != "PersistentVolumeClaim":
        yield invalid(path, item.get("kind", ""), "must be 'PersistentVolumeClaim' when referencing the default apiGroup")
    if group:
        yield from each(f"{path}.apiGroup", group, names.dns_subdomain(group))
    if namespace := item.get("namespace"):
        yield from each(f"{path}.namespace", namespace, names.dns_label(namespace))


def persistent_volume(item: JSON) -> Errors:
    """A PersistentVolume: one source, a size, modes that are known."""
    spec, path = item.get("spec") or {}, "spec"
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=False)
    modes, capacity = spec.get("accessModes") or [], spec.get("capacity") or {}
    if not modes:
        yield required(f"{path}.accessModes")
    yield from _access_modes(modes, f"{path}.accessModes")
    if not capacity:
        yield required(f"{path}.capacity")
    if capacity and set(capacity) != {"storage"}:
        yield unsupported(f"{path}.capacity", capacity, ["storage"])
    for name, text in sorted(capacity.items()):
        if amount(text) <= 0:
            yield invalid(f"{path}.capacity[{name}]", canonical(text), "must be greater than zero")
    if spec.get("persistentVolumeReclaimPolicy") and spec["persistentVolumeReclaimPolicy"] not in RECLAIM_POLICIES:
        yield unsupported(f"{path}.persistentVolumeReclaimPolicy", spec["persistentVolumeReclaimPolicy"], RECLAIM_POLICIES)
    yield from _pv_source(spec, path)
    source = spec.get("hostPath") or {}
    if normpath(source.get("path") or ".").strip("/") == "" and spec.get("persistentVolumeReclaimPolicy") == "Recycle":
        yield forbidden(f"{path}.persistentVolumeReclaimPolicy", "may not be 'recycle' for a hostPath mount of '/'")
    if name := spec.get("storageClassName"):
        yield from each(f"{path}.storageClassName", name, names.dns_subdomain(name))
    if spec.get("volumeMode", "Filesystem") not in VOLUME_MODES:
        yield unsupported(f"{path}.volumeMode", spec["volumeMode"], VOLUME_MODES)


def _pv_source(spec: JSON, path: str) -> Errors:
    given = [kind for kind in PV_SOURCES if spec.get(kind) is not None]
    if not given:
        yield required(path, "must specify a volume type")
    for kind in given[1:]:
        yield forbidden(f"{path}.{kind}", "may not specify more than 1 volume type")
    if given[:1] == ["hostPath"] and not spec["hostPath"].get("path"):
        yield required(f"{path}.hostPath.path")
    if given[:1] == ["local"]:
        if not spec["local"].get("path"):
            yield required(f"{path}.local.path")
        if not spec.get("nodeAffinity"):
            yield required(f"{path}.nodeAffinity", "Local volume requires node affinity")


def storage_class(item: JSON) -> Errors:
    """A StorageClass. What it leaves out is Delete and Immediate."""
    yield from object_meta(item["metadata"], names.dns_subdomain, namespaced=False)
    provisioner = item.get("provisioner", "")
    if provisioner:
        yield from each("provisioner", provisioner.lower(), names.qualified_name(provisioner.lower()))
    else:
        yield required("provisioner")
    for field, words in (("reclaimPolicy", ("Delete", "Retain")), ("volumeBindingMode", ("Immediate", "WaitForFirstConsumer"))):
        if item.get(field) and item[field] not in words:
            yield unsupported(field, item[field], words)
