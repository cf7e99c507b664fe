"""Sets of fields of an object, by which server-side apply says who owns what (structured-merge-diff). Pure.

A path is a tuple of elements as managedFields writes them: `f:spec`, `k:{"name":"web"}` for an item of a list, `v:"x"` for one of a set.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from simulator.manifest.published import PLAIN_MERGING, Merging, is_atomic, key_defaults, merging, required
from simulator.manifest.schema import fields, served
from simulator.manifest.wire import is_pointer
from simulator.objects.base import JSON

Path = tuple[str, ...]
Paths = frozenset[Path]
UNTYPED = "?"
"""The code of values without a schema: maps are merged, lists are replaced."""
_MISSING: Any = object()
_LEAVES = "silbfBQITMR*"


class Shape(NamedTuple):
    """The type of a value, as `fields.json` writes it, and how it is merged."""

    code: str
    how: Merging = PLAIN_MERGING

    def sort(self, value: Any) -> str:
        """`leaf` (replaced as a whole), `map` (merged by key), `keyed` (a list merged by keys of its items) or `set`."""
        kind = self.code.partition(":")[0]
        if kind == UNTYPED:
            return "map" if isinstance(value, dict) else "leaf"
        if kind[:2] == "[]":
            return {"map": "keyed", "set": "set"}.get(self.how.type, "leaf")
        if self.how.type == "atomic" or (len(kind) == 1 and kind in _LEAVES):
            return "leaf"
        return "map" if kind[:2] == "{}" or (fields(kind) and not is_atomic(kind)) else "leaf"

    def child(self, name: str) -> Shape | None:
        """The shape of a field or of a map's value; None: the type has no such field."""
        if self.code == UNTYPED:
            return OBJECT_META if name == "metadata" and self.how is ROOT else self._replace(how=PLAIN_MERGING)
        if self.code[:2] == "{}":
            return Shape(self.code[2:])
        code = fields(self.code).get(name)
        return None if code is None else Shape(code, merging(self.code, name))

    @property
    def item(self) -> Shape:
        """The shape of a list's items."""
        return Shape(self.code[2:])

    def key(self, item: Any) -> str:
        """The path element of a list's item."""
        if self.how.type == "set":
            return f"v:{_json(item)}"
        known = item if isinstance(item, dict) else {}
        values = {name: known.get(name, key_defaults(self.code[2:]).get(name)) for name in self.how.keys}
        return f"k:{_json({name: value for name, value in values.items() if value is not None})}"


ROOT = Merging("root")
OBJECT_META = Shape("meta.v1.ObjectMeta")


ANY = Shape("*")
"""Nothing is known about a value."""


def shape_of(item: JSON) -> Shape:
    """The type of an object; of a custom resource, only that of its metadata is known."""
    entry = served(str(item.get("apiVersion")), str(item.get("kind")))
    return Shape(entry.type) if entry is not None else Shape(UNTYPED, ROOT)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


# ---- the form of managedFields


def from_fields_v1(value: JSON, path: Path = ()) -> Iterator[Path]:
    """The paths in a `fieldsV1`."""
    for name, inner in value.items():
        if name == ".":
            yield path
        elif inner:
            yield from from_fields_v1(inner, (*path, name))
        else:
            yield (*path, name)


def to_fields_v1(paths: Iterable[Path]) -> JSON:
    """Paths as managedFields has them: in order, with `.` for a path that others go through."""
    root: JSON = {}
    members = sorted(paths)
    parents = {path[:length] for path in members for length in range(1, len(path))}
    for path in members:
        at = root
        for element in path:
            at = at.setdefault(element, {})
        if path in parents:
            at["."] = {}
    return _in_order(root)


def _in_order(value: JSON) -> JSON:
    return {name: _in_order(value[name]) for name in sorted(value)}


def path_text(path: Path) -> str:
    """A path as messages print it: `.spec.containers[name="web"].image`."""
    return "".join(_element_text(element) for element in path)


def _element_text(element: str) -> str:
    kind, _, rest = element.partition(":")
    if kind == "f":
        return f".{rest}"
    if kind == "v":
        return f"[={rest}]"
    return "[" + ",".join(f"{name}={_json(value)}" for name, value in json.loads(rest).items()) + "]" if kind == "k" else f"[{rest}]"


# ---- what an object names


def named(value: Any, shape: Shape, path: Path = ()) -> Iterator[Path]:
    """The paths that an applied object names: its leaves, the items of its lists, and maps that are empty."""
    match shape.sort(value):
        case "map" if isinstance(value, dict):
            for name, inner in value.items():
                below = shape.child(name)
                if below is None:
                    continue
                here = (*path, f"f:{name}")
                if inner is None or inner in ({}, []):
                    yield here
                else:
                    if shape.code[:2] == "{}":
                        yield here
                    yield from named(inner, below, here)
        case "keyed" | "set" if isinstance(value, list):
            for item in value:
                here = (*path, shape.key(item))
                yield here
                yield from named(item, shape.item, here) if shape.how.type == "map" else ()
        case _:
            yield path


