"""The published API as JSON Schemas: types with descriptions, required fields, defaults, and how lists and maps are merged.

`openapi.json` and `merging.json` (made by `tools/field_table/api_details.py`) say what `fields.json` does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from simulator.manifest.schema import Fields, fields
from simulator.objects.base import JSON

HOMES = {
    "meta": "io.k8s.apimachinery.pkg.apis",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis",
}
"""Where types live that are not in `io.k8s.api`, by the first word of their names."""
_SCALARS: dict[str, JSON] = {
    "s": {"type": "string"},
    "i": {"type": "integer", "format": "int32"},
    "l": {"type": "integer", "format": "int64"},
    "b": {"type": "boolean"},
    "f": {"type": "number", "format": "double"},
    "B": {"type": "string", "format": "byte"},
    "*": {},
}
OBJECTS = ("meta.v1.FieldsV1",)
"""Types without fields of their own whose values are objects."""


class Merging(msgspec.Struct, frozen=True, array_like=True):
    """How a field is merged: its list or map type, the keys of a list's items, the patch strategy and its merge key."""

    type: str = ""
    keys: tuple[str, ...] = ()
    strategy: str = ""
    key: str = ""


PLAIN_MERGING = Merging()


class _MergingFile(msgspec.Struct):
    keys: dict[str, dict[str, Any]]
    types: dict[str, dict[str, str | Merging]]


class _OpenApiFile(msgspec.Struct):
    plain: dict[str, tuple[str, JSON]]
    texts: list[str]
    types: dict[str, list[Any]]


def _read(name: str) -> bytes:
    return Path(__file__).with_name(name).read_bytes()


@lru_cache(maxsize=1)
def _merging() -> _MergingFile:
    return msgspec.json.decode(_read("merging.json"), type=_MergingFile)


@lru_cache(maxsize=1)
def _openapi() -> _OpenApiFile:
    return msgspec.json.decode(_read("openapi.json"), type=_OpenApiFile)


def merging(type_name: str, field: str) -> Merging:
    """How a field of a type is merged."""
    row = _merging().types.get(type_name, {}).get(field)
    return row if isinstance(row, Merging) else PLAIN_MERGING


def is_atomic(type_name: str) -> bool:
    """Whether values of a type are replaced as a whole by server-side apply."""
    return _merging().types.get(type_name, {}).get("") == "atomic"


def key_defaults(type_name: str) -> dict[str, Any]:
    """Defaults of the fields by which a list of these items is merged."""
    return _merging().keys.get(type_name, {})


def required(type_name: str) -> list[str]:
    """The fields that are written even when they are empty."""
    row = _openapi().types.get(type_name)
    names: list[str] = row[1] if row else []
    return names


def full_name(type_name: str) -> str:
    """The name of a type in the published description: `io.k8s.api.core.v1.Pod`."""
    return f"{HOMES.get(type_name.partition('.')[0], 'io.k8s.api')}.{type_name}"


def schemas(types: Iterable[str], where: str = "#/components/schemas/") -> dict[str, JSON]:
    """The schemas of these types and of all types in them, by full name. `where`: how references begin."""
    result: dict[str, JSON] = {}
    queue = list(types)
    while queue:
        name = queue.pop()
        full = _openapi().plain[name][0] if name in _openapi().plain else full_name(name)
        if full not in result:
            inner: set[str] = set()
            result[full] = _schema(name, where, inner)
            queue += sorted(inner)
    return dict(sorted(result.items()))


def _schema(name: str, where: str, inner: set[str]) -> JSON:
    """The schema of one type; types that it refers to are added to `inner`."""
    if name in _openapi().plain:
        return _openapi().plain[name][1]
    row = _openapi().types.get(name) or [None, [], {}]
    text, needed, positions = row[:3]
    known = _fields(name)
    schema: JSON = {} if text is None else {"description": _openapi().texts[text]}
    if name in OBJECTS:
        schema["type"] = "object"
    if known:
        schema["type"] = "object"
        if needed:
            schema["required"] = needed
        # Fields of later releases have no position.
        described = [field for field in sorted(known) if field in positions]
        schema["properties"] = {field: _property(name, field, positions[field], where, inner) for field in described}
    if is_atomic(name):
        schema["x-kubernetes-map-type"] = "atomic"
    if len(row) > 3:
        schema["x-kubernetes-unions"] = row[3]
    return schema


def _fields(name: str) -> Fields:
    """The fields of a type, those of lists too, which `fields.json` leaves out."""
    known = fields(name)
    if known or not name.endswith("List"):
        return known
    return {"apiVersion": "s", "kind": "s", "metadata": "meta.v1.ListMeta", "items": f"[]{name.removesuffix('List')}"}


def _property(type_name: str, field: str, position: Any, where: str, inner: set[str]) -> JSON:
    text, default, item_default, values, item_values = position if isinstance(position, list) else (position, *(None,) * 4)
    schema = _typed(_fields(type_name)[field], where, inner)
    if of_items := _extras(item_default, item_values):
        part = "items" if "items" in schema else "additionalProperties"
        schema = {**schema, part: {**schema[part], **of_items}}
    described = {"description": _openapi().texts[text]} if _openapi().texts[text] else {}
    extras = {**described, **_extras(default, values)}
    if extras and "$ref" in schema and where.startswith("#/components"):
        schema = {"allOf": [schema]}  # in version 3 nothing counts beside a reference
    return {**extras, **schema, **_extensions(merging(type_name, field), schema)}


def _extras(default: Any, values: Any) -> JSON:
    return {name: value for name, value in (("default", default), ("enum", values)) if value is not None}


def _extensions(how: Merging, schema: JSON) -> JSON:
    if how is PLAIN_MERGING:
        return {}
    kind = "x-kubernetes-list-type" if schema.get("type") == "array" else "x-kubernetes-map-type"
    extras = {
        "x-kubernetes-list-map-keys": list(how.keys),
        kind: how.type,
        "x-kubernetes-patch-merge-key": how.key,
        "x-kubernetes-patch-strategy": how.strategy,
    }
    return {name: value for name, value in extras.items() if value}


def _typed(code: str, where: str, inner: set[str]) -> JSON:
    kind = code.partition(":")[0]
    if kind[:2] == "[]":
        return {"type": "array", "items": _typed(code[2:], where, inner)}
    if kind[:2] == "{}":
        return {"type": "object", "additionalProperties": _typed(code[2:], where, inner)}
    if kind in _SCALARS:
        return _SCALARS[kind]
    inner.add(kind)
    full = _openapi().plain[kind][0] if kind in _openapi().plain else full_name(kind)
    return {"$ref": f"{where}{full}"}
