"""Server-side apply: a manager's object merged into what is there, with conflicts and the removal of what it no longer names."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from simulator.api.errors import ApiError
from simulator.api.field_sets import OBJECT_META, Path, Paths, Shape, compared, merged, named, path_text, shape_of, without
from simulator.api.managed_fields import NEVER_OWNED, Manager, Managers, Owned, lost, owned
from simulator.golang.text import quoted
from simulator.manifest.schema import fields
from simulator.manifest.validation.errors import go_json
from simulator.objects.base import JSON
from simulator.objects.labels import LAST_APPLIED

KUBECTL = "kubectl"
"""The manager that may take over what `kubectl apply` has applied from the client."""


class Applied(NamedTuple):
    """The result of an apply: the object as it is to be written, and its managers."""

    value: JSON
    managers: Managers


def apply(live: JSON | None, managers: Managers, config: JSON, who: Manager, *, force: bool) -> Applied:
    """Apply `config`, which has passed `check`, to `live`. Raises ApiError (Conflict)."""
    shape = shape_of(config)
    mine = owned(frozenset(named(_without_identity(config), shape)), who.subresource)
    before = managers.get(who, Owned(frozenset())).paths
    kept = {other: has for other, has in managers.items() if other != who}
    value = merged(live or {}, config, shape)
    value = without(value, shape, _released(before, mine, kept))
    changes = compared(live, value, shape)
    taken = owned(changes.added | changes.modified, who.subresource)
    # A scale request does not keep the number of replicas from a later apply, as recorded.
    rivals = {other: has for other, has in kept.items() if other.subresource != "scale"}
    conflicts = [(other, path) for other, has in rivals.items() for path in sorted(has.paths & taken)]
    if conflicts and not force and not _is_takeover(who, live, conflicts):
        raise _conflict(conflicts)
    if who.name == KUBECTL and LAST_APPLIED in ((value.get("metadata") or {}).get("annotations") or {}):
        value = merged(value, {"metadata": {"annotations": {LAST_APPLIED: f"{go_json(config)}\n"}}}, shape)
    after = lost(kept, who, changes, taken)
    if mine:
        after[who] = Owned(mine)
    return Applied(value, after)


def _released(before: Paths, mine: Paths, kept: Managers) -> Paths:
    """What goes from the object: the topmost parts that only this manager has named, and names no longer."""
    others = [has.paths for has in kept.values()]
    needed = {("f:metadata",), *(path[:length] for paths in (mine, *others) for path in paths for length in range(1, len(path) + 1))}
    gone = set[Path]()
    for path in before - mine:
        top = next((path[:length] for length in range(1, len(path) + 1) if path[:length] not in needed), None)
        if top is not None:
            gone.add(top)
    return frozenset(gone)


def _is_takeover(who: Manager, live: JSON | None, conflicts: list[tuple[Manager, Path]]) -> bool:
    """Whether kubectl only takes over what it has applied from the client, as the object's annotation says."""
    text = (((live or {}).get("metadata") or {}).get("annotations") or {}).get(LAST_APPLIED)
    if who.name != KUBECTL or not text:
        return False
    try:
        last = json.loads(text)
    except ValueError:
        return False
    return isinstance(last, dict) and {path for _, path in conflicts} <= frozenset(named(last, shape_of(last)))


def _conflict(conflicts: list[tuple[Manager, Path]]) -> ApiError:
    """The refusal, with a cause for each field."""
    causes = [
        {"reason": "FieldManagerConflict", "message": f"conflict with {_who(manager)}", "field": path_text(path)}
        for manager, path in sorted(conflicts)
    ]
    if len(conflicts) == 1:
        text = f"Apply failed with 1 conflict: {causes[0]['message']}: {causes[0]['field']}"
    else:
        by_manager: dict[str, list[str]] = {}
        for manager, path in sorted(conflicts):
            by_manager.setdefault(_who(manager), []).append(path_text(path))
        parts = [line for who, paths in by_manager.items() for line in (f"conflicts with {who}:", *(f"- {path}" for path in paths))]
        text = f"Apply failed with {len(conflicts)} conflicts: " + "\n".join(parts)
    return ApiError("Conflict", text, {"causes": causes})


