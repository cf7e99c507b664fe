"""Who owns which fields of an object: metadata.managedFields, kept by requests, and completed from the journal when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from simulator.api.field_sets import Changes, Path, Paths, compared, from_fields_v1, shape_of, to_fields_v1
from simulator.journal.journal import Journal
from simulator.journal.records import Write
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object, key_of, to_builtins
from simulator.units import format_time, parse_time

NEVER_OWNED = ("name", "namespace", "creationTimestamp", "selfLink", "uid", "generation", "managedFields", "resourceVersion")
"""Fields of the metadata that belong to the server."""
CONTROLLERS, KUBELET, USERS = "kube-controller-manager", "kubelet", "kubectl-client-side-apply"
BY_USER = "USR"
"""How the rules begin that users' commands and manifests follow."""


class Manager(NamedTuple):
    """Who changes objects: a name, `Apply` or `Update`, the version of the API, and the part of objects."""

    name: str
    operation: str
    api_version: str
    subresource: str = ""


class Owned(NamedTuple):
    """The fields of one manager, and when it last changed the object; empty: it never did."""

    paths: Paths
    time: str = ""


Managers = dict[Manager, Owned]


def decoded(entries: list[JSON]) -> Managers:
    """Managers as managedFields lists them."""
    result: Managers = {}
    for entry in entries:
        who = Manager(*(str(entry.get(name) or "") for name in ("manager", "operation", "apiVersion", "subresource")))
        result[who] = Owned(frozenset(from_fields_v1(entry.get("fieldsV1") or {})), str(entry.get("time") or ""))
    return result


def encoded(managers: Managers) -> list[JSON]:
    """The managedFields of an object: by operation, time and name."""
    rows = sorted(managers.items(), key=lambda row: (row[0].operation, row[1].time, row[0].name, row[0].api_version, row[0].subresource))
    return [
        {
            "manager": who.name,
            "operation": who.operation,
            "apiVersion": who.api_version,
            **({"time": owned.time} if owned.time else {}),
            "fieldsType": "FieldsV1",
            "fieldsV1": to_fields_v1(owned.paths),
            **({"subresource": who.subresource} if who.subresource else {}),
        }
        for who, owned in rows
    ]


def owned(paths: Paths, subresource: str = "") -> Paths:
    """The fields of a request that can be owned: what the server sets, and what belongs to another part, cannot."""
    return frozenset(path for path in paths if not _is_left_out(path, subresource))


def _is_left_out(path: Path, subresource: str) -> bool:
    if path[0] in ("f:apiVersion", "f:kind") or path == ("f:metadata",):
        return True
    if path[0] == "f:metadata":
        return path[1].removeprefix("f:") in NEVER_OWNED
    return (path[0] == "f:status") != (subresource == "status") and path[0] in ("f:status", "f:spec")


def updated(managers: Managers, who: Manager, before: JSON | None, after: JSON, time: str) -> Managers:
    """The managers after an update: `who` owns what it changed, and others no longer own it."""
    changes = compared(None if before is None else _bare(before), _bare(after), shape_of(after))
    taken = owned(changes.added | changes.modified, who.subresource)
    result = lost(managers, who, changes, taken)
    present = managers.get(who, Owned(frozenset()))
    paths = (present.paths | taken) - changes.removed
    if paths:
        result[who] = Owned(paths, time if taken or changes.removed & present.paths or not present.time else present.time)
    else:
        result.pop(who, None)
    return result


def lost(managers: Managers, who: Manager, changes: Changes, taken: Paths) -> Managers:
    """The managers without what `who` has taken from the others and what is gone."""
    result: Managers = {}
    for other, has in managers.items():
        paths = has.paths - changes.removed - (taken if other != who else frozenset())
        if paths:
            result[other] = has._replace(paths=paths)
    return result


def _bare(item: JSON) -> JSON:
    metadata = item.get("metadata") or {}
    return {**item, "metadata": {name: value for name, value in metadata.items() if name not in NEVER_OWNED}}


