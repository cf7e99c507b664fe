"""The mounts of a container and their content: config maps, secrets, the pod's fields, shared directories. Pure."""

from __future__ import annotations

import json
from typing import NamedTuple

from simulator.api.authorization.tokens import TOKEN
from simulator.container.expansion import expand
from simulator.container.mounts import NO_FILES, MountSpec, VolumeModes
from simulator.kubelet.environment import Sources, pod_field, resource_value, secret_values
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named
from simulator.objects.volume import DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection

HOST_FILES = frozenset({"File", "FileOrCreate", "Socket"})
DEFAULT_MODE = 0o644
READABLE = 0o440
"""The bits that fsGroup adds to the modes of files that the kubelet writes (SetVolumeOwnership of read-only volumes)."""
CERTIFICATE = "-----BEGIN CERTIFICATE-----\npodsim\n-----END CERTIFICATE-----\n"
ROOT_CERTIFICATES = "kube-root-ca.crt"
"""The config map with the cluster's certificate, which a controller puts into every namespace."""


class PodPlace(NamedTuple):
    """A pod, its node and its address, and what the content of its volumes may refer to."""

    pod: Pod
    node: str
    ip: str
    sources: Sources


def mounts_of(container: Container, place: PodPlace, env: dict[str, str]) -> tuple[MountSpec, ...]:
    """The mounts of a container; `env` expands `subPathExpr`."""
    volumes = {volume.name: volume for volume in place.pod.spec.volumes}
    mounts = []
    for mount in container.volume_mounts:
        volume = volumes.get(mount.name)
        if volume is None:
            continue
        sub_path = mount.sub_path or expand(mount.sub_path_expr, env)
        mounted, root = _volume_mount(volume, place)
        inner = "/".join(part for part in (root.strip("/"), sub_path.strip("/")) if part)
        mounts.append(mounted._replace(path=mount.mount_path, sub_path=inner, read_only=bool(mount.read_only) or mounted.read_only))
    return tuple(mounts)


def published(place: PodPlace) -> tuple[MountSpec, ...]:
    """The current content of the pod's volumes that the kubelet writes."""
    return tuple(_published(volume, files, place) for volume in place.pod.spec.volumes if (files := files_of(volume, place)) is not None)


def _volume_mount(volume: Volume, place: PodPlace) -> tuple[MountSpec, str]:
    """The mount of a volume, without its paths, and the path inside the volume that is mounted."""
    meta, group = place.pod.metadata, _fs_group(place.pod)
    if volume.host_path is not None:
        path = volume.host_path.path
        files = {path.lstrip("/"): ""} if volume.host_path.type in HOST_FILES else NO_FILES
        return MountSpec("", ("host", place.node), files, access=VolumeModes(top=0o755), origin=f"the node {place.node}"), path
    # With fsGroup, the volume belongs to that group, with the set-group bit (SetVolumeOwnership).
    access = VolumeModes() if group is None else VolumeModes(top=0o2777, group=group)
    if volume.persistent_volume_claim is not None:
        claim = volume.persistent_volume_claim
        key, origin = ("claim", meta.namespace, claim.claim_name), f"the claim {claim.claim_name}"
        is_new = place.sources.is_new_claim(meta.namespace, claim.claim_name)
        return MountSpec("", key, read_only=bool(claim.read_only), access=access, origin=origin, is_new=is_new), ""
    content = files_of(volume, place)
    if content is None:
        origin = "" if volume.empty_dir is not None else f"the volume {volume.name}"
        return MountSpec("", ("pod", meta.uid, volume.name), access=access, origin=origin), ""
    return _published(volume, content, place), ""


def _published(volume: Volume, files: dict[str, str], place: PodPlace) -> MountSpec:
    return MountSpec("", ("pod", place.pod.metadata.uid, volume.name), files, read_only=True, access=modes_of(volume, place.pod))


def _fs_group(pod: Pod) -> int | None:
    return None if pod.spec.security_context is None else pod.spec.security_context.fs_group


