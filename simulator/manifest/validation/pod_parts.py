"""What requests for the parts `resize` and `ephemeralcontainers` of pods may change (ValidatePodResize and its neighbour)."""

from __future__ import annotations

from typing import Any

from simulator.dialect import Dialect
from simulator.manifest.qos import qos_class
from simulator.manifest.quantities import parse
from simulator.manifest.validation.errors import Errors, forbidden, invalid
from simulator.manifest.validation.pod import pod_in_itself
from simulator.objects.base import JSON
from simulator.objects.kinds import from_builtins

RESIZE, EPHEMERAL = "resize", "ephemeralcontainers"
RESIZABLE = ("cpu", "memory")


def part_errors(part: str, new: JSON, old: JSON, dialect: Dialect) -> Errors:
    """The complaints about a request for one part of a pod; `new` has only the changes that such a request can make."""
    yield from pod_in_itself(new, dialect)
    if part == EPHEMERAL:
        yield from _kept_containers(new.get("spec") or {}, old.get("spec") or {})
    else:
        yield from _resized(new, old, dialect)


def _resized(new: JSON, old: JSON, dialect: Dialect) -> Errors:
    after, before, status = new.get("spec") or {}, old.get("spec") or {}, old.get("status") or {}
    if before.get("resources"):
        yield forbidden("", "pods with pod-level resources cannot be resized")
        return
    if _qos(after) != (had := status.get("qosClass") or _qos(before)):
        yield invalid("spec", had, "Pod QOS Class may not change as a result of resizing")
    running = next((one for one in status.get("containerStatuses") or [] if "running" in (one.get("state") or {})), None)
    if running is not None and "resources" not in running:
        yield forbidden("spec", "Pod running on node without support for resize")
    if wrong := list(_reordered(after, before)):
        yield from wrong
        return
    for group in ("initContainers", "containers"):
        for index, (item, was) in enumerate(zip(after.get(group) or [], before.get(group) or [], strict=True)):
            path = f"spec.{group}[{index}]"
            if group == "containers" or was.get("restartPolicy") == "Always":
                yield from _resources(item, was, f"{path}.resources", dialect)
                if _fixed(item) != _fixed(was):
                    sidecars = " for sidecar containers" if group == "initContainers" else ""
                    yield forbidden(path if sidecars else "spec", f"only cpu and memory resources{sidecars} are mutable")
            elif item != was:
                yield forbidden("spec", "resources for non-sidecar init containers are immutable")


def _qos(spec: JSON) -> str:
    pod: Any = from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": spec})
    return qos_class(pod.spec)


def _reordered(new: JSON, old: JSON) -> Errors:
    for group in ("containers", "initContainers"):
        after, before = new.get(group) or [], old.get(group) or []
        if len(after) != len(before):
            yield forbidden(f"spec.{group}", f"{group} may not be added or removed on resize")
            continue
        for index, (item, was) in enumerate(zip(after, before, strict=True)):
            if item.get("name") != was.get("name"):
                yield forbidden(f"spec.{group}[{index}].name", f"{group} may not be renamed or reordered on resize")


def _resources(new: JSON, old: JSON, path: str, dialect: Dialect) -> Errors:
    """Nothing can be removed; in 1.33, a memory limit can only become smaller when that restarts the container."""
    after, before = new.get("resources") or {}, old.get("resources") or {}
    for part in ("requests", "limits"):
        if set(before.get(part) or {}) - set(after.get(part) or {}):
            yield forbidden(f"{path}.{part}", f"resource {part} cannot be removed")
    policies = {item.get("resourceName"): item.get("restartPolicy") for item in new.get("resizePolicy") or []}
    limit, had = (after.get("limits") or {}).get("memory"), (before.get("limits") or {}).get("memory")
    if dialect.memory_limits_may_shrink_in_place or policies.get("memory") == "RestartContainer" or limit is None:
        return
    if had is None or parse(str(limit))[0] < parse(str(had))[0]:
        change = "added" if had is None else "decreased"
        yield forbidden(f"{path}.limits[memory]", f"memory limits cannot be {change} unless resizePolicy is RestartContainer")


def _fixed(item: JSON) -> JSON:
    """A container without what a resize may change."""
    resources = {
        part: {name: text for name, text in (amounts or {}).items() if name not in RESIZABLE} if part != "claims" else amounts
        for part, amounts in (item.get("resources") or {}).items()
    }
    return {**item, "resources": {part: amounts for part, amounts in resources.items() if amounts}}


def _kept_containers(new: JSON, old: JSON) -> Errors:
    """Ephemeral containers can only be added."""
    path, after = "spec.ephemeralContainers", {item.get("name"): item for item in new.get("ephemeralContainers") or []}
    for was in old.get("ephemeralContainers") or []:
        name = was.get("name")
        if name not in after:
            yield forbidden(path, f'existing ephemeral containers "{name}" may not be removed\n')
        elif after[name] != was:
            yield forbidden(path, f'existing ephemeral containers "{name}" may not be changed\n')
