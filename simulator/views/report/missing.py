"""What pods wait for and only a user can create: Secrets, ConfigMaps and ServiceAccounts missing from the manifests."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any, NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.objects.container import Container
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers
from simulator.objects.volume import Volume
from simulator.views.why.lacking import lacking

MAKES = {"Secret": "secret generic", "ConfigMap": "configmap", "ServiceAccount": "serviceaccount"}
"""The words of `podsim create` for each kind."""


class Requirement(NamedTuple):
    """An object that a pod refers to, and a key it must have (empty: none in particular)."""

    kind: str
    name: str
    key: str = ""


def missing(snapshot: Snapshot) -> dict[Key, list[str]]:
    """Missing objects without which pods cannot start, each with the keys it must have."""
    result: dict[Key, list[str]] = {}
    for namespace, required in _requirements(snapshot):
        key = Key(required.kind, namespace, required.name)
        if required.name and snapshot.get(key) is None:
            keys = result.setdefault(key, [])
            keys += [required.key] if required.key and required.key not in keys else []
    return result


def lacks(snapshot: Snapshot, pod: Pod) -> bool:
    """Whether a pod cannot start because an object is missing."""
    names = {(required.kind, required.name) for required in _of_pod(pod) if required.name}
    return pod.status.phase == "Pending" and any(snapshot.get(Key(kind, pod.metadata.namespace, name)) is None for kind, name in names)


def making(key: Key, keys: list[str], where: str) -> str:
    """The command that creates such an object at the start of the run. `where`: the option for its namespace."""
    literals = "".join(f" {shlex.quote(f'--from-literal={name}=x')}" for name in keys)
    return f"podsim create {MAKES[key.kind]} {key.name}{literals}{where} --at 0s"


def _requirements(snapshot: Snapshot) -> Iterator[tuple[str, Requirement]]:
    for pod in snapshot.typed(Pod):
        if pod.status.phase == "Pending":
            for required in _of_pod(pod):
                yield pod.metadata.namespace, required
    # Without its ServiceAccount a workload gets no pods at all.
    for owner in lacking(snapshot, None, set()):
        item: Any = snapshot.get(owner)
        yield owner.namespace, Requirement("ServiceAccount", item.spec.template.spec.service_account_name)


def _of_pod(pod: Pod) -> Iterator[Requirement]:
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
