"""Requests and answers as values, and which media type an answer has."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from simulator.api.authorization.request import ADMIN, User
from simulator.api.errors import ApiError
from simulator.api.paths import Target

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

JSON_MEDIA = "application/json"
YAML_MEDIA = "application/yaml"
TEXT = "text/plain; charset=utf-8"


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `path` is without the prefix of time travel; header names are in lower case; `target` is None for paths of no resource.

    `secret` signs the tokens of ServiceAccounts.
    """

    method: str
    path: str
    query: Mapping[str, list[str]] = {}
    headers: Mapping[str, str] = {}
    body: bytes = b""
    user: User = ADMIN
    target: Target | None = None
    secret: str = ""

    def option(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        values = self.query.get(name)
        return values[0] if values else default

    def flag(self, name: str) -> bool:
        """A query parameter as the API server reads a boolean: `watch=abc` is a yes."""
        values = self.query.get(name)
        return values is not None and bool(values) and values[0].lower() not in ("0", "false")

    @property
    def about(self) -> Target:
        """What the path names; for handlers of resources."""
        assert self.target is not None, "a handler of a resource"
        return self.target


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: `value` as JSON, or `body` as it is."""

    status: int = 200
    value: Any = None
    body: bytes = b""
    media: str = JSON_MEDIA
    headers: Mapping[str, str] = {}
    warnings: tuple[str, ...] = ()

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return msgspec.json.encode(self.value) if self.value is not None else self.body


class Connection(NamedTuple):
    """The connection of a stream, as ASGI gives it."""

    scope: Mapping[str, Any]
    receive: Receive
    send: Send


class Media(NamedTuple):
    """One entry of an Accept header: the type, and its parameters (`as`, `v`, `g`, `stream`)."""

    type: str
    parameters: Mapping[str, str]

    @property
    def form(self) -> str:
        """What it asks objects to be shown as: `Table`, `PartialObjectMetadata`; empty: as they are."""
        return self.parameters.get("as", "")


FORMS = {"Table": ("v1", "v1beta1"), "PartialObjectMetadata": ("v1", "v1beta1"), "PartialObjectMetadataList": ("v1", "v1beta1")}
"""What objects can be shown as, in which versions of meta.k8s.io."""
READABLE = (JSON_MEDIA, YAML_MEDIA)
AVAILABLE = "application/json, application/yaml, application/vnd.kubernetes.protobuf"
PLAIN = Media(JSON_MEDIA, {})


def accepted(header: str) -> list[Media]:
    """The entries of an Accept header, in its order."""
    entries = []
    for part in filter(None, (part.strip() for part in header.split(","))):
        words = [word.strip() for word in part.split(";")]
        parameters = dict(word.split("=", 1) for word in words[1:] if "=" in word)
        entries.append(Media(words[0].lower(), parameters))
    return entries


def negotiated(header: str) -> Media:
    """How the answer to a request for objects is written. Raises ApiError (NotAcceptable)."""
    entries = accepted(header)
    if not entries:
        return PLAIN
    refused_form = False
    for media in entries:
        if media.type not in READABLE and media.type not in ("*/*", "application/*"):
            refused_form |= media.type == "application/vnd.kubernetes.protobuf"
            continue
        version = media.parameters.get("v")
        if media.form and (version not in FORMS.get(media.form, ()) or media.parameters.get("g") != "meta.k8s.io"):
            refused_form = True
            continue
        return media if media.type in READABLE else Media(JSON_MEDIA, media.parameters)
    if refused_form:
        raise ApiError("NotAcceptable", f"only the following media types are accepted: {AVAILABLE}")
    raise ApiError("NotAcceptable", f"406: Not Acceptable\n\nAvailable representations: {AVAILABLE}", {})