class Changes(NamedTuple):
    """How two states differ."""

    added: Paths
    modified: Paths
    removed: Paths


def compared(before: JSON | None, after: JSON, shape: Shape) -> Changes:
    """What is new, different and gone in the later of two states; without an earlier one everything is new."""
    added, modified, removed = set[Path](), set[Path](), set[Path]()
    for path, old, new in _differences({} if before is None else before, after, shape, ()):
        (added if old is _MISSING else removed if new is _MISSING else modified).add(path)
    return Changes(frozenset(added), frozenset(modified), frozenset(removed))


def _differences(old: Any, new: Any, shape: Shape, path: Path) -> Iterator[tuple[Path, Any, Any]]:
    if old is not _MISSING and new is not _MISSING and old == new:
        return
    sort = shape.sort(new if new is not _MISSING else old)
    if sort == "leaf":
        yield path, old, new
        return
    if path and (old is _MISSING or new is _MISSING):
        yield path, old, new
    if sort == "map":
        names = dict.fromkeys((*_entries(old, shape), *_entries(new, shape)))
        for name in names:
            below = shape.child(name)
            if below is not None:
                was, is_now = (_entries(side, shape).get(name, _MISSING) for side in (old, new))
                yield from _differences(was, is_now, below, (*path, f"f:{name}"))
        return
    items = [{shape.key(item): item for item in side or ()} if side is not _MISSING else {} for side in (old, new)]
    for key in dict.fromkeys((*items[0], *items[1])):
        was, is_now = (side.get(key, _MISSING) for side in items)
        yield from _differences(was, is_now, shape.item if sort == "keyed" else ANY, (*path, key))


def _entries(value: Any, shape: Shape) -> JSON:
    """The fields of a value, those included that Go writes even when they are empty."""
    if not isinstance(value, dict):
        return {}
    if shape.code == UNTYPED or shape.code[:2] == "{}":
        return value
    # Go writes neither a time nor a text that is not set, or both times and texts that are empty in every object.
    given = {name: item for name, item in value.items() if item is not None and item != ""}
    implied = {name: _empty(code) for name, code in fields(shape.code).items() if name not in value and _is_implied(shape.code, name, code)}
    return {**given, **implied}


def _is_implied(type_name: str, name: str, code: str) -> bool:
    if code[:2] in ("[]", "{}"):
        return name in required(type_name)
    return len(code) > 1 and ":" not in code and not is_pointer(type_name, name)


def _empty(code: str) -> Any:
    return [] if code[:2] == "[]" else {}


# ---- changing values


def merged(live: Any, applied: Any, shape: Shape) -> Any:
    """A live value with everything that an applied one names."""
    match shape.sort(applied):
        case "map" if isinstance(live, dict) and isinstance(applied, dict):
            result = dict(live)
            for name, value in applied.items():
                below = shape.child(name)
                result[name] = merged(result[name], value, below) if below is not None and name in result else value
            return result
        case "keyed" if isinstance(live, list) and isinstance(applied, list):
            old, new = ({shape.key(item): item for item in items} for items in (live, applied))
            both = {key: merged(old[key], item, shape.item) if key in old else item for key, item in new.items()}
            return [both[key] if key in both else old[key] for key in _order(list(old), list(new))]
        case "set" if isinstance(live, list) and isinstance(applied, list):
            members = {shape.key(item): item for item in (*live, *applied)}
            return [members[key] for key in _order([shape.key(item) for item in live], [shape.key(item) for item in applied])]
        case _:
            return applied


def _order(live: list[str], applied: list[str]) -> list[str]:
    """The keys of a merged list: those applied in their order, each of the others before the next key that both lists have."""
    result: list[str] = []
    waiting = list(live)
    for key in applied:
        if key in waiting:
            before = waiting[: waiting.index(key)]
            result += [other for other in before if other not in applied]
            waiting = [other for other in waiting if other != key and other not in result]
        result.append(key)
    return [*result, *(key for key in waiting if key not in applied)]


def without(value: Any, shape: Shape, gone: Paths, path: Path = ()) -> Any:
    """A value without the parts at these paths; what is then empty, and was not before, goes as well."""
    match shape.sort(value):
        case "map" if isinstance(value, dict):
            result = {}
            for name, inner in value.items():
                here, below = (*path, f"f:{name}"), shape.child(name)
                if here not in gone:
                    left = inner if below is None else without(inner, below, gone, here)
                    if left or left == inner:
                        result[name] = left
            return result
        case "keyed" | "set" if isinstance(value, list):
            kept = [(item, (*path, shape.key(item))) for item in value if (*path, shape.key(item)) not in gone]
            return [without(item, shape.item, gone, here) if shape.how.type == "map" else item for item, here in kept]
        case _:
            return value
