"""`kubectl apply`, three ways: what was applied last, what is wanted now, what is there. Pure."""

from __future__ import annotations

from typing import Any

from simulator.api.patch import MERGE_KEYS, has_key, strategic

LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def applied(current: Any, last: Any, wanted: Any) -> Any:
    """`current` without what was applied once and is no longer wanted, and with everything that is wanted."""
    return strategic(strategic(current, _removed(last, wanted)), wanted)


def _removed(last: Any, wanted: Any) -> dict[str, Any]:
    """A strategic merge patch that takes away the fields of `last` that `wanted` no longer has."""
    patch: dict[str, Any] = {}
    if not isinstance(last, dict) or not isinstance(wanted, dict):
        return patch
    for name, value in last.items():
        if name not in wanted:
            patch[name] = None
        elif isinstance(value, dict):
            inner = _removed(value, wanted[name])
            patch.update({name: inner} if inner else {})
        elif isinstance(value, list) and isinstance(wanted[name], list):
            items = _removed_items(value, wanted[name], name)
            patch.update({name: items} if items else {})
    return patch


def _removed_items(last: list[Any], wanted: list[Any], field: str) -> list[Any]:
    """Of a list that is merged by a key: the items that are gone, and what is gone inside the others."""
    both = [*last, *wanted]
    key = next((name for name in MERGE_KEYS.get(field, ()) if all(has_key(item, name) for item in both)), None)
    if key is None:
        return []
    present = {item[key]: item for item in wanted}
    gone = [{key: item[key], "$patch": "delete"} for item in last if item[key] not in present]
    inside = [{key: item[key], **inner} for item in last if item[key] in present and (inner := _removed(item, present[item[key]]))]
    return [*gone, *inside]
