"""The bodies of requests: JSON, YAML or protobuf in, plain JSON values out."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from simulator.api.errors import ApiError
from simulator.golang.json_errors import kind_word, syntax_error
from simulator.manifest.documents import Broken, documents
from simulator.manifest.wire import decode_message
from simulator.objects.base import JSON

JSON_TYPES = ("", "application/json", "*/*")
YAML_TYPE = "application/yaml"
PROTOBUF = "application/vnd.kubernetes.protobuf"
SUMMARY = 30
"""The bytes of an unreadable body that the API server repeats."""
TYPE_META = r'struct { APIVersion string "json:\"apiVersion,omitempty\""; Kind string "json:\"kind,omitempty\"" }'


class Body(NamedTuple):
    """A decoded body: its value, and remarks about fields that it has twice."""

    value: JSON
    repeated: tuple[str, ...] = ()


def decode_body(data: bytes, content_type: str, kind: str = "", *, custom: bool = False) -> Body:
    """The value of a body that should be of a kind. Raises ApiError (UnsupportedMediaType, BadRequest).

    `kind` empty: the server does not expect one kind. `custom`: a custom resource, which has no protobuf form.
    """
    media = content_type.partition(";")[0].strip().lower()
    try:
        if media in JSON_TYPES:
            return _json(data)
        if media == YAML_TYPE:
            return _yaml(data)
        if media == PROTOBUF and not custom:
            return Body(decode_message(data))
    except ValueError as error:
        raise ApiError("BadRequest", f"{_must_be(kind)}{error}{f' ({_summary(data)})' if kind else ''}") from error
    accepted = ", ".join((JSON_TYPES[1], YAML_TYPE) if custom else (JSON_TYPES[1], YAML_TYPE, PROTOBUF))
    raise ApiError("UnsupportedMediaType", f"the body of the request was in an unknown format - accepted media types include: {accepted}")


def _must_be(kind: str) -> str:
    return f"the object provided is unrecognized (must be of type {kind}): " if kind else ""


def _summary(data: bytes) -> str:
    if not data:
        return "<empty>"
    start = data[:SUMMARY]
    text = start.decode(errors="replace") if data[:1] == b"{" else start.hex()
    return f"{text} ..." if len(data) > SUMMARY else text


def read_json(data: bytes) -> tuple[Any, list[str]]:
    """A JSON value and the paths of fields that it has twice, of which the last counts. Raises ValueError with Go's sentence."""
    repeated: list[tuple[dict[str, Any], str]] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(items)
        if len(value) < len(items):
            names = [name for name, _ in items]
            repeated.extend((value, name) for at, name in enumerate(names) if name in names[:at])
        return value

    try:
        value = json.loads(data.decode(errors="replace"), object_pairs_hook=pairs, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise ValueError(syntax_error(error)) from error
    except RecursionError as error:
        raise ValueError("exceeded max depth") from error
    return value, [f"{_path_of(holder, value)}{name}" for holder, name in repeated]


def _no_constant(name: str) -> Any:
    raise json.JSONDecodeError("Expecting value", name, 0)


def _path_of(holder: dict[str, Any], value: Any, path: str = "") -> str:
    """The path of an object inside a value, with a dot behind it; empty for the value itself."""
    if value is holder:
        return path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in inner:
        here = f"{path}{name}." if isinstance(value, dict) else f"{path[:-1]}[{name}]."
        if isinstance(item, dict | list) and (path_here := _path_of(holder, item, here)):
            return path_here
    return ""


def _json(data: bytes) -> Body:
    try:
        value, repeated = read_json(data)
    except ValueError as error:
        raise ValueError(f"couldn't get version/kind; json parse error: {error}") from error
    return Body(_an_object(value), tuple(f'duplicate field "{path}"' for path in repeated))


def _an_object(value: Any) -> JSON:
    if value is None:
        return {}
    if not isinstance(value, dict):
        unfit = f"json: cannot unmarshal {kind_word(value)} into Go value of type {TYPE_META}"
        raise ValueError(f"couldn't get version/kind; json parse error: {unfit}")
    for name in ("apiVersion", "kind"):
        if not isinstance(value.get(name, ""), str):
            unfit = f"json: cannot unmarshal {kind_word(value[name])} into Go struct field .{name} of type string"
            raise ValueError(f"couldn't get version/kind; json parse error: {unfit}")
    return value


def _yaml(data: bytes) -> Body:
    read = next(documents(data.decode(errors="replace")), None)
    if isinstance(read, Broken):
        raise ValueError(read.kubectl)
    if read is None:
        return Body({})
    twice = "".join(f'\n  line {line}: key "{key}" already set in map' for key, line, _ in read.repeated)
    return Body(_an_object(read.value), (f"yaml: unmarshal errors:{twice}",) if twice else ())
