"""What a pod refers to and cannot start without: Secrets and ConfigMaps, and the keys that they must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers
from simulator.objects.volume import Volume


class Requirement(NamedTuple):
    """An object that a pod refers to, and a key it must have (empty: none in particular)."""

    kind: str
    name: str
    key: str = ""


def required_by(pod: Pod) -> Iterator[Requirement]:
    """What a pod's volumes and environment refer to, in the order in which they are written; optional references are none."""
    for volume in pod.spec.volumes:
        yield from _of_volume(volume)
    for container in all_containers(pod.spec):
        yield from _of_environment(container)


def _of_volume(volume: Volume) -> Iterator[Requirement]:
    if volume.secret is not None and not volume.secret.optional:
        yield from _with_keys("Secret", volume.secret.secret_name, volume.secret.items)
    if volume.config_map is not None and not volume.config_map.optional:
        yield from _with_keys("ConfigMap", volume.config_map.name, volume.config_map.items)
    for source in volume.projected.sources if volume.projected is not None else ():
        if source.secret is not None and not source.secret.optional:
            yield from _with_keys("Secret", source.secret.name, source.secret.items)
        if source.config_map is not None and not source.config_map.optional:
            yield from _with_keys("ConfigMap", source.config_map.name, source.config_map.items)


def _with_keys(kind: str, name: str, items: list[Any]) -> Iterator[Requirement]:
    yield Requirement(kind, name)
    yield from (Requirement(kind, name, item.key) for item in items)


def _of_environment(container: Container) -> Iterator[Requirement]:
    for source in container.env_from:
        if source.secret_ref is not None and not source.secret_ref.optional:
            yield Requirement("Secret", source.secret_ref.name)
        if source.config_map_ref is not None and not source.config_map_ref.optional:
            yield Requirement("ConfigMap", source.config_map_ref.name)
    for variable in container.env:
        source_of_value = variable.value_from
        if source_of_value is None:
            continue
        if source_of_value.secret_key_ref is not None and not source_of_value.secret_key_ref.optional:
            yield Requirement("Secret", source_of_value.secret_key_ref.name, source_of_value.secret_key_ref.key)
        if source_of_value.config_map_key_ref is not None and not source_of_value.config_map_key_ref.optional:
            yield Requirement("ConfigMap", source_of_value.config_map_key_ref.name, source_of_value.config_map_key_ref.key)
