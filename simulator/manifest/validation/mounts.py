"""Rules for volume mounts and raw devices of a container (pkg/apis/core/validation)."""

from __future__ import annotations

from simulator.manifest.validation.environment import no_steps_back
from simulator.manifest.validation.errors import Errors, forbidden, invalid, not_found, required, unsupported
from simulator.manifest.validation.meta import each
from simulator.objects.base import JSON

PROPAGATIONS = ("Bidirectional", "HostToContainer", "None")
RECURSIVE = ("Disabled", "Enabled", "IfPossible")


def mounts(container: JSON, volumes: dict[str, JSON], path: str) -> Errors:
    """`volumeMounts`: each refers to a volume of the pod and has a unique path."""
    devices_here = {item.get("name", ""): item.get("devicePath", "") for item in container.get("volumeDevices") or []}
    seen: set[str] = set()
    for index, item in enumerate(container.get("volumeMounts") or []):
        here, name, place = f"{path}[{index}]", item.get("name", ""), item.get("mountPath", "")
        if not name:
            yield required(f"{here}.name")
        if name not in volumes:
            yield not_found(f"{here}.name", name)
        if not place:
            yield required(f"{here}.mountPath")
        if place in seen:
            yield invalid(f"{here}.mountPath", place, "must be unique")
        seen.add(place)
        if name in devices_here:
            yield invalid(f"{here}.name", name, "must not already exist in volumeDevices")
        if place in devices_here.values():
            yield invalid(f"{here}.mountPath", place, "must not already exist as a path in volumeDevices")
        # The API server leaves the index out of the following paths.
        yield from _sub_paths(item, path, here)
        yield from _propagation(item.get("mountPropagation"), container, f"{path}.mountPropagation")
        yield from _recursive(item, f"{path}.recursiveReadOnly")


def _sub_paths(item: JSON, path: str, here: str) -> Errors:
    plain, expression = item.get("subPath", ""), item.get("subPathExpr", "")
    yield from each(f"{path}.subPath", plain, below(plain))
    if expression and plain:
        yield invalid(f"{here}.subPathExpr", expression, "subPathExpr and subPath are mutually exclusive")
    yield from each(f"{path}.subPathExpr", expression, below(expression))


def below(text: str) -> list[str]:
    """A relative path that does not leave its directory."""
    return [*(["must be a relative path"] if text.startswith("/") else []), *no_steps_back(text)]


def file_below(text: str) -> list[str]:
    """As `below`, for files that the kubelet writes: names that begin with two dots are reserved."""
    return [*below(text), *(["must not start with '..'"] if text.startswith("..") and not text.startswith("../") else [])]


def _propagation(value: str | None, container: JSON, path: str) -> Errors:
    if value is None:
        return
    if value not in PROPAGATIONS:
        yield unsupported(path, value, PROPAGATIONS)
    if value == "Bidirectional" and not (container.get("securityContext") or {}).get("privileged"):
        yield forbidden(path, "Bidirectional mount propagation is available only to privileged containers")


def _recursive(item: JSON, path: str) -> Errors:
    value = item.get("recursiveReadOnly")
    if value in (None, "Disabled"):
        return
    if value not in RECURSIVE:
        yield unsupported(path, value, RECURSIVE)
        return
    if not item.get("readOnly"):
        yield forbidden(path, "may only be specified when readOnly is true")
    if item.get("mountPropagation", "None") != "None":
        yield forbidden(path, "may only be specified when mountPropagation is None or not specified")


def devices(container: JSON, volumes: dict[str, JSON], path: str) -> Errors:
    """`volumeDevices`: claims as raw block devices."""
    mounted = {item.get("name", ""): item.get("mountPath", "") for item in container.get("volumeMounts") or []}
    seen_names: set[str] = set()
    seen_places: set[str] = set()
    for index, item in enumerate(container.get("volumeDevices") or []):
        here, name, place = f"{path}[{index}]", item.get("name", ""), item.get("devicePath", "")
        if not name:
            yield required(f"{here}.name")
        if name in seen_names:
            yield invalid(f"{here}.name", name, "must be unique")
        if name not in volumes:
            yield not_found(f"{here}.name", name)
        elif not {"persistentVolumeClaim", "ephemeral"} & set(volumes[name]):
            yield invalid(f"{here}.name", name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")
        yield from _device_path(place, seen_places, f"{here}.devicePath")
        if name in mounted:
            yield invalid(f"{here}.name", name, "must not already exist in volumeMounts")
        if place in mounted.values():
            yield invalid(f"{here}.devicePath", place, "must not already exist as a path in volumeMounts")
        if name:
            seen_names.add(name)


def _device_path(place: str, seen: set[str], path: str) -> Errors:
    if not place:
        yield required(path)
    if place in seen:
        yield invalid(path, place, "must be unique")
    if no_steps_back(place):
        yield invalid(path, place, "can not contain backsteps ('..')")
    else:
        seen.add(place)
