"""The three-way patch of `kubectl apply`: last applied, desired, current (apimachinery/pkg/util/strategicpatch). Pure.

The patch that kubectl sends decides whether an object is `configured` or `unchanged`, and it is printed when the API server refuses it.
"""

from __future__ import annotations

from typing import Any

from simulator.api.field_sets import ANY, UNTYPED, Shape, shape_of
from simulator.api.patch import below, has_key, is_set, merge, strategic
from simulator.manifest.validation.errors import go_json
from simulator.objects.base import JSON
from simulator.objects.labels import LAST_APPLIED

ALWAYS_THERE = ("resources", "strategy", "updateStrategy", "status", "spec", "metadata", "podSelector")
"""Structs that the API server shows even when they are empty, where we leave them out (as `type: ""` of a hostPath)."""


def applied(current: JSON, last: JSON | None, desired: JSON, shape: Shape | None = None) -> JSON:
    """`current` without what was applied before and is no longer in `desired`, and with everything in `desired`.

    `shape`: the type, if the values are parts of objects.
    """
    return merged(current, three_way(last, desired, current, shape), shape)


def merged(current: JSON, patch: JSON, shape: Shape | None = None) -> JSON:
    """`current` with kubectl's patch, but for the annotation that kubectl keeps for itself and the status."""
    metadata = patch.get("metadata") or {}
    annotations = {key: value for key, value in (metadata.get("annotations") or {}).items() if key != LAST_APPLIED}
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    inside = {**rest, **({"annotations": annotations} if annotations else {})}
    change = {key: value for key, value in patch.items() if key not in ("status", "metadata")}
    whole = {**change, **({"metadata": inside} if inside else {})}
    known = shape or shape_of(current)
    # Of a custom resource kubectl does not know the type, and sends a plain merge patch.
    result: JSON = merge(current, whole) if known.code == UNTYPED else strategic(current, whole, known)
    return result


def three_way(last: JSON | None, desired: JSON, current: JSON, shape: Shape | None = None) -> JSON:
    """The patch that makes `current` what is desired and removes what was applied before and is no longer; empty when nothing changes."""
    known = shape or shape_of(desired)
    before = _remembering(last) if last is not None else {}
    after, there = _remembering(desired), current if last is None else _with_annotation(current, last_applied_text(last))
    removals, additions = _differences(before, after, known, changes=False), _differences(there, after, known, changes=True)
    patch: JSON = _joined(removals, additions, known)
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


def _differences(before: JSON, after: JSON, shape: Shape, *, changes: bool) -> JSON:
    """Additions and changes of fields, or removals."""
    patch: JSON = {}
    for key, value in after.items():
        here = below(shape, key)
        if key not in before:
            if changes and not _shown_by_server(key, value, before):
                patch[key] = value
        elif isinstance(value, dict) and isinstance(before[key], dict):
            inner = _differences(before[key], value, here, changes=changes)
            if here.how.strategy == "replace":
                inner = value if changes else {}
            patch |= {key: inner} if inner else {}
        elif isinstance(value, list) and isinstance(before[key], list):
            patch |= _list_differences(key, before[key], value, here, changes=changes)
        elif changes and value != before[key]:
            patch[key] = value
    if not changes:
        patch |= {key: None for key in before if key not in after}
    if "retainKeys" in shape.how.strategy and (patch or any(key not in before for key in after)):
        patch["$retainKeys"] = sorted(key for key, value in after.items() if value is not None)
    return patch


def _shown_by_server(key: str, value: Any, before: JSON) -> bool:
    """Whether the API server would show a field with this value where our object leaves it out, so that it is no change."""
    if key == "serviceAccount":
        return bool(before.get("serviceAccountName") == value)
    return (value == {} and key in ALWAYS_THERE) or (value == "" and key == "type")


def _list_differences(field: str, before: list[Any], after: list[Any], shape: Shape, *, changes: bool) -> JSON:
    key = shape.how.key
    if not key or not (before or after) or not all(has_key(item, key) for item in (*before, *after)):
        return _plain_list_differences(field, before, after, shape, changes=changes)
    if not before:
        return {field: after} if changes else {}
    old, new = ({item[key]: item for item in items} for items in (before, after))
    each = shape.item._replace(how=shape.how)  # items keep the keys of the list's strategy
    patches = []
    for name, item in new.items():
        if name not in old:
            patches += [item] if changes else []
        elif inner := _differences(old[name], item, each, changes=changes):
            patches.append({**inner, key: name})
    if not changes:
        patches += [{"$patch": "delete", key: name} for name in sorted(old, key=str) if name not in new]
    reordered = changes and [item[key] for item in before] != [item[key] for item in after]
    order = {f"$setElementOrder/{field}": [{key: item[key]} for item in after]} if patches or reordered else {}
    return {**({field: patches} if patches else {}), **order}


def _plain_list_differences(field: str, before: list[Any], after: list[Any], shape: Shape, *, changes: bool) -> JSON:
    if not is_set(shape) or not before:
        return {field: after} if changes and before != after else {}
    if changes:
        added = sorted(item for item in after if item not in before)
        return {**({field: added} if added else {}), **({f"$setElementOrder/{field}": after} if before != after else {})}
    gone = sorted(item for item in before if item not in after)
    return {f"$deleteFromPrimitiveList/{field}": gone, f"$setElementOrder/{field}": after} if gone else {}


# ---- both in one


def _joined(gone: Any, changed: Any, shape: Shape) -> Any:
    """Removals and changes as one patch; list items with the same key are joined."""
    if isinstance(gone, dict):  # then `changed` is one, too
        both = dict(gone)
        for key, value in changed.items():
            both[key] = _joined(gone[key], value, ANY if key.startswith("$") else below(shape, key)) if key in gone else value
        return both
    key = shape.how.key
    if not key or not _keyed(gone, key) or not _keyed(changed, key):
        return changed
    items = {item[key]: item for item in gone}
    named = {item[key]: _joined(items[item[key]], item, shape.item) if item[key] in items else item for item in changed}
    return [*({**{name: item for name, item in items.items() if "$patch" not in item}, **named}).values(), *_deletions(gone)]


def _keyed(items: Any, name: str) -> bool:
    return isinstance(items, list) and all(has_key(item, name) for item in items)


def _deletions(items: list[JSON]) -> list[JSON]:
    return [item for item in items if "$patch" in item]
