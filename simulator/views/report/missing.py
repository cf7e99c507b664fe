"""What pods wait for and only a user can create: Secrets, ConfigMaps and ServiceAccounts missing from the manifests."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from typing import Any

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.references import Requirement, required_by
from simulator.views.why.lacking import lacking

MAKES = {"Secret": "secret generic", "ConfigMap": "configmap", "ServiceAccount": "serviceaccount"}
"""The words of `podsim create` for each kind."""


def missing(snapshot: Snapshot) -> dict[Key, list[str]]:
    """Missing objects without which pods cannot start, each with the keys it must have."""
    result: dict[Key, list[str]] = {}
    for namespace, required in _requirements(snapshot):
        key = Key(required.kind, namespace, required.name)
        if required.name and snapshot.get(key) is None:
            keys = result.setdefault(key, [])
            keys += [required.key] if required.key and required.key not in keys else []
    return result


def meant_namespace(snapshot: Snapshot, absent: Iterable[Key]) -> str:
    """The one namespace that has all objects missing in the default one: manifests that name none belong there. Empty without."""
    default = snapshot.header.namespace or "default"
    there = [
        {other.metadata.namespace for other in snapshot.objects(key.kind) if other.metadata.name == key.name}
        for key in absent
        if key.namespace == default
    ]
    common = set.intersection(*there) if there else set()
    return next(iter(common)) if len(common) == 1 else ""


def lacks(snapshot: Snapshot, pod: Pod) -> bool:
    """Whether a pod cannot start because an object is missing."""
    names = {(required.kind, required.name) for required in required_by(pod) if required.name}
    return pod.status.phase == "Pending" and any(snapshot.get(Key(kind, pod.metadata.namespace, name)) is None for kind, name in names)


def making(key: Key, keys: list[str], where: str) -> str:
    """The command that creates such an object at the start of the run. `where`: the option for its namespace."""
    literals = "".join(f" {shlex.quote(f'--from-literal={name}=x')}" for name in keys)
    return f"podsim create {MAKES[key.kind]} {key.name}{literals}{where} --at 0s"


def _requirements(snapshot: Snapshot) -> Iterator[tuple[str, Requirement]]:
    for pod in snapshot.typed(Pod):
        if pod.status.phase == "Pending":
            for required in required_by(pod):
                yield pod.metadata.namespace, required
    # Without its ServiceAccount a workload gets no pods at all.
    for owner in lacking(snapshot, None, set()):
        item: Any = snapshot.get(owner)
        yield owner.namespace, Requirement("ServiceAccount", item.spec.template.spec.service_account_name)
