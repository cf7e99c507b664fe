"""The three-way patch of `kubectl apply`: last applied, desired, current (apimachinery/pkg/util/strategicpatch). Pure.

The patch that kubectl sends decides whether an object is `configured` or `unchanged`, and it is printed when the API server refuses it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.api.patch import MERGE_KEYS, SETS, has_key, merge, strategic
from simulator.manifest.schema import served
from simulator.manifest.validation.errors import go_json
from simulator.objects.base import JSON
from simulator.objects.labels import LAST_APPLIED

KEEPS_NAMED_KEYS = ("strategy", "volumes", "resourceClaims")
"""Fields of which the patch says which keys are to stay (patchStrategy retainKeys)."""
REPLACED_WHOLE = ("selector",)
"""Of a PodDisruptionBudget: never merged (patchStrategy replace)."""
ALWAYS_THERE = ("resources", "strategy", "updateStrategy", "status", "spec", "metadata", "podSelector")
"""Structs that the API server shows even when they are empty, where we leave them out (as `type: ""` of a hostPath)."""


class _Way(NamedTuple):
    """What a comparison collects: additions and changes, or removals. `custom`: a custom resource, whose lists have no merge keys."""

    changes: bool
    whole: tuple[str, ...]
    custom: bool


def applied(current: JSON, last: JSON | None, desired: JSON) -> JSON:
    """`current` without what was applied before and is no longer in `desired`, and with everything in `desired`."""
    return merged(current, three_way(last, desired, current))


def merged(current: JSON, patch: JSON) -> JSON:
    """`current` with kubectl's patch, but for the annotation that kubectl keeps for itself and the status."""
    metadata = patch.get("metadata") or {}
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    inside = {**rest, **({"annotations": annotations} if annotations else {})}
    change = {key: value for key, value in patch.items() if key not in ("status", "metadata")}
    way = merge if _is_custom(current) else strategic
    result: JSON = way(current, {**change, **({"metadata": inside} if inside else {})})
    return result


def _is_custom(value: JSON) -> bool:
    """Whether kubectl does not know the kind: it then sends a plain merge patch."""
    version, kind = str(value.get("apiVersion", "")), str(value.get("kind", ""))
    return bool(version and kind) and served(version, kind) is None


def three_way(last: JSON | None, desired: JSON, current: JSON) -> JSON:
    """The patch that makes `current` what is desired and removes what was applied before and is no longer; empty when nothing changes."""
    whole = REPLACED_WHOLE if desired.get("kind") == "PodDisruptionBudget" else ()
    gone, changed = (_Way(changes, whole, _is_custom(desired)) for changes in (False, True))
    before = _remembering(last) if last is not None else {}
    after, there = _remembering(desired), current if last is None else _with_annotation(current, last_applied_text(last))
    patch: JSON = _joined(_differences(before, after, gone), _differences(there, after, changed))
    return patch


def last_applied_text(value: JSON) -> str:
    """The annotation that kubectl writes: the applied object, with an `annotations` field even when it is empty."""
    metadata = value.get("metadata") or {}
    return go_json({**value, "metadata": {**metadata, "annotations": metadata.get("annotations") or {}}}) + "\n"


def _remembering(value: JSON) -> JSON:
    return _with_annotation(value, last_applied_text(value))


def _with_annotation(value: JSON, text: str) -> JSON:
    metadata = value.get("metadata") or {}
    return {**value, "metadata": {**metadata, "annotations": {**(metadata.get("annotations") or {}), LAST_APPLIED: text}}}


# ---- two states


def _differences(before: JSON, after: JSON, way: _Way, *, retain: bool = False) -> JSON:
    patch: JSON = {}
    for key, value in after.items():
        if key not in before:
            if way.changes and not _shown_by_server(key, value, before):
                patch[key] = value
        elif isinstance(value, dict) and isinstance(before[key], dict):
            inner = _differences(before[key], value, way, retain=key in KEEPS_NAMED_KEYS and not way.custom)
            if key in way.whole:
                inner = value if way.changes else {}
            patch |= {key: inner} if inner else {}
        elif isinstance(value, list) and isinstance(before[key], list):
            patch |= _list_differences(key, before[key], value, way)
        elif way.changes and value != before[key]:
            patch[key] = value
    if not way.changes:
        patch |= {key: None for key in before if key not in after}
    if retain and (patch or any(key not in before for key in after)):
        patch["$retainKeys"] = sorted(key for key, value in after.items() if value is not None)
    return patch


def _shown_by_server(key: str, value: Any, before: JSON) -> bool:
    """Whether the API server would show a field with this value where our object leaves it out, so that it is no change."""
    if key == "serviceAccount":
        return bool(before.get("serviceAccountName") == value)
    return (value == {} and key in ALWAYS_THERE) or (value == "" and key == "type")


def _list_differences(field: str, before: list[Any], after: list[Any], way: _Way) -> JSON:
    if way.custom:
        return {field: after} if way.changes and before != after else {}
    both = [*before, *after]
    key = next((name for name in MERGE_KEYS.get(field, ()) if both and all(has_key(item, name) for item in both)), None)
    if key is None:
        return _plain_list_differences(field, before, after, way)
    if not before:
        return {field: after} if way.changes else {}
    old, new = ({item[key]: item for item in items} for items in (before, after))
    patches = []
    for name, item in new.items():
        if name not in old:
            patches += [item] if way.changes else []
        elif inner := _differences(old[name], item, way, retain=field in KEEPS_NAMED_KEYS):
            patches.append({**inner, key: name})
    if not way.changes:
        patches += [{"$patch": "delete", key: name} for name in sorted(old, key=str) if name not in new]
    reordered = way.changes and [item[key] for item in before] != [item[key] for item in after]
    order = {f"$setElementOrder/{field}": [{key: item[key]} for item in after]} if patches or reordered else {}
    return {**({field: patches} if patches else {}), **order}


def _plain_list_differences(field: str, before: list[Any], after: list[Any], way: _Way) -> JSON:
    if field not in SETS or not before:
        return {field: after} if way.changes and before != after else {}
    if way.changes:
        added = sorted(item for item in after if item not in before)
        return {**({field: added} if added else {}), **({f"$setElementOrder/{field}": after} if before != after else {})}
    gone = sorted(item for item in before if item not in after)
    return {f"$deleteFromPrimitiveList/{field}": gone, f"$setElementOrder/{field}": after} if gone else {}


# ---- both in one


def _joined(gone: Any, changed: Any, field: str = "") -> Any:
    """Removals and changes as one patch; list items with the same key are joined."""
    if isinstance(gone, dict):  # then `changed` is one, too
        both = dict(gone)
        for key, value in changed.items():
            both[key] = _joined(gone[key], value, key) if key in gone else value
        return both
    key = next((name for name in MERGE_KEYS.get(field, ()) if _keyed(gone, name) and _keyed(changed, name)), None)
    if key is None or field.startswith("$"):
        return changed
    items = {item[key]: item for item in gone}
    named = {item[key]: _joined(items[item[key]], item) if item[key] in items else item for item in changed}
    return [*({**{name: item for name, item in items.items() if "$patch" not in item}, **named}).values(), *_deletions(gone)]


def _keyed(items: Any, name: str) -> bool:
    return isinstance(items, list) and all(has_key(item, name) for item in items)


def _deletions(items: list[JSON]) -> list[JSON]:
    return [item for item in items if "$patch" in item]
