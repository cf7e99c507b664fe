"""How a request is refused: by a plug-in (Forbidden) or by validation (Invalid)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simulator.api.errors import ApiError, details
from simulator.dialect import Dialect
from simulator.manifest.validation import FieldError
from simulator.objects.kinds import Kind, Object, kind_for

REASONS = {
    "Required value": "FieldValueRequired",
    "Invalid value": "FieldValueInvalid",
    "Unsupported value": "FieldValueNotSupported",
    "Duplicate value": "FieldValueDuplicate",
    "Not found": "FieldValueNotFound",
    "Forbidden": "FieldValueForbidden",
    "Too long": "FieldValueTooLong",
    "Too many": "FieldValueTooMany",
}
"""metav1.CauseType by the type of a field error."""


class Invalid(ApiError):
    """An object refused by validation. kubectl prints the `causes` itself."""

    def __init__(self, kind: str, name: str, causes: list[FieldError], dialect: Dialect) -> None:
        self.kind = kind
        self.name = name
        self.causes = causes
        self.lines = [cause.text(dialect) for cause in causes]
        word, _, group = kind.partition(".")
        reasons = [{"reason": REASONS[cause.kind], "message": cause.body(dialect), "field": cause.field} for cause in causes]
        message = f'{kind} "{name}" is invalid: {aggregate(dict.fromkeys(self.lines))}'
        super().__init__("Invalid", message, {**details(name, group, word), "causes": reasons})


class Unpatchable(Invalid):
    """A patch whose result is no valid object: kubectl names the patch, not the object."""

    def __init__(self, patch: str, why: str) -> None:
        self.kind = self.name = ""
        self.causes = []
        wrong = f"Invalid value: {json.dumps(patch, ensure_ascii=False)}: {why}"
        self.lines = [f"patch: {wrong}"]
        causes = {"causes": [{"reason": "FieldValueInvalid", "message": wrong, "field": "patch"}]}
        ApiError.__init__(self, "Invalid", f' "" is invalid: {self.lines[0]}', causes)


def invalid(item: Object, causes: list[FieldError], dialect: Dialect) -> Invalid:
    """The refusal of an object by validation."""
    group = item.api_version.rpartition("/")[0]
    kind = f"{item.kind}.{group}" if group else item.kind
    return Invalid(kind, item.metadata.name or item.metadata.generate_name, causes, dialect)


def forbidden(item: Object, why: str) -> ApiError:
    """The refusal of an object by a plug-in. One whose name is not generated yet is named by its prefix."""
    name = item.metadata.name or item.metadata.generate_name or "Unknown"
    resource, _, group = resource_of(item).partition(".")
    return ApiError("Forbidden", f'{resource_of(item)} "{name}" is forbidden: {why}', details(name, group, resource))


def resource_of(item: Any) -> str:
    """`pods`, `deployments.apps`."""
    kind: Kind | None = kind_for(item.api_version, item.kind)
    return kind.resource if kind else f"{item.kind.lower()}s"


def aggregate(texts: Iterable[str]) -> str:
    """Several sentences in one (apimachinery/pkg/util/errors): `[a, b]`."""
    messages = list(texts)
    return messages[0] if len(messages) == 1 else f"[{', '.join(messages)}]"


def as_kubectl(error: ApiError, verb: str = "", source: str = "") -> str:
    """What kubectl prints on stderr when the API server refuses a request while it was `verb` (creating, ...) the file `source`.

    Of an invalid object kubectl prints each complaint once, without the file.
    """
    if isinstance(error, Invalid):
        lines = list(dict.fromkeys(error.lines))
        kind = error.kind.partition(".")[0]
        head = f'The {kind} "{error.name}" is invalid: ' if kind or error.name else "The request is invalid: "
        return f"{head}{lines[0]}\n" if len(lines) == 1 else head + "\n" + "".join(f"* {line}\n" for line in lines)
    if error.reason == "Invalid":
        return f"The request is invalid: {error.message}\n"
    return f"{server_error(error, verb, source)}\n"


def server_error(error: ApiError, verb: str = "", source: str = "") -> str:
    """The same in one line, as kubectl prints it between other errors."""
    where = f'error when {verb} "{source}": ' if source else ""
    reason = f" ({error.reason})" if error.reason else ""
    return f"Error from server{reason}: {where}{error.message}"
