"""Custom resources: what their CustomResourceDefinition says about them, from the objects in the store."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.api import structural
from simulator.journal.reads import Reads
from simulator.manifest.validation.errors import FieldError
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Unstructured, kind_for

DEFINITION = "CustomResourceDefinition"


class Version(NamedTuple):
    """One version of a custom resource, as its definition has it."""

    schema: JSON
    subresources: JSON

    @property
    def parts(self) -> tuple[str, ...]:
        """Its subresources."""
        return tuple(name for name in ("status", "scale") if name in self.subresources)


def version_of(reads: Reads, api_version: str, kind: str) -> Version | None:
    """The definition of a kind in a version; None: it is built in, or not defined."""
    group, _, version = api_version.rpartition("/")
    if kind_for(api_version, kind) is not None or not group:
        return None
    for item in reads.objects(DEFINITION):
        spec: JSON = item.content.get("spec") or {} if isinstance(item, Unstructured) else {}
        if spec.get("group") != group or (spec.get("names") or {}).get("kind") != kind:
            continue
        for row in spec.get("versions") or ():
            if row.get("name") == version:
                return Version((row.get("schema") or {}).get("openAPIV3Schema") or {}, row.get("subresources") or {})
    return None


def decoded(value: JSON, version: Version) -> tuple[JSON, list[str]]:
    """An object of a request without the fields that its schema does not have, which are the second result, and with its defaults."""
    if not version.schema:
        return value, []
    kept, unknown = structural.pruned(value, version.schema)
    return structural.with_defaults(kept, version.schema), unknown


def admitted(item: Any, reads: Reads) -> Any:
    """A new object as it is stored: without a status, if that is a subresource."""
    version = version_of(reads, item.api_version, item.kind)
    whole = completed(item, reads)
    if version is None or "status" not in version.parts:
        return whole
    return evolve(whole, content={name: value for name, value in whole.content.items() if name != "status"})


def completed(item: Any, reads: Reads) -> Any:
    """An object without fields that its schema does not have, and with its defaults."""
    version = version_of(reads, item.api_version, item.kind)
    if version is None or not version.schema:
        return item
    content, _ = structural.pruned(item.content, version.schema)
    return evolve(item, content=structural.with_defaults(content, version.schema))


def errors(item: Any, reads: Reads) -> list[FieldError]:
    """What its schema says is wrong with an object."""
    version = version_of(reads, item.api_version, item.kind)
    if version is None or not version.schema:
        return []
    return list(structural.errors({"apiVersion": item.api_version, "kind": item.kind, "metadata": {}, **item.content}, version.schema))


def established(item: Unstructured, timestamp: str) -> Unstructured:
    """A new definition with what the API server finds out about it: its names are accepted, and it is served."""
    spec: JSON = item.content.get("spec") or {}
    conditions = [
        _condition("NamesAccepted", "NoConflicts", "no conflicts found", timestamp),
        _condition("Established", "InitialNamesAccepted", "the initial names have been accepted", timestamp),
    ]
    stored = [row.get("name") for row in spec.get("versions") or () if row.get("storage")]
    status = {"conditions": conditions, "acceptedNames": spec.get("names") or {}, "storedVersions": stored}
    return evolve(item, content={**item.content, "status": status})


def _condition(kind: str, reason: str, message: str, timestamp: str) -> JSON:
    return {"type": kind, "status": "True", "lastTransitionTime": timestamp, "reason": reason, "message": message}


# ---- scale


def scale_of(item: Unstructured, version: Version) -> JSON:
    """Spec and status of the Scale of an object."""
    paths = version.subresources.get("scale") or {}
    replicas = _at(item.content, paths.get("specReplicasPath", ""))
    selector = _at(item.content, paths.get("labelSelectorPath", ""))
    status = {"replicas": _at(item.content, paths.get("statusReplicasPath", "")) or 0}
    return {"spec": {"replicas": replicas} if replicas else {}, "status": {**status, **({"selector": selector} if selector else {})}}


def rescaled(item: Unstructured, version: Version, replicas: int) -> Unstructured:
    """An object with another number of replicas."""
    path = str((version.subresources.get("scale") or {}).get("specReplicasPath", ""))
    return evolve(item, content=_put(item.content, _names(path), replicas))


def _names(path: str) -> list[str]:
    return [name for name in path.split(".") if name]


def _at(value: Any, path: str) -> Any:
    names = _names(path)
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if names else None


def _put(value: Any, names: list[str], replicas: int) -> Any:
    if not names:
        return replicas
    inner = value if isinstance(value, dict) else {}
    return {**inner, names[0]: _put(inner.get(names[0]), names[1:], replicas)}
