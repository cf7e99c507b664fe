"""Decoded objects of requests, written: what requests may not change, and who owns which fields. kubectl's verbs and HTTP end here."""

from __future__ import annotations

from typing import Any

from simulator.api import subresources
from simulator.api.decoding import fitted
from simulator.api.errors import ApiError, conflict, details_of
from simulator.api.managed_fields import Writer, changed_by, created_by
from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.manifest.defaults import defaulted
from simulator.manifest.warnings import update_warnings, warnings
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, from_builtins, key_of, to_builtins

SET_BY_SERVER = ("uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields")
"""Fields of the metadata that requests cannot change."""
DIFFERENT_NAMESPACE = "the namespace of the provided object does not match the namespace sent on the request"


def created(api: ApiServer, data: JSON, cause: Cause = NO_CAUSE, owner: Writer | list[JSON] | None = None) -> tuple[Object, list[str]]:
    """Store a new object; the object and the server's warnings. `owner`: who makes it, or its managedFields. Raises ApiError."""
    metadata: JSON = data.get("metadata") or {}
    if str(metadata.get("resourceVersion", "")).strip("0").isdigit():
        raise ApiError("", "resourceVersion should not be set on objects to be created")
    kept = {name: value for name, value in metadata.items() if name not in (*SET_BY_SERVER, "resourceVersion")}
    item: Any = from_builtins(fitted({**data, "metadata": kept}))
    if isinstance(owner, Writer):
        item = created_by(defaulted(item), owner)
    elif owner is not None:
        item = evolve(item, metadata=evolve(item.metadata, managed_fields=owner))
    made: Object = api.create(item, cause)
    return made, warnings(made)


def changed(
    api: ApiServer, before: Any, data: JSON, cause: Cause = NO_CAUSE, subresource: str = "", writer: Writer | None = None
) -> tuple[Object, list[str]]:
    """Put a changed object in the place of `before`, but for its status; or only the part of a subresource. Raises ApiError.

    `writer`: who changes it, for its managedFields.
    """
    check_version(before, data)
    present: JSON = to_builtins(before)["metadata"]
    given: JSON = data.get("metadata") or {}
    kept = {name: value for name, value in given.items() if name not in (*SET_BY_SERVER, "resourceVersion", "generation")}
    system = {name: present[name] for name in (*SET_BY_SERVER, "generation") if name in present}
    after: Any = from_builtins(fitted({**data, "metadata": {**kept, **system}}))
    entries: list[JSON] | None = None
    if writer is not None:
        whole = subresources.combined(after, before, api.store, subresource)
        entries = changed_by(defaulted(whole), before, given.get("managedFields") or [], writer, api.store.journal)
    if subresource:
        return subresources.written(api, after, before, subresource, cause, entries), []
    after = subresources.combined(after, before, api.store)
    if entries is not None:
        after = evolve(after, metadata=evolve(after.metadata, managed_fields=entries))
    written: Object = api.edit(after, cause)
    return written, update_warnings(written, before)


def check_version(before: Any, data: JSON) -> None:
    """Refuse a change of another object than the one that is there, or of an older version. Raises ApiError (Conflict)."""
    key, meta = key_of(before), before.metadata
    given: JSON = data.get("metadata") or {}
    if given.get("uid") and given["uid"] != meta.uid:
        where = f"/registry/{details_of(key)['kind']}/{f'{key.namespace}/' if key.namespace else ''}{key.name}"
        uids = f"Precondition failed: UID in precondition: {given['uid']}, UID in object meta: {meta.uid}"
        raise conflict(key, f"StorageError: invalid object, Code: 4, Key: {where}, ResourceVersion: 0, AdditionalErrorMsg: {uids}")
    if given.get("resourceVersion") and given["resourceVersion"] != meta.resource_version:
        raise conflict(key)


def placed(value: JSON, namespace: str) -> JSON:
    """An object in the namespace of its request. Raises ApiError (BadRequest)."""
    metadata: JSON = value.get("metadata") or {}
    own = metadata.get("namespace") or ""
    if namespace and own and own != namespace:
        raise ApiError("BadRequest", DIFFERENT_NAMESPACE)
    rest = {name: item for name, item in metadata.items() if name != "namespace"}
    return {**value, "metadata": {**rest, **({"namespace": namespace} if namespace else {})}}


def check_name(value: JSON, key: Key) -> None:
    """Refuse an object of another name than that of its request. Raises ApiError (BadRequest)."""
    name = (value.get("metadata") or {}).get("name") or ""
    if not name:
        raise ApiError("BadRequest", f"the name of the object ({key.name} based on URL) was undeterminable: name must be provided")
    if name != key.name:
        raise ApiError("BadRequest", f"the name of the object ({name}) does not match the name on the URL ({key.name})")
