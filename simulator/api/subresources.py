"""The parts of objects that have requests of their own: `status`, `scale`, and what only pods or namespaces have."""

from __future__ import annotations

from typing import Any

from simulator.api.admission_refusal import Invalid
from simulator.api.custom import rescaled as custom_rescaled
from simulator.api.custom import scale_of as custom_scale
from simulator.api.custom import version_of
from simulator.api.errors import ApiError
from simulator.api.managed_fields import Writer, changed_by
from simulator.api.server import ApiServer
from simulator.dialect import Dialect
from simulator.golang.json_errors import kind_word
from simulator.journal.reads import Reads
from simulator.journal.records import Cause
from simulator.manifest.schema import fields, served
from simulator.manifest.validation.errors import invalid
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Kind, Object, Unstructured, to_builtins
from simulator.objects.meta import LabelSelector
from simulator.objects.selector_text import selector_text

SCALABLE = ("Deployment", "ReplicaSet", "StatefulSet", "ReplicationController")
SCALE = Kind("Scale", "autoscaling/v1", "scales")
OF_PODS = ("resize", "ephemeralcontainers")


def subresources(kind: Kind, reads: Reads) -> tuple[str, ...]:
    """The subresources of a kind that hold a part of its objects."""
    version = version_of(reads, kind.api_version, kind.name)
    if version is not None:
        return version.parts
    entry = served(kind.api_version, kind.name)
    own = ("status",) if entry is not None and "status" in fields(entry.type) and kind.name != "Event" else ()
    scale = ("scale",) if kind.name in SCALABLE else ()
    pods = OF_PODS if kind.name == "Pod" else ()
    return (*own, *scale, *pods, *(("finalize",) if kind.name == "Namespace" else ()))


def check(kind: Kind, subresource: str, dialect: Dialect, reads: Reads) -> None:
    """Raise ApiError (NotFound) when objects of that kind have no such part in a release."""
    known = subresource in subresources(kind, reads) and (subresource != "resize" or dialect.resizes_pods)
    if subresource and not known:
        raise ApiError("NotFound", "the server could not find the requested resource", {})


def shown(item: Object, subresource: str, reads: Reads) -> JSON:
    """An object as a request for that part shows it: a Scale, or all of it."""
    return _scale_of(item, reads) if subresource == "scale" else to_builtins(item)


def written(api: ApiServer, new: Any, before: Any, subresource: str, cause: Cause, managers: list[JSON] | None = None) -> Object:
    """Write the part of `new` that belongs to a subresource, with its managedFields. Raises ApiError."""
    if subresource == "status":
        return with_status(api, new, before, cause, managers)
    if subresource == "finalize":
        return api.update(evolve(before, spec=evolve(before.spec, finalizers=new.spec.finalizers)), cause)  # type: ignore[no-any-return]
    if subresource in OF_PODS:
        if managers is not None:
            new = evolve(new, metadata=evolve(new.metadata, managed_fields=managers))
        return api.edit(new, cause, subresource)  # type: ignore[no-any-return]
    raise ApiError("NotFound", "the server could not find the requested resource", {})


def combined(new: Any, before: Any, reads: Reads, subresource: str = "") -> Any:
    """The object that a request makes: of its own object only the part that it is about; without one, all but the status."""
    if subresource not in ("", "status"):
        return new
    item, other = (before, new) if subresource else (new, before)
    if not isinstance(item, Unstructured):
        return evolve(item, status=other.status) if hasattr(item, "status") else item
    if "status" not in subresources(Kind(before.kind, before.api_version, ""), reads):
        return item
    status = {"status": other.content["status"]} if "status" in other.content else {}
    return evolve(item, content={**{name: value for name, value in item.content.items() if name != "status"}, **status})


def with_status(api: ApiServer, new: Any, before: Any, cause: Cause, managers: list[JSON] | None = None) -> Object:
    """Write the status of an object, and nothing else of it."""
    if isinstance(before, Unstructured):
        metadata = before.metadata if managers is None else evolve(before.metadata, managed_fields=managers)
        return api.edit(evolve(combined(new, before, api.store, "status"), metadata=metadata), cause)  # type: ignore[no-any-return]
    return api.update_status(evolve(before, status=new.status, metadata=_marked(before, new)), cause, managers)  # type: ignore[no-any-return]


def _marked(before: Any, new: Any) -> Any:
    """The metadata that the status request of a Deployment changes with its status."""
    return evolve(before.metadata, annotations=new.metadata.annotations, resource_version="")


def rescaled(api: ApiServer, value: JSON, before: Any, cause: Cause, writer: Writer) -> Object:
    """Write the number of replicas of a Scale, which then belongs to its writer. Raises ApiError (Invalid)."""
    spec = value.get("spec") or {}
    replicas = (spec.get("replicas") if isinstance(spec, dict) else spec) or 0
    if not isinstance(replicas, int) or isinstance(replicas, bool):
        where = "Scale.spec.replicas of type int32" if isinstance(spec, dict) else "Scale.spec of type v1.ScaleSpec"
        raise ApiError("BadRequest", f"json: cannot unmarshal {kind_word(replicas)} into Go struct field {where}")
    if replicas < 0:
        wrong = invalid("spec.replicas", replicas, "must be greater than or equal to 0")
        raise Invalid("Scale.autoscaling", before.metadata.name, [wrong], api.dialect)
    version = version_of(api.store, before.api_version, before.kind)
    if version is not None:
        after = custom_rescaled(before, version, replicas)
    else:
        after = evolve(before, spec=evolve(before.spec, replicas=replicas))
    entries = changed_by(after, before, [], writer, api.store.journal)
    metadata = evolve(before.metadata, resource_version="", managed_fields=entries)
    return api.edit(evolve(after, metadata=metadata), cause)


def _scale_of(item: Any, reads: Reads) -> JSON:
    meta = to_builtins(item)["metadata"]
    kept = {name: meta[name] for name in ("name", "namespace", "uid", "resourceVersion", "creationTimestamp") if meta.get(name)}
    version = version_of(reads, item.api_version, item.kind)
    if version is not None:
        return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept, **custom_scale(item, version)}
    spec = {"replicas": item.spec.replicas} if item.spec.replicas else {}
    selector = item.spec.selector
    # That of a ReplicationController is a map of labels.
    chosen = LabelSelector(match_labels=selector) if isinstance(selector, dict) else selector
    text = selector_text(chosen) if chosen else ""
    status = {"replicas": item.status.replicas or 0, **({"selector": text} if text else {})}
    return {"kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": kept, "spec": spec, "status": status}
