"""Rules for a pod's volumes (pkg/apis/core/validation)."""

from __future__ import annotations

from collections.abc import Callable

from simulator.manifest.validation import names
from simulator.manifest.validation.containers import PULL_POLICIES, one_of
from simulator.manifest.validation.environment import FILE_FIELDS, field_ref, no_steps_back, resource_field_ref
from simulator.manifest.validation.errors import Errors, FieldError, duplicate, forbidden, invalid, required, too_long, unsupported
from simulator.manifest.validation.meta import annotation_map, each, labels
from simulator.manifest.validation.mounts import below, file_below
from simulator.manifest.validation.resources import amount
from simulator.manifest.validation.storage import claim_spec
from simulator.objects.base import JSON

HOST_PATH_TYPES = ("", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket")
ONE_KIND = "may not specify more than 1 volume type"
FILE_MODE = "must be a number between 0 and 0777 (octal), both inclusive"
MOST_DRIVER = 63
"""Bytes of the name of a CSI driver."""
PARTITION = names.between(1, 255)
CONFLICT = "conflicting duplicate paths"
KINDS = (
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
)
"""In the order in which the API server looks at them: the first one counts, the others are one too many."""
SPELLED = {"cephfs": "cephFS", "downwardAPI": "downwarAPI"}
"""How the API server writes two of them when there is one too many."""
REQUIRED: dict[str, tuple[str, ...]] = {
    "gitRepo": ("repository",),
    "gcePersistentDisk": ("pdName",),
    "awsElasticBlockStore": ("volumeID",),
    "iscsi": ("targetPortal", "iqn"),
    "glusterfs": ("endpoints", "path"),
    "persistentVolumeClaim": ("claimName",),
    "rbd": ("monitors", "image"),
    "cinder": ("volumeID",),
    "cephfs": ("monitors",),
    "flexVolume": ("driver",),
    "azureFile": ("secretName", "shareName"),
    "vsphereVolume": ("volumePath",),
    "photonPersistentDisk": ("pdID",),
    "portworxVolume": ("volumeID",),
    "azureDisk": ("diskName", "diskURI"),
    "scaleIO": ("gateway", "system", "volumeName"),
    "csi": ("driver",),
}
"""Fields without which a kind means nothing."""


def volumes(items: list[JSON], pod_name: str, path: str, *, is_pod: bool) -> tuple[dict[str, JSON], list[FieldError]]:
    """The sound volumes by name, and what is wrong with the others: a mount of a broken volume is not found."""
    sound: dict[str, JSON] = {}
    wrong: list[FieldError] = []
    for index, item in enumerate(items):
        here, name = f"{path}[{index}]", item.get("name", "")
        own = [*_source(item, here, pod_name, is_pod=is_pod)]
        own += each(f"{here}.name", name, names.dns_label(name)) if name else [required(f"{here}.name")]
        if name in sound:
            own.append(duplicate(f"{here}.name", name))
        if not own:
            sound[name] = item
        wrong += own
    return sound, wrong


def _source(item: JSON, path: str, pod_name: str, *, is_pod: bool) -> Errors:
    given = [kind for kind in KINDS if item.get(kind) is not None]
    if not given:
        yield required(path, "must specify a volume type")
        return
    yield from _kind(given[0], item, path, pod_name, is_pod=is_pod)
    for kind in given[1:]:
        yield forbidden(f"{path}.{SPELLED.get(kind, kind)}", ONE_KIND)


def _kind(kind: str, item: JSON, path: str, pod_name: str, *, is_pod: bool) -> Errors:
    source, here = item[kind], f"{path}.{'persistentDisk' if kind == 'gcePersistentDisk' else kind}"
    for field in REQUIRED.get(kind, ()):
        if not source.get(field):
            yield required(f"{here}.{field}")
    if kind in ("gcePersistentDisk", "awsElasticBlockStore") and not 0 <= source.get("partition", 0) <= 255:
        yield invalid(f"{here}.partition", source["partition"], PARTITION)
    if kind == "ephemeral":
        yield from _ephemeral(source, here)
        yield from _claim_of(item.get("name", ""), pod_name, path)
    elif kind == "image":
        if is_pod and not source.get("reference"):
            yield required(f"{here}.reference")
        yield from one_of(source.get("pullPolicy", ""), PULL_POLICIES, f"{here}.pullPolicy")
    elif kind in _RULES:
        yield from _RULES[kind](source, here)


def _claim_of(volume: str, pod_name: str, path: str) -> Errors:
    name = f"{pod_name}-{volume}"
    if pod_name and volume:
        yield from each(f"{path}.name", volume, (f'PVC name "{name}": {sentence}' for sentence in names.dns_subdomain(name)))


def _empty_dir(source: JSON, path: str) -> Errors:
    if source.get("sizeLimit") and amount(source["sizeLimit"]) < 0:
        yield forbidden(f"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity")


def _host_path(source: JSON, path: str) -> Errors:
    if not source.get("path"):
        yield required(f"{path}.path")
        return
    yield from each(f"{path}.path", source["path"], no_steps_back(source["path"]))
    if source.get("type", "") not in HOST_PATH_TYPES:
        yield unsupported(f"{path}.type", source["type"], HOST_PATH_TYPES)


def _git_repo(source: JSON, path: str) -> Errors:
    yield from each(f"{path}.directory", source.get("directory", ""), below(source.get("directory", "")))


def _nfs(source: JSON, path: str) -> Errors:
    if not source.get("server"):
        yield required(f"{path}.server")
    if not source.get("path"):
        yield required(f"{path}.path")
    if not source.get("path", "").startswith("/"):
        yield invalid(f"{path}.path", source.get("path", ""), "must be an absolute path")


def _named(name: str) -> Callable[[JSON, str], Errors]:
    def check(source: JSON, path: str) -> Errors:
        if not source.get(name):
            yield required(f"{path}.{name}")
        yield from _mode(source, "defaultMode", path)
        for index, item in enumerate(source.get("items") or []):
            yield from _key_to_path(item, f"{path}.items[{index}]")

    return check


def _mode(source: JSON, name: str, path: str) -> Errors:
    mode = source.get(name)
    if mode is not None and not 0 <= mode <= 0o777:
        yield invalid(f"{path}.{name}", mode, FILE_MODE)


def _key_to_path(item: JSON, path: str) -> Errors:
    for name in ("key", "path"):
        if not item.get(name):
            yield required(f"{path}.{name}")
    yield from each(f"{path}.path", item.get("path", ""), file_below(item.get("path", "")))
    yield from _mode(item, "mode", path)


def _downward(source: JSON, path: str) -> Errors:
    yield from _mode(source, "defaultMode", path)
    for item in source.get("items") or []:
        # The API server leaves the item's number out of the path.
        yield from _downward_file(item, path)


def _downward_file(item: JSON, path: str) -> Errors:
    place = item.get("path", "")
    if not place:
        yield required(f"{path}.path")
    yield from each(f"{path}.path", place, file_below(place))
    if item.get("fieldRef") is not None:
        yield from field_ref(item["fieldRef"], FILE_FIELDS, f"{path}.fieldRef")
        if item.get("resourceFieldRef") is not None:
            yield invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously")
    elif item.get("resourceFieldRef") is not None:
        yield from resource_field_ref(item["resourceFieldRef"], f"{path}.resourceFieldRef", in_file=True)
    else:
        yield required(path, "one of fieldRef and resourceFieldRef is required")
    yield from _mode(item, "mode", path)


def _projected(source: JSON, path: str) -> Errors:
    yield from _mode(source, "defaultMode", path)
    seen: set[str] = set()
    for index, item in enumerate(source.get("sources") or []):
        here = f"{path}.sources[{index}]"
        for kind in ("secret", "configMap"):
            if item.get(kind) is not None:
                yield from _projected_keys(item[kind], seen, f"{here}.{kind}", path)
        if item.get("downwardAPI") is not None:
            for file in item["downwardAPI"].get("items") or []:
                yield from _downward_file(file, f"{here}.downwardAPI")
                yield from _once(file.get("path", ""), file.get("path", ""), seen, path)
        if item.get("serviceAccountToken") is not None:
            yield from _token(item["serviceAccountToken"], f"{here}.serviceAccountToken", path)
        if len(item) > 1:
            yield forbidden(here, "may not specify more than 1 volume type per source")


def _projected_keys(source: JSON, seen: set[str], path: str, whole: str) -> Errors:
    name = source.get("name", "")
    if not name:
        yield required(f"{path}.name")
    for index, item in enumerate(source.get("items") or []):
        yield from _key_to_path(item, f"{path}.items[{index}]")
        yield from _once(item.get("path", ""), name, seen, whole)


def _once(place: str, shown: str, seen: set[str], path: str) -> Errors:
    if place and place in seen:
        yield invalid(path, shown, CONFLICT)
    seen.add(place)


def _token(source: JSON, path: str, whole: str) -> Errors:
    seconds = source.get("expirationSeconds", 0)
    if seconds < 600:
        yield invalid(f"{path}.expirationSeconds", seconds, "may not specify a duration less than 10 minutes")
    if seconds > 2**32:
        yield invalid(f"{path}.expirationSeconds", seconds, "may not specify a duration larger than 2^32 seconds")
    place = source.get("path", "")
    if not place:
        yield required(f"{whole}.path")
    yield from each(f"{whole}.path", place, file_below(place))


def _csi(source: JSON, path: str) -> Errors:
    driver, secret = source.get("driver", ""), source.get("nodePublishSecretRef")
    if driver:
        if len(driver) > MOST_DRIVER:
            yield too_long(f"{path}.driver", MOST_DRIVER)
        yield from each(f"{path}.driver", driver, names.dns_subdomain(driver.lower()))
    if secret is None:
        return
    if not secret.get("name"):
        yield required(f"{path}.nodePublishSecretRef.name")
    else:
        # The API server leaves the reference out of the path when the name is not one.
        yield from each(f"{path}.name", secret["name"], names.dns_subdomain(secret["name"]))


def _ephemeral(source: JSON, path: str) -> Errors:
    template, here = source.get("volumeClaimTemplate"), f"{path}.volumeClaimTemplate"
    if template is None:
        yield required(here)
        return
    metadata = template.get("metadata") or {}
    yield from annotation_map(metadata.get("annotations"), f"{here}.metadata.annotations")
    yield from labels(metadata.get("labels"), f"{here}.metadata.labels")
    for field in sorted(set(metadata) - {"annotations", "labels"}):
        yield forbidden(f"{here}.metadata.{field}", "cannot be set")
    yield from claim_spec(template.get("spec") or {}, f"{here}.spec")


_RULES: dict[str, Callable[[JSON, str], Errors]] = {
    "emptyDir": _empty_dir,
    "hostPath": _host_path,
    "gitRepo": _git_repo,
    "secret": _named("secretName"),
    "configMap": _named("name"),
    "nfs": _nfs,
    "downwardAPI": _downward,
    "projected": _projected,
    "csi": _csi,
}
