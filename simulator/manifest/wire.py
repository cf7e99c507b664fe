"""Protobuf bodies of requests as plain JSON values: what client-go sends for the kinds of the published API.

`numbers.json` has the numbers of fields (made by `tools/field_table/api_details.py`), `fields.json` their types.
"""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from simulator.manifest.schema import fields, served
from simulator.objects.base import JSON

MAGIC = b"k8s\0"
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
OTHER_TYPES = {
    "policy/v1/Eviction": "policy.v1.Eviction",
    "v1/DeleteOptions": "meta.v1.DeleteOptions",
    "meta.k8s.io/v1/DeleteOptions": "meta.v1.DeleteOptions",
    "autoscaling/v1/Scale": "autoscaling.v1.Scale",
    "authentication.k8s.io/v1/TokenRequest": "authentication.v1.TokenRequest",
}
"""Types of bodies that are no objects of their own."""
BITS = 64
DEEPEST = 100
"""Messages in messages; a schema of a CustomResourceDefinition is the only type that holds itself."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def _numbers() -> dict[str, dict[str, int]]:
    text = Path(__file__).with_name("numbers.json").read_bytes()
    return msgspec.json.decode(text, type=dict[str, dict[str, dict[str, int]]])["types"]


@lru_cache(maxsize=256)
def _by_number(type_name: str) -> dict[int, str]:
    return {abs(number): field for field, number in _numbers().get(type_name, {}).items()}


def is_pointer(type_name: str, field: str) -> bool:
    """Whether Go leaves a field out when it is not set: it has a pointer there, or no field."""
    row = _numbers().get(type_name, {})
    homes = (row, *(_numbers()[name[1:]] for name in row if name.startswith("<")))
    return all(home.get(field, -1) < 0 for home in homes)


def decode_message(data: bytes) -> JSON:
    """The object of a body: `k8s\\0`, and a runtime.Unknown that says which type its bytes have. Raises ValueError."""
    if data[:4] != MAGIC:
        raise ValueError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
    api_version = kind = ""
    raw = b""
    for number, value in _parts(data[4:]):
        if number == 1:
            for inner, text in _parts(_bytes(value)):
                api_version, kind = (_text(text), kind) if inner == 1 else (api_version, _text(text)) if inner == 2 else (api_version, kind)
        elif number == 2:
            raw = _bytes(value)
    entry = served(api_version, kind)
    type_name = entry.type if entry is not None else OTHER_TYPES.get(f"{api_version}/{kind}", "")
    if not type_name:
        raise ValueError(f'no kind "{kind}" is registered for version "{api_version}"')
    return {"apiVersion": api_version, "kind": kind, **_struct(raw, type_name, 0)}


def _parts(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of each field of a message: an integer, or bytes."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        wire = tag & 7
        if wire == VARINT:
            value, at = _varint(data, at)
            yield tag >> 3, value
            continue
        size = {FIXED64: 8, FIXED32: 4}.get(wire)
        if size is None:
            if wire != BYTES:
                raise ValueError(f"proto: illegal wireType {wire}")
            size, at = _varint(data, at)
        if at + size > len(data):
            raise ValueError("unexpected EOF")
        yield tag >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, BITS + 6, 7):
        if at >= len(data):
            raise ValueError("unexpected EOF")
        value |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            return value & (1 << BITS) - 1, at
    raise ValueError("proto: integer overflow")


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("proto: wrong wireType = 0 for field")
    return value


def _text(value: int | bytes) -> str:
    return _bytes(value).decode(errors="replace")


def _struct(data: bytes, type_name: str, depth: int, owner: str = "") -> JSON:
    """A message of a type, without zeros, which Go sends for fields that are not set. `owner`: the type that has these fields inline."""
    if depth > DEEPEST:
        raise ValueError("exceeded max depth")
    if type_name in _SPECIAL:
        return _SPECIAL[type_name](data, depth)  # type: ignore[no-any-return]
    names, known = _by_number(type_name), fields(owner or type_name)
    result: JSON = {}
    for number, value in _parts(data):
        name = names.get(number, "")
        if name.startswith("<"):
            result.update(_struct(_bytes(value), name[1:], depth + 1, owner or type_name))
        elif name:
            _add(result, name, value, known[name], depth)
    return {name: value for name, value in result.items() if value or _numbers()[type_name].get(name, -1) < 0}


def _add(result: JSON, name: str, value: int | bytes, code: str, depth: int) -> None:
    """Put a field into its struct: lists grow by one item or by a packed run of numbers, maps by one entry."""
    if code[:2] == "[]":
        item = code[2:]
        packed = item.partition(":")[0] in "il" and isinstance(value, bytes)
        items = [_signed(one) for one in _run(_bytes(value))] if packed else [_value(value, item, depth)]
        result.setdefault(name, []).extend(items)
    elif code[:2] == "{}":
        entry = dict(_parts(_bytes(value)))
        inner = code[2:].partition(":")[0]
        result.setdefault(name, {})[_text(entry.get(1, b""))] = _value(entry[2], code[2:], depth) if 2 in entry else _zero(inner)
    else:
        result[name] = _value(value, code, depth)


def _run(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _signed(value: int) -> int:
    return value - (1 << BITS) if value >> BITS - 1 else value


def _zero(code: str) -> Any:
    return {"s": "", "i": 0, "l": 0, "b": False, "Q": "0", "B": ""}.get(code, [] if code[:2] == "[]" else {})


def _value(value: int | bytes, code: str, depth: int) -> Any:
    kind = code.partition(":")[0]
    if kind in _READERS:
        return _READERS[kind](value)
    if kind[:2] == "[]":  # a list as the value of a map: a message with the items
        return [_value(item, kind[2:], depth + 1) for _, item in _parts(_bytes(value))]
    return _struct(_bytes(value), kind, depth + 1)


def _integer(value: int | bytes) -> int:
    if isinstance(value, bytes):
        raise ValueError("proto: wrong wireType = 2 for field")
    return _signed(value)


def _number(value: int | bytes) -> float:
    data = _bytes(value)
    return float(struct.unpack("<d" if len(data) == 8 else "<f", data)[0])


def _quantity(value: int | bytes) -> str:
    return _text(dict(_parts(_bytes(value))).get(1, b"")) or "0"


def _int_or_string(value: int | bytes) -> int | str:
    entry = dict(_parts(_bytes(value)))
    return _text(entry.get(3, b"")) if entry.get(1) else _integer(entry.get(2, 0))


def _moment(value: int | bytes) -> tuple[datetime, int]:
    """An instant by its whole seconds, and its nanoseconds."""
    entry = dict(_parts(_bytes(value)))
    try:
        return _EPOCH + timedelta(seconds=_integer(entry.get(1, 0))), _integer(entry.get(2, 0))
    except OverflowError as error:
        raise ValueError("timestamp out of range") from error


def _time(value: int | bytes) -> str | None:
    moment, _ = _moment(value)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _micro_time(value: int | bytes) -> str | None:
    moment, nanoseconds = _moment(value)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds // 1000:06d}Z" if value else None


def _raw(value: int | bytes) -> Any:
    text = dict(_parts(_bytes(value))).get(1, b"")
    return json.loads(_text(text)) if text else None


_READERS: dict[str, Any] = {
    "s": _text,
    "i": _integer,
    "l": _integer,
    "b": lambda value: bool(_integer(value)),
    "f": _number,
    "B": lambda value: b64encode(_bytes(value)).decode(),
    "Q": _quantity,
    "I": _int_or_string,
    "T": _time,
    "M": _micro_time,
    "R": _raw,
    "*": _raw,
}


def _schema_or_bool(data: bytes, depth: int) -> Any:
    entry = dict(_parts(data))
    return _struct(_bytes(entry[2]), "apiextensions.v1.JSONSchemaProps", depth + 1) if 2 in entry else bool(entry.get(1, 0))


def _schema_or_array(data: bytes, depth: int) -> Any:
    entry = list(_parts(data))
    many = [_struct(_bytes(value), "apiextensions.v1.JSONSchemaProps", depth + 1) for number, value in entry if number == 2]
    one = [_struct(_bytes(value), "apiextensions.v1.JSONSchemaProps", depth + 1) for number, value in entry if number == 1]
    return one[0] if one else many


_SPECIAL: dict[str, Any] = {
    "meta.v1.FieldsV1": lambda data, _: _raw(data),
    "apiextensions.v1.JSON": lambda data, _: _raw(data),
    "apiextensions.v1.JSONSchemaPropsOrBool": _schema_or_bool,
    "apiextensions.v1.JSONSchemaPropsOrArray": _schema_or_array,
}
