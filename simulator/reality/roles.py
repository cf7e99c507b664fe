"""Which role an object plays: random names mean nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from simulator.calibrate.container_history import workload_of
from simulator.objects.kinds import Object
from simulator.objects.pod import Pod

HASH = re.compile(r"-[0-9bcdfghjklmnpqrstvwxz]{5,10}$")
MAKERS = ("Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob")
GENERATED = ("Pod", "ReplicaSet", "Job")
MOST_PARTS = 3
"""A pod of a CronJob's Job has three parts behind the name."""


class Roles:
    """Which role an object plays."""

    def __init__(self, items: Iterable[Object]) -> None:
        self._owners = {item.metadata.uid: item for item in items if item.metadata.uid}
        pods = [item for item in self._owners.values() if isinstance(item, Pod)]
        self.of_pod = {pod.metadata.uid: self.role(pod) for pod in pods}
        workloads = [f"{item.kind.lower()}/{item.metadata.name}" for item in self._owners.values() if item.kind in MAKERS]
        roles = [*self.of_pod.values(), *workloads]
        self._named = {role.split("/")[1]: "/".join(role.split("/")[:2]) for role in roles if not role.startswith("pod/")}

    def role(self, pod: Pod) -> str:
        """`deployment/web`; a pod of a StatefulSet has an identity of its own."""
        made_by = workload_of(pod, self._owners)
        if made_by.startswith("statefulset/"):
            return f"{made_by}/{pod.metadata.name.rpartition('-')[2]}"
        if made_by.startswith("pod/") and pod.metadata.generate_name:
            return f"pod/{re.sub(HASH, '', pod.metadata.generate_name.rstrip('-'))}*"
        return made_by

    def of_reference(self, kind: str, name: str, uid: str) -> str:
        """The role of the object that an Event is about. Pods and ReplicaSets play their Deployment's, also when they are gone."""
        if uid in self.of_pod:
            return self.of_pod[uid]
        item = self._owners.get(uid)
        owner = next((one for one in item.metadata.owner_references if one.controller), None) if item is not None else None
        if owner is not None:
            return self.of_reference(owner.kind, owner.name, owner.uid)
        known = self._by_name(name) if kind in GENERATED else None
        return known or f"{kind.lower()}/{re.sub(HASH, '', name) if kind == 'ReplicaSet' else name}"

    def _by_name(self, name: str) -> str | None:
        """The workload whose name is the longest beginning of a generated name."""
        stem, last = name, ""
        for _ in range(MOST_PARTS):
            stem, _, part = stem.rpartition("-")
            last = last or part
            if (role := self._named.get(stem)) is not None:
                return f"{role}/{last}" if role.startswith("statefulset/") else role
        return None
