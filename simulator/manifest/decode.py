"""Decodes a JSON value into a type of the published API, as the API server's strict decoder does, with its messages.

All problems are collected; `refusal` picks the one that the API server would answer with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from simulator.manifest.gobase64 import corrupt_at
from simulator.manifest.quantities import canonical
from simulator.manifest.schema import fields, served
from simulator.objects.base import JSON

INT_BITS = {"i": 32, "l": 64}
_GO_NAMES = {
    "s": "string",
    "i": "int32",
    "l": "int64",
    "b": "bool",
    "f": "float64",
    "B": "[]uint8",
    "Q": "resource.Quantity",
    "I": "intstr.IntOrString",
    "T": "v1.Time",
    "M": "v1.MicroTime",
    "R": "runtime.RawExtension",
    "*": "interface {}",
}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


_RESTORED = {"string": "string", "number": "int64", "bool": "bool", "array": "slice", "object": "map"}
"""Go's names for the kinds of values in an object that was not decoded from text."""


class Misfit(msgspec.Struct, frozen=True):
    """A value of the wrong type at a field. A `fatal` one stops Go's decoder at once; of the others it reports the first.

    `in_patch`: the message for the result of a strategic merge patch, which is not decoded from text.
    """

    path: str
    message: str
    fatal: bool = False
    in_patch: str = ""


class Decoded(msgspec.Struct):
    """The result: the value without nulls and with canonical quantities, and all problems."""

    value: JSON = msgspec.field(default_factory=dict)
    misfits: list[Misfit] = msgspec.field(default_factory=list)
    unknown: list[str] = msgspec.field(default_factory=list)

    @property
    def refusal(self) -> str:
        """The API server's message when it cannot decode the value; empty when all types match. Unknown fields do not count."""
        first = next((misfit for misfit in self.misfits if misfit.fatal), None) or next(iter(self.misfits), None)
        return first.message if first else ""

    @property
    def patch_refusal(self) -> str:
        """The message when the result of a strategic merge patch is refused."""
        return next((misfit.in_patch or misfit.message for misfit in self.misfits), "")


def decode(value: JSON, type_name: str, *, in_order: bool = False) -> Decoded:
    """Decode an object into a type. Keys are visited in alphabetical order, as kubectl sends them; `in_order`: as they are."""
    result = Decoded()
    result.value = _Decoder(result, list if in_order else sorted).struct(value, type_name, "", "")
    return result


OBJECT_META = "meta.v1.ObjectMeta"


def fit(value: JSON) -> Decoded:
    """Decode an object into its published type; for a custom resource, whose type is unknown, only its metadata."""
    entry = served(value["apiVersion"], value["kind"])
    if entry is not None:
        return decode(value, entry.type)
    result = Decoded({name: inner for name, inner in value.items() if inner is not None})
    if "metadata" in result.value:
        metadata = _Decoder(result).value(value["metadata"], OBJECT_META, "metadata", (value["kind"], "metadata"))
        result.value["metadata"] = metadata if metadata is not None else {}
        result.unknown.clear()
    return result


