"""JSON patch, merge patch, and Kubernetes' strategic merge patch on plain JSON values. Pure."""

from __future__ import annotations

import copy
import json
from typing import Any, NamedTuple

from simulator.api.errors import ApiError
from simulator.api.field_sets import ANY, Shape, shape_of
from simulator.golang.json_errors import kind_word, syntax_error
from simulator.golang.text import go_value
from simulator.manifest.documents import Broken, documents

MEDIA_TYPES = {
    "application/json-patch+json": "json",
    "application/merge-patch+json": "merge",
    "application/strategic-merge-patch+json": "strategic",
    "application/apply-patch+yaml": "apply",
}
"""The kinds of patches by their media type."""
CUSTOM_TYPES = tuple(media for media, kind in MEDIA_TYPES.items() if kind != "strategic")


class Patch(NamedTuple):
    """A patch: json, merge, strategic or apply, and its value."""

    kind: str
    value: Any


def read_patch(data: bytes, content_type: str, *, custom: bool = False) -> Patch:
    """The patch in a body, but for apply patches, which are objects. Raises ApiError (UnsupportedMediaType, BadRequest)."""
    kind = MEDIA_TYPES.get(content_type.partition(";")[0].strip())
    if kind is None:
        raise ApiError("UnsupportedMediaType", "415: Unsupported Media Type", {})
    if custom and kind == "strategic":
        accepted = "the body of the request was in an unknown format - accepted media types include:"
        raise ApiError("UnsupportedMediaType", f"{accepted} {', '.join(CUSTOM_TYPES)}")
    if kind == "apply":
        return Patch(kind, _applied(data))
    try:
        return Patch(kind, json.loads(data))
    except json.JSONDecodeError as error:
        where = "" if kind == "strategic" else "error decoding patch: "
        raise ApiError("BadRequest", f"{where}{syntax_error(error)}") from error
    except (RecursionError, UnicodeDecodeError) as error:
        raise ApiError("BadRequest", "error decoding patch: exceeded max depth") from error


def _applied(data: bytes) -> Any:
    """The object of an apply patch, which may be YAML."""
    read = next(documents(data.decode(errors="replace")), None)
    if isinstance(read, Broken):
        raise ApiError("BadRequest", f"error decoding YAML: {read.kubectl}")
    return {} if read is None else read.value


def strategic(target: Any, change: Any, shape: Shape) -> Any:
    """`change` applied to `target` as kubectl's default patch does it. `shape`: the type, whose fields say which lists are merged."""
    if isinstance(change, dict):
        return _merged_object(target if isinstance(target, dict) and shape.how.strategy != "replace" else {}, change, shape)
    if isinstance(change, list) and isinstance(target, list):
        return _merged_list(target, change, shape)
    return copy.deepcopy(change)


def _merged_object(target: dict[str, Any], change: dict[str, Any], shape: Shape) -> dict[str, Any]:
    match change.get("$patch"):
        case "replace":
            return {key: value for key, value in change.items() if key != "$patch"}
        case "delete":
            return {}
        case None | "merge":
            pass
        case other:
            raise ApiError("", f"unknown patch type: {go_value(other)} in map: {go_value(change)}")
    stays = change.get("$retainKeys")
    if not isinstance(stays, list | None):
        raise ApiError("BadRequest", "unable to parse $retainKeys: it must be a list")
    merged = {key: value for key, value in target.items() if stays is None or key in stays}
    for key, value in change.items():
        directive, _, list_field = key.partition("/")
        if directive.startswith("$") and list_field and not isinstance(value, list):
            raise ApiError("BadRequest", f"unable to parse {key}: it must be a list")
        if directive == "$deleteFromPrimitiveList":
            merged[list_field] = [item for item in merged.get(list_field) or [] if item not in value]
        elif value is None:
            merged.pop(key, None)
        elif not key.startswith("$"):
            merged[key] = strategic(merged.get(key), value, below(shape, key))
    for key, order in change.items():
        directive, _, list_field = key.partition("/")
        if directive == "$setElementOrder" and isinstance(merged.get(list_field), list):
            merged[list_field] = _ordered(merged[list_field], order, target.get(list_field) or [], below(shape, list_field))
    return merged


def below(shape: Shape, field: str) -> Shape:
    """The type of a field; of one that the type does not have, nothing is known."""
    return shape.child(field) or ANY


def is_set(shape: Shape) -> bool:
    """Whether a list of plain values is merged as a set."""
    return "merge" in shape.how.strategy and not shape.how.key


def _ordered(items: list[Any], order: list[Any], before: list[Any], shape: Shape) -> list[Any]:
    """The items in the order of the patch; items that it does not name keep their place between the others."""
    if is_set(shape):
        return [*(item for item in order if item in items), *(item for item in items if item not in order)]
    key = shape.how.key
    if not key or not all(has_key(item, key) for item in (*items, *order, *before)):
        return items
    by_key = {item[key]: item for item in items}
    named = [item[key] for item in order if item[key] in by_key]
    return _interleaved(named, [name for name in by_key if name not in named], [item[key] for item in before], by_key)


