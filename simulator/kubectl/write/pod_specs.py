"""Changes of a pod spec, wherever an object has it."""

from __future__ import annotations

import copy
from typing import Any

from simulator.api import ApiError
from simulator.kubectl.errors import Complaint
from simulator.kubectl.write.acting import Acting
from simulator.kubectl.write.targets import Named, resources
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import to_builtins

TEMPLATED = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job")


def pod_spec_of(data: JSON) -> JSON | None:
    """The pod spec inside an object (plain JSON values); None for a kind that has none."""
    spec: Any = data.get("spec") or {}
    if data["kind"] == "Pod":
        return spec  # type: ignore[no-any-return]
    if data["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    elif data["kind"] not in TEMPLATED:
        return None
    return spec["template"]["spec"]  # type: ignore[no-any-return]


def update(acting: Acting, change: Any, operation: str, failure: str, *, with_name: bool = False) -> None:
    """Change the pod spec of each object and print those that are different now."""
    everything = bool(acting.option("all"))
    infos = resources(acting, everything=everything)
    if acting.troubles:
        return  # kubectl looks all of them up before it changes the first

    def one(named: Named) -> None:
        assert named.item is not None
        data = copy.deepcopy(to_builtins(named.item))
        spec = pod_spec_of(data)
        if spec is None:
            raise Complaint(f"error: {named.label} the object is not a pod or does not have a pod template: *v1.{named.kind.name}\n")
        try:
            change(spec, named) if with_name else change(spec)
        except Complaint as error:
            raise Complaint(f"error: {named.label} {error.text}\n") from error
        if data == to_builtins(named.item):
            return
        try:
            acting.shown(acting.write(named.item, data), operation)
        except ApiError as error:
            raise Complaint(f"{failure}{error.message}") from error

    for named in infos:
        acting.each(lambda named=named: one(named))  # type: ignore[misc]


def chosen_containers(acting: Acting, spec: JSON) -> list[JSON]:
    """The containers that `--containers` (a name, `*` stands for anything) means."""
    pattern = str(acting.option("containers", "*"))
    return [item for item in (*spec["containers"], *(spec.get("initContainers") or [])) if glob_matches(item["name"], pattern)]
