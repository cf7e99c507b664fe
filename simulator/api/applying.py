"""Requests of server-side apply: from an apply patch to a written object and its managers."""

from __future__ import annotations

from typing import Any

from simulator.api import subresources, writes
from simulator.api.decoding import fitted
from simulator.api.errors import ApiError, conflict, details
from simulator.api.managed_fields import Manager, Owned, Writer, current, encoded
from simulator.api.server import ApiServer
from simulator.api.server_apply import Applied, apply, check
from simulator.journal.records import Cause
from simulator.manifest.defaults import defaulted
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Kind, Object, from_builtins, kind_of_key, to_builtins


def checked(config: Any, kind: Kind, key: Key) -> JSON:
    """The object of an apply patch, as it must be; its name may be left to the URL. Raises ApiError (BadRequest)."""
    value: JSON = config if isinstance(config, dict) else {}
    version, name = str(value.get("apiVersion") or ""), str(value.get("kind") or "")
    if (version, name) != (kind.api_version, kind.name):
        group, _, own = version.rpartition("/")
        raise ApiError("BadRequest", f"invalid object type: {group}/{own}, Kind={name}")
    check(value)
    metadata: JSON = value.get("metadata") or {}
    if metadata.get("managedFields"):
        raise ApiError("BadRequest", "metadata.managedFields must be nil")
    whole = {**value, "metadata": {**metadata, "name": metadata.get("name") or key.name}}
    writes.check_name(whole, key)
    return writes.placed(whole, key.namespace)


def written(api: ApiServer, key: Key, config: JSON, writer: Writer, cause: Cause, *, force: bool) -> tuple[Object, bool]:
    """Apply an object, or a part of it; the object, and whether it is new. Raises ApiError."""
    before: Any = api.store.get(key)
    if before is None:
        return _created(api, key, config, writer, cause), True
    writes.check_version(before, config)
    live = to_builtins(before)
    managers = current(api.store.journal, before)
    result = apply(live, managers, _without_version(config), writer.who, force=force)
    after: Any = defaulted(from_builtins(fitted(_placed_in(live, result.value))))
    kept = evolve(after, metadata=evolve(after.metadata, managed_fields=before.metadata.managed_fields))
    same = kept == before or (not writer.who.subresource and _without_status(kept) == _without_status(before))
    after_managers = _timed(result, managers, writer, same=same)
    if same and after_managers == managers:
        return before, False
    entries = encoded(after_managers)
    if writer.who.subresource:
        return subresources.written(api, after, before, writer.who.subresource, cause, entries), False
    return api.edit(evolve(after, metadata=evolve(after.metadata, managed_fields=entries)), cause), False


def _created(api: ApiServer, key: Key, config: JSON, writer: Writer, cause: Cause) -> Object:
    kind = kind_of_key(key)
    if writer.who.subresource:
        raise ApiError("NotFound", f'{kind.resource} "{key.name}" not found', details(key.name, kind.group, kind.plural))
    if uid := config["metadata"].get("uid"):
        raise conflict(key, f"uid mismatch: the provided object specified uid {uid}, and no existing object was found")
    result = apply(None, {}, config, writer.who, force=False)
    entries = encoded(_timed(result, {}, writer, same=False))
    made, _ = writes.created(api, config, cause, entries)
    return made


def _without_version(config: JSON) -> JSON:
    dropped = ("resourceVersion", "uid")
    return {**config, "metadata": {name: value for name, value in config["metadata"].items() if name not in dropped}}


def _placed_in(live: JSON, value: JSON) -> JSON:
    """A merged object with the identity of the one that is there."""
    kept = {name: live["metadata"][name] for name in (*writes.SET_BY_SERVER, "generation") if name in live["metadata"]}
    return {**value, "metadata": {**value["metadata"], **kept, "resourceVersion": ""}}


def _without_status(item: Any) -> Any:
    metadata = evolve(item.metadata, resource_version="")
    return evolve(item, metadata=metadata, **({"status": None} if hasattr(item, "status") else {}))


def _timed(result: Applied, managers: dict[Manager, Owned], writer: Writer, *, same: bool) -> dict[Manager, Owned]:
    """The managers with the time of this request, if it has changed the object, else with the time of the last that did."""
    mine = result.managers.get(writer.who)
    if mine is None:
        return result.managers
    before = managers.get(writer.who)
    return {**result.managers, writer.who: mine._replace(time=writer.time if not same else before.time if before else "")}
