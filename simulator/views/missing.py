"""What pods wait for that only a user can make: Secrets, ConfigMaps and ServiceAccounts that stand in no manifest of the run."""

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
"""What `podsim create` calls them."""


class Wanted(NamedTuple):
    """An object that somebody refers to, and a key that it must have (empty: any will do)."""

    kind: str
    name: str
    key: str = ""


def missing(snapshot: Snapshot) -> dict[Key, list[str]]:
    """Objects that pods cannot start without and that do not exist, each with the keys that are asked for."""
    found: dict[Key, list[str]] = {}
    for namespace, wanted in _wanted(snapshot):
        key = Key(wanted.kind, namespace, wanted.name)
        if wanted.name and snapshot.get(key) is None:
            keys = found.setdefault(key, [])
            keys += [wanted.key] if wanted.key and wanted.key not in keys else []
    return found


def lacks(snapshot: Snapshot, pod: Pod) -> bool:
    """Whether a pod cannot start because of something that is missing."""
    names = {(wanted.kind, wanted.name) for wanted in _of_pod(pod) if wanted.name}
    return pod.status.phase == "Pending" and any(snapshot.get(Key(kind, pod.metadata.namespace, name)) is None for kind, name in names)


def making(key: Key, keys: list[str], where: str) -> str:
    """The command that makes such an object, as if it had been there from the beginning. `where`: the option that names its namespace."""
    literals = "".join(f" {shlex.quote(f'--from-literal={name}=x')}" for name in keys)
    return f"podsim create {MAKES[key.kind]} {key.name}{literals}{where} --at 0s"


def _wanted(snapshot: Snapshot) -> Iterator[tuple[str, Wanted]]:
    for pod in snapshot.typed(Pod):
        if pod.status.phase == "Pending":
            for wanted in _of_pod(pod):
                yield pod.metadata.namespace, wanted
    # Who may not run as it wants to gets no pods at all.
    for owner in lacking(snapshot, None, set()):
        item: Any = snapshot.get(owner)
        yield owner.namespace, Wanted("ServiceAccount", item.spec.template.spec.service_account_name)


def _of_pod(pod: Pod) -> Iterator[Wanted]:
    for volume in pod.spec.volumes:
        yield from _of_volume(volume)
    for container in all_containers(pod.spec):
        yield from _of_environment(container)


def _of_volume(volume: Volume) -> Iterator[Wanted]:
    if volume.secret is not None and not volume.secret.optional:
        yield from _with_keys("Secret", volume.secret.secret_name, volume.secret.items)
    if volume.config_map is not None and not volume.config_map.optional:
        yield from _with_keys("ConfigMap", volume.config_map.name, volume.config_map.items)
    for source in volume.projected.sources if volume.projected is not None else ():
        if source.secret is not None and not source.secret.optional:
            yield from _with_keys("Secret", source.secret.name, source.secret.items)
        if source.config_map is not None and not source.config_map.optional:
            yield from _with_keys("ConfigMap", source.config_map.name, source.config_map.items)


def _with_keys(kind: str, name: str, items: list[Any]) -> Iterator[Wanted]:
    yield Wanted(kind, name)
    yield from (Wanted(kind, name, item.key) for item in items)


def _of_environment(container: Container) -> Iterator[Wanted]:
    for source in container.env_from:
        if source.secret_ref is not None and not source.secret_ref.optional:
            yield Wanted("Secret", source.secret_ref.name)
        if source.config_map_ref is not None and not source.config_map_ref.optional:
            yield Wanted("ConfigMap", source.config_map_ref.name)
    for variable in container.env:
        taken = variable.value_from
        if taken is None:
            continue
        if taken.secret_key_ref is not None and not taken.secret_key_ref.optional:
            yield Wanted("Secret", taken.secret_key_ref.name, taken.secret_key_ref.key)
        if taken.config_map_key_ref is not None and not taken.config_map_key_ref.optional:
            yield Wanted("ConfigMap", taken.config_map_key_ref.name, taken.config_map_key_ref.key)
