"""Structural schemas of CustomResourceDefinitions: unknown fields, defaults, and validation in the API server's words. Pure; no CEL rules.

(apiextensions-apiserver/pkg/apiserver/schema, kube-openapi/pkg/validation)
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

from simulator.manifest.validation.errors import DUPLICATE, INVALID, FieldError, invalid, required, too_long, too_many, unsupported
from simulator.objects.base import JSON

EVERYTHING = "x-kubernetes-preserve-unknown-fields"
EMBEDDED = "x-kubernetes-embedded-resource"
OF_OBJECTS = ("apiVersion", "kind", "metadata")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def pruned(value: Any, schema: JSON, path: str = "") -> tuple[Any, list[str]]:
    """A value without the fields that its schema does not have, and their paths."""
    if isinstance(value, list):
        results = [pruned(item, schema.get("items") or {EVERYTHING: True}, f"{path}[{at}]") for at, item in enumerate(value)]
        return [item for item, _ in results], [one for _, unknown in results for one in unknown]
    if not isinstance(value, dict) or schema.get("x-kubernetes-int-or-string"):
        return value, []
    properties: JSON = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    kept, unknown = {}, []
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if name in properties:
            kept[name], below = pruned(inner, properties[name], here)
        elif isinstance(others, dict):
            kept[name], below = pruned(inner, others, here)
        elif others or schema.get(EVERYTHING) or ((not path or schema.get(EMBEDDED)) and name in OF_OBJECTS):
            kept[name], below = inner, []
        else:
            below = [here]
        unknown += below
    return kept, unknown


def with_defaults(value: Any, schema: JSON) -> Any:
    """A value with the defaults of its schema; a null where a default is, and null is not allowed, gives way to it."""
    if isinstance(value, list):
        return [with_defaults(item, schema.get("items") or {}) for item in value]
    if not isinstance(value, dict):
        return value
    result = dict(value)
    properties: JSON = schema.get("properties") or {}
    for name, inner in properties.items():
        absent = name not in result or (result[name] is None and not inner.get("nullable"))
        if absent and "default" in inner:
            result[name] = copy.deepcopy(inner["default"])
    others = schema.get("additionalProperties")
    rest = others if isinstance(others, dict) else {}
    return {name: with_defaults(item, properties.get(name, rest)) for name, item in result.items()}


def errors(value: Any, schema: JSON, path: str = "") -> Iterator[FieldError]:
    """What is wrong with a value, in the order of the names of fields."""
    if value is None and schema.get("nullable"):
        return
    wrong = _type_error(value, schema, path)
    if wrong is not None:
        yield wrong
        return
    if "enum" in schema and value not in schema["enum"]:
        yield unsupported(path, value, [str(one) for one in schema["enum"]])
    if isinstance(value, str):
        yield from _text_errors(value, schema, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number_errors(value, schema, path)
    elif isinstance(value, list):
        yield from _list_errors(value, schema, path)
    elif isinstance(value, dict):
        yield from _object_errors(value, schema, path)
    yield from _combined_errors(value, schema, path)


def _type_error(value: Any, schema: JSON, path: str) -> FieldError | None:
    if schema.get("x-kubernetes-int-or-string"):
        fits = isinstance(value, int | str) and not isinstance(value, bool)
        word = "integer,string"
    else:
        word = schema.get("type", "")
        known = _TYPES.get(word)
        whole = word == "integer" and isinstance(value, float) and value.is_integer()
        fits = known is None or whole or (isinstance(value, known) and (bool in known or not isinstance(value, bool)))
    if fits:
        return None
    given = {bool: "boolean", str: "string", int: "integer", float: "number", list: "array", dict: "object"}.get(type(value), "null")
    return FieldError(path, INVALID, given, f'{path} in body must be of type {word}: "{given}"')


def _text_errors(value: str, schema: JSON, path: str) -> Iterator[FieldError]:
    if "maxLength" in schema and len(value) > schema["maxLength"]:
        yield too_long(path, schema["maxLength"])
    if "minLength" in schema and len(value) < schema["minLength"]:
        yield invalid(path, value, f"{path} in body should be at least {schema['minLength']} chars long")
    if "pattern" in schema and not _matches(schema["pattern"], value):
        yield invalid(path, value, f"{path} in body should match '{schema['pattern']}'")


_NESTED = re.compile(r"[*+}]\??\)[*+{]|\|[^()]*\)[*+{]")
"""Repeated groups with repetition or alternatives inside, for which Python's search can take exponential time, unlike Go's."""
SHORT = 20
"""Texts that such expressions are tried on."""


def _matches(pattern: str, value: str) -> bool:
    """Whether a pattern is found in a text. One that podsim cannot search in bounded time matches everything."""
    if _NESTED.search(pattern) and len(value) > SHORT:
        return True
    try:
        return re.search(pattern, value) is not None
    except (re.error, RecursionError, OverflowError):
        return True


def _number_errors(value: float, schema: JSON, path: str) -> Iterator[FieldError]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and (value < least or (value == least and schema.get("exclusiveMinimum"))):
        than = "greater than" if schema.get("exclusiveMinimum") else "greater than or equal to"
        yield invalid(path, value, f"{path} in body should be {than} {least}")
    if most is not None and (value > most or (value == most and schema.get("exclusiveMaximum"))):
        than = "less than" if schema.get("exclusiveMaximum") else "less than or equal to"
        yield invalid(path, value, f"{path} in body should be {than} {most}")
    multiple = schema.get("multipleOf")
    if multiple and value % multiple:
        yield invalid(path, value, f"{path} in body should be a multiple of {multiple}")


def _list_errors(value: list[Any], schema: JSON, path: str) -> Iterator[FieldError]:
    if "maxItems" in schema and len(value) > schema["maxItems"]:
        yield too_many(path, len(value), schema["maxItems"])
    if "minItems" in schema and len(value) < schema["minItems"]:
        yield invalid(path, len(value), f"{path} in body should have at least {schema['minItems']} items")
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    seen: list[Any] = []
    for at, item in enumerate(value):
        if schema.get("x-kubernetes-list-type") in ("map", "set"):
            key = {name: item.get(name) for name in keys} if keys and isinstance(item, dict) else item
            if key in seen:
                yield FieldError(f"{path}[{at}]", DUPLICATE, key)
            seen.append(key)
        yield from errors(item, schema.get("items") or {}, f"{path}[{at}]")


def _object_errors(value: JSON, schema: JSON, path: str) -> Iterator[FieldError]:
    properties: JSON = schema.get("properties") or {}
    others = schema.get("additionalProperties")
    start = f"{path}." if path else ""
    for name in sorted({*value, *schema.get("required", ())}):
        if name not in value:
            yield required(f"{start}{name}")
        elif name in properties and (path or name not in OF_OBJECTS):
            yield from errors(value[name], properties[name], f"{start}{name}")
        elif isinstance(others, dict):
            yield from errors(value[name], others, f"{start}{name}")
    if "maxProperties" in schema and len(value) > schema["maxProperties"]:
        yield too_many(path, len(value), schema["maxProperties"])
    if "minProperties" in schema and len(value) < schema["minProperties"]:
        yield invalid(path, len(value), f"{path} in body should have at least {schema['minProperties']} properties")


def _combined_errors(value: Any, schema: JSON, path: str) -> Iterator[FieldError]:
    for inner in schema.get("allOf") or ():
        yield from errors(value, inner, path)
    any_of = schema.get("anyOf") or ()
    if any_of and not any(_is_valid(value, inner, path) for inner in any_of):
        yield invalid(path, value, f"{path} in body must validate at least one schema (anyOf)")
    one_of = schema.get("oneOf") or ()
    if one_of and sum(_is_valid(value, inner, path) for inner in one_of) != 1:
        yield invalid(path, value, f"{path} in body must validate one and only one schema (oneOf)")
    if "not" in schema and _is_valid(value, schema["not"], path):
        yield invalid(path, value, f"{path} in body must not validate the schema (not)")


def _is_valid(value: Any, schema: JSON, path: str) -> bool:
    return next(errors(value, schema, path), None) is None