def _who(manager: Manager) -> str:
    part = f" with subresource {quoted(manager.subresource)}" if manager.subresource else ""
    return f"{quoted(manager.name)}{part}" + (f" using {manager.api_version}" if manager.operation == "Update" else "")


def _without_identity(config: JSON) -> JSON:
    rest = {name: value for name, value in config.items() if name not in ("apiVersion", "kind")}
    metadata = {name: value for name, value in (config.get("metadata") or {}).items() if name not in NEVER_OWNED}
    return {**rest, "metadata": metadata}


# ---- does the object fit its type


def check(config: JSON) -> None:
    """Refuse an applied object whose fields or values its type does not have. Raises ApiError (an internal error, as in Kubernetes)."""
    wrong = _misfit(config, shape_of(config), ()) or _misfit(config.get("metadata"), OBJECT_META, ("f:metadata",))
    if wrong:
        given = config.get("metadata")
        meta = given if isinstance(given, dict) else {}
        version = str(config["apiVersion"])
        where = f"{meta.get('namespace', '')}/{meta.get('name', '')}; {version}, Kind={config['kind']}"
        raise ApiError("", f"failed to create typed patch object ({where}): {wrong}")


def _misfit(value: Any, shape: Shape, path: Path) -> str:
    """What is wrong with a value; empty when it fits."""
    kind = shape.code.partition(":")[0]
    if value is None or kind in ("?", "*", "R"):
        return ""
    if kind in _EXPECTED:
        types, word = _EXPECTED[kind]
        fits = isinstance(value, types) and not (isinstance(value, bool) and bool not in types)
        return "" if fits else f"{path_text(path)}: expected {word}, got {_word(value)}"
    if kind[:2] == "[]":
        return _list_misfit(value, shape, path)
    if not isinstance(value, dict):
        return f"{path_text(path)}: expected map, got {_word(value)}"
    for name, inner in value.items():
        below = shape.child(name)
        here = (*path, f"f:{name}")
        if below is None:
            return f"{path_text(here)}: field not declared in schema" if fields(shape.code) else ""
        if wrong := _misfit(inner, below, here):
            return wrong
    return ""


def _list_misfit(value: Any, shape: Shape, path: Path) -> str:
    if not isinstance(value, list):
        return f"{path_text(path)}: expected list, got {_word(value)}"
    seen = set[str]()
    for at, item in enumerate(value):
        key = f"i:{at}"
        if shape.sort(value) in ("keyed", "set"):
            if shape.how.type == "map" and not isinstance(item, dict):
                return f"{path_text(path)}: element {at}: associative list with keys may not have non-map elements"
            key = shape.key(item)
            if key in seen:
                return f"{path_text(path)}: duplicate entries for key {path_text((key,))}"
            seen.add(key)
        if wrong := _misfit(item, shape.item, (*path, key)):
            return wrong
    return ""


_NUMBER = (int, float)
_EXPECTED: dict[str, tuple[tuple[type, ...], str]] = {
    "s": ((str,), "string"),
    "T": ((str,), "string"),
    "M": ((str,), "string"),
    "B": ((str,), "string"),
    "i": (_NUMBER, "numeric (int or float)"),
    "l": (_NUMBER, "numeric (int or float)"),
    "f": (_NUMBER, "numeric (int or float)"),
    "b": ((bool,), "boolean"),
    "Q": ((str, *_NUMBER), "string or number"),
    "I": ((str, *_NUMBER), "string or number"),
}


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return {str: "string", int: "int", float: "float", list: "list", dict: "map"}.get(type(value), "null")
