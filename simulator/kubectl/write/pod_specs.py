"""`kubectl set image|resources|env`: changes of a pod spec, wherever an object has it (kubectl/pkg/cmd/set)."""

from __future__ import annotations

import copy
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from simulator.api import ApiError
from simulator.kubectl.errors import Complaint
from simulator.kubectl.resolve import kinds_of
from simulator.kubectl.write.acting import Act, Acting
from simulator.kubectl.write.targets import Named, one_named, resources
from simulator.objects.base import JSON
from simulator.objects.config import ConfigMap, Secret
from simulator.objects.kinds import to_builtins

TEMPLATED = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "ReplicationController", "Job")
Change = Callable[[JSON], object]


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


def set_image(acting: Acting) -> None:
    """`set image`: containers by name, `*` for all, init containers too."""
    images: dict[str, str] = acting.option("with", {})

    def change(spec: JSON) -> None:
        for name, image in images.items():
            chosen = [item for item in (*(spec.get("initContainers") or []), *spec["containers"]) if name in ("*", item["name"])]
            if not chosen:
                acting.troubles.append(Complaint(f'error: unable to find container named "{name}"'))
            for item in chosen:
                item["image"] = image

    _update(acting, change, "image updated", "failed to patch image update to pod template: ")


def set_resources(acting: Acting) -> None:
    """`set resources`: amounts are added to what containers have, those of the same name replaced."""
    wanted = {group: acting.option(group) for group in ("limits", "requests") if acting.option(group)}

    def change(spec: JSON) -> None:
        chosen = _chosen(acting, spec)
        if not chosen:
            acting.troubles.append(Complaint(f"error: unable to find container named {acting.option('containers', '*')}"))
        for item in chosen:
            resources_of = item.setdefault("resources", {})
            for group, amounts in wanted.items():
                resources_of[group] = {**(resources_of.get(group) or {}), **amounts}

    _update(acting, change, "resource requirements updated", "failed to patch resources update to pod template ")


def set_env(acting: Acting) -> None:
    """`set env`: variables that are set, removed, or taken from a ConfigMap or Secret."""
    prefix = acting.option("prefix", "")
    given = [{"name": name, "value": value} for name, value in acting.option("with", {}).items() if value is not None]
    added = [{**variable, "name": prefix + variable["name"]} for variable in (*given, *_from(acting))]
    removed = {name for name, value in acting.option("with", {}).items() if value is None}

    def change(spec: JSON, named: Named) -> None:
        chosen = _chosen(acting, spec)
        if not chosen:
            acting.warn(f'{named.kind.name}/{named.name} does not have any containers matching "{acting.option("containers", "*")}"')
        for item in chosen:
            present = item.get("env") or []
            if acting.option("overwrite") is False:
                _keep_values(present, added)
            variables = _merged(present, added, removed)
            if variables or present:
                item["env"] = variables
            if acting.option("list"):
                _list(acting, item, f"{named.kind.name} {named.name}")

    if acting.option("list"):
        for named in resources(acting):
            spec = pod_spec_of(copy.deepcopy(to_builtins(named.item))) if named.item is not None else None
            if spec is not None:
                change(spec, named)
        return
    _update(acting, change, "env updated", "failed to patch env update to pod template: ", with_name=True)


def _update(acting: Acting, change: Any, operation: str, failure: str, *, with_name: bool = False) -> None:
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


def _chosen(acting: Acting, spec: JSON) -> list[JSON]:
    """The containers that `--containers` (a name, `*` stands for anything) means."""
    pattern = str(acting.option("containers", "*"))
    return [item for item in (*spec["containers"], *(spec.get("initContainers") or [])) if fnmatchcase(item["name"], pattern)]


def _from(acting: Acting) -> list[JSON]:
    """Variables for the keys of a ConfigMap or Secret."""
    source = str(acting.option("from", ""))
    if not source:
        return []
    type_, _, name = source.partition("/")
    item = one_named(acting, kinds_of(type_, acting.store)[0], name)
    if not isinstance(item, ConfigMap | Secret):
        raise Complaint("unsupported resource specified in --from")
    field = "configMapKeyRef" if isinstance(item, ConfigMap) else "secretKeyRef"
    wanted = acting.option("keys") or sorted(item.data)
    variables = []
    for key in (key for key in sorted(item.data) if key in wanted):
        variable = "".join(sign if sign.isalnum() or sign == "_" else "_" for sign in key).upper()
        if variable != key:
            acting.warn(f"key {key} transferred to {variable}")
        variables.append({"name": variable, "valueFrom": {field: {"name": name, "key": key}}})
    return variables


def _keep_values(present: list[JSON], added: list[JSON]) -> None:
    """Without --overwrite nothing that has a value gets another."""
    for variable in present:
        if any(other["name"] == variable["name"] for other in added):
            raise Complaint(f"'{variable['name']}' already has a value ({variable.get('value', '')}), and --overwrite is false")


def _merged(present: list[JSON], added: list[JSON], removed: set[str]) -> list[JSON]:
    """Variables keep their places; new ones come last."""
    news = {variable["name"]: variable for variable in added if variable["name"] not in removed}
    kept = [news.pop(item["name"], item) for item in present if item["name"] not in removed]
    return [*kept, *news.values()]


def _list(acting: Acting, container: JSON, owner: str) -> None:
    acting.out(f"# {owner}, container {container['name']}\n")
    for variable in container["env"]:
        source = variable.get("valueFrom")
        if source is None:
            acting.out(f"{variable['name']}={variable.get('value', '')}\n")
        else:
            acting.out(f"# {variable['name']} from {_reference(source)}\n")


def _reference(source: JSON) -> str:
    match source:
        case {"configMapKeyRef": found}:
            return f"configmap {found['name']}, key {found['key']}"
        case {"secretKeyRef": found}:
            return f"secret {found['name']}, key {found['key']}"
        case {"fieldRef": found}:
            return f"field path {found['fieldPath']}"
        case {"resourceFieldRef": found}:
            prefix = f"{found['containerName']}/" if found.get("containerName") else ""
            return f"resource field {prefix}{found['resource']}"
    return "invalid valueFrom"


ACTS: dict[str, Act] = {"setImage": set_image, "setResources": set_resources, "setEnv": set_env}
