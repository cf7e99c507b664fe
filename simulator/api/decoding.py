"""Objects and patches of requests as the API server decodes them, and its sentences about those that it cannot."""

from __future__ import annotations

import json
import re
from typing import Any

from simulator.api.admission_refusal import Unpatchable
from simulator.api.bodies import Body
from simulator.api.custom import Version
from simulator.api.custom import decoded as custom_decoded
from simulator.api.errors import ApiError
from simulator.api.patch import Patch
from simulator.golang.text import go_value
from simulator.manifest.decode import decode, fit
from simulator.manifest.schema import served
from simulator.objects.base import JSON
from simulator.objects.kinds import Kind

SCHEME = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"
OPTIONS, OPTIONS_SCHEME = "DeleteOptions", "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27"
FORMER = re.compile(r"v\d+(alpha|beta)\d+")
"""Versions that the API server still knows, though it does not serve them."""


def read_new(body: Body, kind: Kind, validation: str, version: Version | None = None, *, in_order: bool = True) -> tuple[JSON, list[str]]:
    """The object of a body, which should be of that kind, and remarks about fields that it has twice or should not have.

    `validation` is Ignore, Warn or Strict; `version` the definition of a custom resource. Raises ApiError (BadRequest).
    """
    given = {name: value for name, value in body.value.items() if name not in ("apiVersion", "kind") or value}
    value = {"kind": kind.name, "apiVersion": kind.api_version, **given}
    _check_kind(value, kind)
    entry = served(kind.api_version, kind.name)
    decoded = fit(value) if entry is None else decode(value, entry.type, in_order=in_order)
    if decoded.refusal:
        raise _unreadable(value, kind.name, decoded.refusal)
    read, unknown = (decoded.value, decoded.unknown) if version is None else custom_decoded(decoded.value, version)
    remarks = [*body.repeated, *(f'unknown field "{path}"' for path in unknown)]
    if remarks and validation == "Strict":
        raise _unreadable(value, kind.name, f"strict decoding error: {', '.join(remarks)}")
    read.setdefault("metadata", {})
    return read, remarks if validation == "Warn" else []


def read_delete_options(body: Body) -> JSON:
    """The options in the body of a deletion. Raises ApiError (BadRequest)."""
    kind, version = str(body.value.get("kind") or OPTIONS), str(body.value.get("apiVersion") or "v1")
    if kind != OPTIONS:
        raise ApiError("BadRequest", f'no kind "{kind}" is registered for version "{version}" in scheme "{OPTIONS_SCHEME}"')
    decoded = decode(body.value, "meta.v1.DeleteOptions")
    if decoded.refusal:
        raise ApiError("BadRequest", decoded.refusal)
    return decoded.value


def _check_kind(value: JSON, kind: Kind) -> None:
    """Refuse an object of another kind or version than its request is about. Raises ApiError (BadRequest)."""
    version, name = str(value["apiVersion"]), str(value["kind"])
    if (version, name) == (kind.api_version, kind.name):
        return
    if name == kind.name and version.rpartition("/")[0] == kind.group and FORMER.fullmatch(version.rpartition("/")[2]):
        differs = f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        raise ApiError("BadRequest", differs)
    if served(version, name) is None and (version, name) != ("v1", "List"):
        raise _unreadable(value, kind.name, f'no kind "{name}" is registered for version "{version}" in scheme "{SCHEME}"')
    target = f"{kind.group.partition('.')[0] or 'core'}.{kind.name}"
    raise _unreadable(value, kind.name, f"converting ({version.rpartition('/')[2]}.{name}) to ({target}): unknown conversion")


def read_patched(
    value: Any, change: Patch, validation: str, kind: Kind | None = None, version: Version | None = None
) -> tuple[JSON, list[str]]:
    """The object that a patch has made, which should be of that kind, and remarks about unknown fields. Raises ApiError (Unpatchable)."""
    if not isinstance(value, dict):
        raise ApiError("BadRequest", f"the object provided is unrecognized: {value!r}")
    if kind is not None:
        _check_kind({"apiVersion": "", "kind": "", **value}, kind)
    entry = served(str(value.get("apiVersion")), str(value.get("kind")))
    decoded = fit(value) if entry is None else decode(value, entry.type, in_order=change.kind != "strategic")
    read, paths = (decoded.value, decoded.unknown) if version is None else custom_decoded(decoded.value, version)
    unknown = [f'unknown field "{path}"' for path in paths]
    misfit = decoded.patch_refusal if change.kind == "strategic" else decoded.refusal
    strict = f"strict decoding error: {', '.join(unknown)}" if unknown and validation == "Strict" else ""
    if why := misfit or strict:
        # Of a strategic patch the server prints the patch, of the others what they made.
        raise Unpatchable(go_value(change.value) if change.kind == "strategic" else _go_object(value), why)
    return read, unknown if validation == "Warn" else []


def _go_object(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unreadable(value: JSON, spelled: str, why: str) -> ApiError:
    version = str(value["apiVersion"]).rpartition("/")[2]
    return ApiError("BadRequest", f'{value["kind"]} in version "{version}" cannot be handled as a {spelled}: {why}')


def fitted(data: JSON) -> JSON:
    """A value as the API server reads it: quantities in their canonical form. Raises ApiError for a value of the wrong type."""
    entry = served(data["apiVersion"], data["kind"])
    if entry is None:
        return data
    decoded = decode(data, entry.type)
    if decoded.refusal:
        raise _unreadable(data, data["kind"], decoded.refusal)
    return decoded.value
