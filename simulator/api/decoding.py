"""Objects and patches of requests as the API server decodes them, and its sentences about those that it cannot."""

from __future__ import annotations

from typing import Any

from simulator.api.admission_refusal import Unpatchable
from simulator.api.errors import ApiError
from simulator.api.patch import go_map
from simulator.manifest.decode import decode
from simulator.manifest.schema import served, served_kinds
from simulator.objects.base import JSON

SCHEME = "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"


def as_server_reads(value: JSON, validate: str) -> tuple[JSON, list[str]]:
    """The value as the API server decodes it, and its remarks about fields that it does not know. Raises ApiError (BadRequest)."""
    version = str(value["apiVersion"])
    spelled = served_kinds().get((version, str(value["kind"]).lower()), str(value["kind"]))
    entry = served(version, spelled)
    if entry is None or spelled != value["kind"]:
        unknown = f'no kind "{value["kind"]}" is registered for version "{version}" in scheme "{SCHEME}"'
        raise _unreadable(value, spelled, unknown)
    decoded = decode(value, entry.type)
    if decoded.refusal:
        raise _unreadable(value, spelled, decoded.refusal)
    unknown_fields = [f'unknown field "{path}"' for path in decoded.unknown]
    if unknown_fields and validate == "strict":
        raise _unreadable(value, spelled, f"strict decoding error: {', '.join(unknown_fields)}")
    read: dict[str, Any] = decoded.value
    read.setdefault("metadata", {})
    return read, unknown_fields if validate == "warn" else []


def as_server_patches(value: JSON, change: JSON, validate: str) -> tuple[JSON, list[str]]:
    """The same for what a strategic merge patch (`change`) has made of an object. Raises ApiError (Unpatchable)."""
    entry = served(str(value["apiVersion"]), str(value["kind"]))
    if entry is None:
        return value, []
    decoded = decode(value, entry.type)
    unknown = [f'unknown field "{path}"' for path in decoded.unknown]
    strict = f"strict decoding error: {', '.join(unknown)}" if unknown and validate == "strict" else ""
    if why := decoded.patch_refusal or strict:
        raise Unpatchable(go_map(change), why)
    return decoded.value, unknown if validate == "warn" else []


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
        version, kind = data["apiVersion"].rpartition("/")[2], data["kind"]
        raise ApiError("BadRequest", f'{kind} in version "{version}" cannot be handled as a {kind}: {decoded.refusal}')
    return decoded.value