# ---- from the journal


class _Known(NamedTuple):
    """The managers after a write of an object: its revision, the managedFields that it stored, and its object."""

    managers: Managers
    revision: int
    stored: list[JSON]
    last: JSON


KNOWN = 2000
"""The number of objects of a run whose managers are remembered: a thousand pods and what is about them."""
_KNOWN: WeakKeyDictionary[Journal, dict[Key, _Known]] = WeakKeyDictionary()
"""By journal and object, the one asked for longest ago first: each write of a long history is compared once, not at every later one."""


def current(journal: Journal, item: Object) -> Managers:
    """The managers of a stored object: those that requests have kept, and components since."""
    key, memo = key_of(item), _KNOWN.setdefault(journal, {})
    known = memo.pop(key, None)
    writes = journal.writes_since(key, known.revision if known is not None else 0)
    start = parse_time(journal.header.start_time)
    for write in writes[_first_that_counts(writes, known) :]:
        known = _after(known, write, format_time(start + write.t))
    if known is None:
        return {}
    memo[key] = known
    if len(memo) > KNOWN:
        del memo[next(iter(memo))]
    return known.managers


def _first_that_counts(writes: Sequence[Write], known: _Known | None) -> int:
    """The last write that begins with managers of its own; 0: none does."""
    return next((at for at in reversed(range(len(writes))) if _begins(writes[at], writes[at - 1] if at else known)), 0)


def _begins(write: Write, before: Write | _Known | None) -> bool:
    """Whether a write makes the object, or comes with managers of its own."""
    stored = before.item.metadata.managed_fields if isinstance(before, Write) else before.stored if before else []
    own = write.item.metadata.managed_fields
    return write.type == "ADDED" or bool(own and own != stored)


def _after(known: _Known | None, write: Write, time: str) -> _Known:
    """The managers after one more write."""
    own, after = write.item.metadata.managed_fields, to_builtins(write.item)
    if own and _begins(write, known):
        return _Known(decoded(own), write.revision, own, after)
    if known is None or write.type == "ADDED":
        managers = updated({}, _component(write, None, after), None, after, time)
    else:
        managers = updated(known.managers, _component(write, known.last, after), known.last, after, time)
    return _Known(managers, write.revision, own, after)


def _component(write: Write, before: JSON | None, after: JSON) -> Manager:
    """Who made a write that came with no request: users' commands and manifests, the kubelet, or a controller."""
    version = str(after.get("apiVersion"))
    by_user = write.cause.rule.startswith(BY_USER) or (before is None and not write.item.metadata.owner_references)
    if before is None or by_user:
        return Manager(USERS if by_user else CONTROLLERS, "Update", version)
    if before.get("spec") != after.get("spec") or before.get("status") == after.get("status"):
        return Manager(CONTROLLERS, "Update", version)
    return Manager(KUBELET if write.item.kind in ("Pod", "Node") else CONTROLLERS, "Update", version, "status")


# ---- objects as requests write them


class Writer(NamedTuple):
    """Who makes a request, and when."""

    who: Manager
    time: str


def created_by(item: Any, writer: Writer) -> Any:
    """A new object, which its maker owns."""
    entries = encoded(updated({}, writer.who, None, to_builtins(item), writer.time))
    return evolve(item, metadata=evolve(item.metadata, managed_fields=entries))


def changed_by(item: Any, before: Any, given: list[JSON], writer: Writer, journal: Journal) -> list[JSON]:
    """The managedFields of a changed object. `given`: those that the request has; none: those of the object that is there.

    An object that does not change keeps what is stored of its managers.
    """
    stored: list[JSON] = before.metadata.managed_fields
    present = current(journal, before)
    base = decoded([entry for entry in given if entry.get("manager")]) or present
    managers = updated(base, writer.who, to_builtins(before), to_builtins(item), writer.time)
    kept = evolve(item, metadata=evolve(item.metadata, managed_fields=stored))
    return stored if managers == present and kept == before else encoded(managers)