def _unkeyed(change: Any, shape: Shape) -> str:
    """The API server's message about a list item without its merge key; empty when there is none."""
    if isinstance(change, dict):
        return next((why for key, value in change.items() if (why := _unkeyed(value, below(shape, key)))), "")
    if not isinstance(change, list):
        return ""
    key = shape.how.key
    lost = next((item for item in change if isinstance(item, dict) and "$patch" not in item and key and key not in item), None)
    if lost is not None:
        return f"map: {go_value(lost)} does not contain declared merge key: {key}"
    return next((why for item in change if (why := _unkeyed(item, shape.item))), "")


def _merged_list(target: list[Any], change: list[Any], shape: Shape) -> list[Any]:
    if is_set(shape):
        return [*target, *(item for item in change if item not in target)]
    key = shape.how.key
    if not key or not all(has_key(item, key) for item in (*target, *change)):
        return copy.deepcopy(change)
    kept = {item[key]: item for item in target}
    for item in change:
        if item.get("$patch") == "delete":
            kept.pop(item[key], None)
    named = {
        item[key]: strategic(kept[item[key]], item, shape.item) if item[key] in kept else copy.deepcopy(item)
        for item in change
        if item.get("$patch") != "delete"
    }
    return _interleaved(list(named), [name for name in kept if name not in named], [item[key] for item in target], {**kept, **named})


def has_key(item: Any, name: str) -> bool:
    """Whether an item is an object with a plain value under that key; others are left to the server to refuse."""
    return isinstance(item, dict) and isinstance(item.get(name), str | int)


def _interleaved(named: list[Any], others: list[Any], before: list[Any], items: dict[Any, Any]) -> list[Any]:
    """The patch's items in the patch's order; each of the others before the first of these that it stood before (strategicpatch)."""
    order = {name: i for i, name in enumerate(before)}
    result, start = list(named), 0
    for name in others:
        at = next((i for i in range(start, len(result)) if order.get(result[i], -1) > order[name]), len(result))
        result.insert(at, name)
        start = at + 1
    return [items[name] for name in result]


def merge(target: Any, change: Any) -> Any:
    """RFC 7386: objects are merged, everything else is replaced, null removes."""
    if not isinstance(change, dict):
        return copy.deepcopy(change)
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge(result.get(key), value)
    return result


def json_patch(target: Any, operations: Any) -> Any:
    """RFC 6902. Raises ApiError (Invalid) for an operation that cannot be done: the API server does not say which."""
    if not isinstance(operations, list):
        word = kind_word(operations)
        raise ApiError("BadRequest", f"error decoding patch: json: cannot unmarshal {word} into Go value of type []handlers.jsonPatchOp")
    result = copy.deepcopy(target)
    for operation in operations:
        try:
            result = _apply(result, operation)
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise ApiError("Invalid", "the server rejected our request due to an error in our request", {}) from error
    return result


def _apply(document: Any, operation: dict[str, Any]) -> Any:
    kind, path = operation["op"], [part.replace("~1", "/").replace("~0", "~") for part in operation["path"].split("/")[1:]]
    if kind in ("move", "copy"):
        source = [part.replace("~1", "/").replace("~0", "~") for part in operation["from"].split("/")[1:]]
        value = copy.deepcopy(_at(document, source))
        if kind == "move":
            _remove(document, source)
        return _add(document, path, value)
    if kind == "test":
        if _at(document, path) != operation.get("value"):
            raise ValueError(f"testing value {operation['path']} failed")
        return document
    if kind == "remove":
        _remove(document, path)
        return document
    if kind == "replace" and path:
        _at(document, path)
        parent = _at(document, path[:-1])
        parent[int(path[-1]) if isinstance(parent, list) else path[-1]] = operation["value"]
        return document
    return _add(document, path, operation["value"])


def _at(document: Any, path: list[str]) -> Any:
    for part in path:
        document = document[int(part)] if isinstance(document, list) else document[part]
    return document


def _add(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    parent = _at(document, path[:-1])
    if isinstance(parent, list):
        parent.insert(len(parent) if path[-1] == "-" else int(path[-1]), value)
    else:
        parent[path[-1]] = value
    return document


def _remove(document: Any, path: list[str]) -> None:
    parent = _at(document, path[:-1])
    del parent[int(path[-1]) if isinstance(parent, list) else path[-1]]


def patched(target: Any, change: Any, kind: str = "strategic") -> Any:
    """`target` changed by a patch of that kind: strategic, merge or json. Raises ApiError for what is no patch."""
    if kind != "json" and not isinstance(change, dict):
        unfit = f"json: cannot unmarshal {kind_word(change)} into Go value of type map[string]interface {{}}"
        raise ApiError("BadRequest", f"error decoding patch: {unfit}" if kind == "merge" else unfit)
    if kind == "json":
        return json_patch(target, change)
    if kind == "merge":
        return merge(target, change)
    shape = shape_of(target)
    if why := _unkeyed(change, shape):
        raise ApiError("", why)
    return strategic(target, change, shape)