def modes_of(volume: Volume, pod: Pod) -> VolumeModes:
    """Modes and owners of a volume that the kubelet writes: as its spec says, and readable for fsGroup.

    A token is for its user alone (projected.go: 0600 where there is an fsGroup or one user for all containers).
    """
    group = _fs_group(pod)
    readable = 0 if group is None else READABLE
    sources = [source for source in (volume.config_map, volume.secret, volume.downward_api, volume.projected) if source is not None]
    default = next((source.default_mode for source in sources if source.default_mode is not None), DEFAULT_MODE)
    modes = {item.path: item.mode for item in _items(volume) if item.mode is not None}
    owners: dict[str, int] = {}
    for path in _tokens(volume):
        user = pod.spec.security_context.run_as_user if pod.spec.security_context is not None else None
        if group is not None or user is not None:
            modes[path] = 0o600
            owners[path] = user or 0
    modes = {path: mode | readable for path, mode in modes.items()}
    return VolumeModes(
        0o777 if group is None else 0o2777, group or 0, published=True, default=default | readable, modes=modes, owners=owners
    )


def _items(volume: Volume) -> list[KeyToPath | DownwardAPIVolumeFile]:
    """The items of all sources of a volume."""
    projected = [] if volume.projected is None else volume.projected.sources
    sources = [volume.config_map, volume.secret, volume.downward_api, *(s.config_map or s.secret or s.downward_api for s in projected)]
    return [item for source in sources if source is not None for item in source.items]


def _tokens(volume: Volume) -> list[str]:
    projected = [] if volume.projected is None else volume.projected.sources
    return [source.service_account_token.path for source in projected if source.service_account_token is not None]


def files_of(volume: Volume, place: PodPlace) -> dict[str, str] | None:
    """The files that the kubelet writes into a volume; None for a volume that starts empty and that the containers fill."""
    if volume.config_map is not None:
        return _of_config_map(volume.config_map.name, volume.config_map.items, place)
    if volume.secret is not None:
        return _of_secret(volume.secret.secret_name, volume.secret.items, place)
    if volume.downward_api is not None:
        return _of_pod(volume.downward_api.items, place)
    if volume.projected is not None:
        files: dict[str, str] = {}
        for source in volume.projected.sources:
            files.update(_projected(source, place))
        return files
    return None


def _projected(source: VolumeProjection, place: PodPlace) -> dict[str, str]:
    if source.config_map is not None:
        return _of_config_map(source.config_map.name, source.config_map.items, place)
    if source.secret is not None:
        return _of_secret(source.secret.name, source.secret.items, place)
    if source.downward_api is not None:
        return _of_pod(source.downward_api.items, place)
    return {} if source.service_account_token is None else {source.service_account_token.path: TOKEN}


def _of_config_map(name: str, items: list[KeyToPath], place: PodPlace) -> dict[str, str]:
    config_map = place.sources.config_map(place.pod.metadata.namespace, name)
    if config_map is None and name == ROOT_CERTIFICATES:
        config_map = ConfigMap(data={"ca.crt": CERTIFICATE})
    if config_map is None:
        return {}
    return _selected({**config_map.data, **secret_values(Secret(data=config_map.binary_data))}, items)


def _of_secret(name: str, items: list[KeyToPath], place: PodPlace) -> dict[str, str]:
    secret = place.sources.secret(place.pod.metadata.namespace, name)
    return {} if secret is None else _selected(secret_values(secret), items)


def _selected(values: dict[str, str], items: list[KeyToPath]) -> dict[str, str]:
    """Every key as a file, or only the keys of `items` at their paths."""
    return {item.path: values[item.key] for item in items if item.key in values} if items else dict(values)


def _of_pod(items: list[DownwardAPIVolumeFile], place: PodPlace) -> dict[str, str]:
    files = {}
    for item in items:
        if item.field_ref is not None:
            files[item.path] = _field(item.field_ref.field_path, place)
        elif item.resource_field_ref is not None:
            name = item.resource_field_ref.container_name
            owner = container_named(place.pod, name) or Container()
            files[item.path] = resource_value(place.pod, owner, item.resource_field_ref, place.sources)
    return files


def _field(path: str, place: PodPlace) -> str:
    """A field of the pod; labels and annotations as a whole are lines of `key="value"` in order (fieldpath.FormatMap)."""
    meta = place.pod.metadata
    whole = {"metadata.labels": meta.labels, "metadata.annotations": meta.annotations}.get(path)
    if whole is None:
        return pod_field(place.pod, path, place.ip, place.sources.host_ip)
    return "\n".join(f"{key}={json.dumps(whole[key], ensure_ascii=False)}" for key in sorted(whole))
