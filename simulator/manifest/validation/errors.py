"""Field errors and how they are printed (apimachinery/pkg/util/validation/field)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from simulator.dialect import Dialect

REQUIRED = "Required value"
INVALID = "Invalid value"
UNSUPPORTED = "Unsupported value"
DUPLICATE = "Duplicate value"
NOT_FOUND = "Not found"
FORBIDDEN = "Forbidden"
TOO_LONG = "Too long"
TOO_MANY = "Too many"
WITHOUT_VALUE = (REQUIRED, FORBIDDEN, TOO_LONG)

OMITTED = object()
"""The value of errors that print no value."""


class GoValue(NamedTuple):
    """A value with Go's own notation: `text` as JSON, `literal` as `%#v`."""

    text: str
    literal: str


class FieldError(msgspec.Struct, frozen=True):
    """An error about a field: its path, the type of error, the invalid value, and a message (may be empty)."""

    field: str
    kind: str
    value: Any = None
    detail: str = ""

    def body(self, dialect: Dialect) -> str:
        """All but the path: `Invalid value: -1: must be greater than or equal to 0`."""
        hidden = self.kind in WITHOUT_VALUE or self.value is OMITTED
        shown = self.kind if hidden else f"{self.kind}: {shown_value(self.value, dialect)}"
        return f"{shown}: {self.detail}" if self.detail else shown

    def text(self, dialect: Dialect) -> str:
        """The whole line."""
        return f"{self.field}: {self.body(dialect)}"


Errors = Iterator[FieldError]


def shown_value(value: Any, dialect: Dialect) -> str:
    """A value as the API server prints it: JSON since it does so, Go's own notation before."""
    if isinstance(value, GoValue):
        return value.text if dialect.values_in_errors_are_json else value.literal
    if value is None:
        return "null" if dialect.values_in_errors_are_json else '"null"'
    if isinstance(value, dict | list) and not dialect.values_in_errors_are_json:
        return _literal(value)
    return go_json(value) if isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)


def go_json(value: Any) -> str:
    """JSON as Go writes it: compact, map keys in order, and safe inside HTML."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _literal(value: dict[str, Any] | list[Any]) -> str:
    if isinstance(value, dict):
        return "map[string]string{" + ", ".join(f"{json.dumps(k)}:{json.dumps(v)}" for k, v in sorted(value.items())) + "}"
    return "[]string{" + ", ".join(json.dumps(item) for item in value) + "}"


def required(field: str, detail: str = "") -> FieldError:
    """Something is missing."""
    return FieldError(field, REQUIRED, "", detail)


def invalid(field: str, value: Any, detail: str) -> FieldError:
    """A value breaks a rule."""
    return FieldError(field, INVALID, value, detail)


def unsupported(field: str, value: Any, supported: list[str] | tuple[str, ...]) -> FieldError:
    """An unsupported value; the supported ones are printed in the order given."""
    return FieldError(
        field, UNSUPPORTED, value, "supported values: " + ", ".join(json.dumps(word) for word in supported) if supported else ""
    )


def duplicate(field: str, value: Any) -> FieldError:
    """A duplicate value."""
    return FieldError(field, DUPLICATE, value)


def not_found(field: str, value: Any) -> FieldError:
    """A value refers to something that does not exist."""
    return FieldError(field, NOT_FOUND, value)


def forbidden(field: str, detail: str) -> FieldError:
    """A field may not be set here."""
    return FieldError(field, FORBIDDEN, "", detail)


def too_long(field: str, most: int, unit: str = "bytes") -> FieldError:
    """A text has too many bytes (or characters)."""
    return FieldError(field, TOO_LONG, "", f"may not be more than {most} {unit}")


def too_many(field: str, count: int, most: int) -> FieldError:
    """A list has too many items."""
    return FieldError(field, TOO_MANY, count, f"must have at most {most} items")