class _Decoder:
    def __init__(self, result: Decoded, order: Callable[[JSON], list[str]] = sorted) -> None:
        self._result = result
        self._order = order

    def struct(self, value: JSON, type_name: str, path: str, go_path: str) -> JSON:
        """`path` has indexes, `go_path` has none: Go's messages leave them out."""
        known = fields(type_name)
        if not known:
            return value
        version_name = type_name.partition(".")[2]
        result: JSON = {}
        for name in self._order(value):
            here = f"{path}.{name}" if path else name
            code = known.get(name)
            if code is None:
                self._result.unknown.append(here)
            elif value[name] is not None:
                inner_go = f"{go_path}.{name}" if go_path else name
                fitted = self.value(value[name], code, here, (version_name.partition(".")[2], inner_go))
                if fitted is not None:
                    result[name] = fitted
        return {name: result[name] for name in value if name in result}

    def value(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        """The decoded value, or None when its type is wrong. `owner`: the enclosing Go struct and its path."""
        if code[:2] == "[]":
            return self._list(value, code, path, owner)
        if code[:2] == "{}":
            return self._map(value, code, path, owner)
        kind, _, _ = code.partition(":")
        if kind in _SCALARS:
            return _SCALARS[kind](self, value, code, path, owner)
        if kind in "R*":
            return value
        if isinstance(value, dict):
            return self.struct(value, code, path, owner[1])
        return self._misfit(_word(value), code, path, owner)

    def _list(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if not isinstance(value, list):
            return self._misfit(_word(value), code, path, owner)
        inner = code[2:]
        items = [_zero(inner) if item is None else self.value(item, inner, f"{path}[{index}]", owner) for index, item in enumerate(value)]
        return [item for item in items if item is not None]

    def _map(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if not isinstance(value, dict):
            return self._misfit(_word(value), code, path, owner)
        inner = code[2:].partition(":")[0]
        result = {
            name: _zero(inner) if value[name] is None else self.value(value[name], inner, f"{path}[{name}]", owner)
            for name in self._order(value)
        }
        return {name: result[name] for name in value if result[name] is not None}

    def string(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        return value if isinstance(value, str) else self._misfit(_word(value), code, path, owner)

    def boolean(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        return value if isinstance(value, bool) else self._misfit(_word(value), code, path, owner)

    def integer(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._misfit(_word(value), code, path, owner)
        number = int(value) if float(value).is_integer() else value
        most = 2 ** (INT_BITS[code] - 1)
        if isinstance(number, int) and -most <= number < most:
            return number
        return self._misfit(f"number {number}", code, path, owner)

    def number(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return self._misfit(_word(value), code, path, owner)
        return value

    def data(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if not isinstance(value, str):
            return self._misfit(_word(value), code, path, owner)
        at = corrupt_at(value)
        if at is not None:
            wrong = f"illegal base64 data at input byte {at}"
            self._result.misfits.append(Misfit(path, wrong, in_patch=f"error decoding from json: {wrong}"))
            return None
        return re.sub(r"[\r\n]", "", value)

    def quantity(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        try:
            return canonical(value.strip() if isinstance(value, str) else _json_text(value))
        except ValueError as error:
            return self._fatal(str(error), path)

    def int_or_string(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int):
            word = f"number {value}" if isinstance(value, float) else _word(value)
            return self._unfit_fatal(word, "i", path, owner)
        return value if abs(value) < 2**31 else self._unfit_fatal(f"number {value}", "i", path, owner)

    def time(self, value: Any, code: str, path: str, owner: tuple[str, str]) -> Any:
        if not isinstance(value, str):
            return self._unfit_fatal(_word(value), "s", path, owner)
        if _RFC3339.fullmatch(value):
            return value
        return self._fatal(f'parsing time "{value}" as "2006-01-02T15:04:05Z07:00": cannot parse "{value}" as "2006"', path)

    def _misfit(self, word: str, code: str, path: str, owner: tuple[str, str]) -> Any:
        self._result.misfits.append(Misfit(path, _unfit(word, code, owner), in_patch=_unrestorable(word, code)))
        return None

    def _unfit_fatal(self, word: str, code: str, path: str, owner: tuple[str, str]) -> Any:
        """A value that a type's own decoder refuses: the error ends the decoding; it is reported with its field nevertheless."""
        bare = f"json: cannot unmarshal {word} into Go value of type {go_name(code)}"
        self._result.misfits.append(Misfit(path, _unfit(word, code, owner), fatal=True, in_patch=bare))
        return None

    def _fatal(self, message: str, path: str) -> Any:
        self._result.misfits.append(Misfit(path, message, fatal=True))
        return None


_SCALARS = {
    "s": _Decoder.string,
    "b": _Decoder.boolean,
    "i": _Decoder.integer,
    "l": _Decoder.integer,
    "f": _Decoder.number,
    "B": _Decoder.data,
    "Q": _Decoder.quantity,
    "I": _Decoder.int_or_string,
    "T": _Decoder.time,
    "M": _Decoder.time,
}


def _unfit(word: str, code: str, owner: tuple[str, str]) -> str:
    """Go's sentence about a value of the wrong type."""
    struct, go_path = owner
    return f"json: cannot unmarshal {word} into Go struct field {struct}.{go_path} of type {go_name(code)}"


def _unrestorable(word: str, code: str) -> str:
    """The API server's message when a value of a patched object has the wrong type (apimachinery/pkg/runtime/converter.go)."""
    given = _RESTORED.get(word) or ("float64" if "." in word else "int64")
    kind = code.partition(":")[0]
    if code[:2] == "{}":
        return f"cannot restore map from {given}"
    if code[:2] == "[]" or kind == "B":
        return f"cannot restore slice from {given}"
    if kind not in _SCALARS:
        return f"cannot restore struct from: {given}"
    if (given == "int64" and kind == "s") or (given == "float64" and kind in "il"):
        return f"cannot convert {given} to {go_name(code)}"
    return f"unrecognized type: {_GO_NAMES[kind]}"


def go_name(code: str) -> str:
    """Go's name for the type of a code: `[]v1.EnvVar`, `map[string]string`, `int32`."""
    if code[:2] == "[]":
        return f"[]{go_name(code[2:])}"
    kind, _, name = code.partition(":")
    if name:
        return name
    if code[:2] == "{}":
        return f"map[string]{go_name(code[2:])}"
    return _GO_NAMES.get(kind) or code.partition(".")[2]


def _word(value: Any) -> str:
    """The kind of a JSON value in the words of Go's decoder."""
    if isinstance(value, bool):
        return "bool"
    return {str: "string", int: "number", float: "number", list: "array", dict: "object"}[type(value)]


def _json_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _zero(code: str) -> Any:
    """What a null in a list or a map becomes: the type's zero value."""
    kind = code.partition(":")[0]
    if code[:2] in ("[]", "{}"):
        return [] if code[0] == "[" else {}
    return {"s": "", "B": "", "i": 0, "l": 0, "f": 0, "b": False, "Q": "0", "I": 0, "T": None, "M": None, "R": None, "*": None}.get(
        kind, {}
    )
