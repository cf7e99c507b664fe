"""GET of objects and lists: limits and continue tokens, versions, selectors, in the form that the client accepts."""

from __future__ import annotations

import base64
import binascii
import json
from typing import NamedTuple

import msgspec

from simulator.api.errors import ApiError, details, not_found
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Object
from simulator.serve.encoding import Encoder
from simulator.serve.forms import Look, form_for
from simulator.serve.http import Request, Response, negotiated
from simulator.serve.selection import Options, options, revision_of, selector
from simulator.serve.session import World

ENCODER = Encoder()
"""Shared by all worlds of the process: versions of objects have unique marks."""
META_V1 = "meta.k8s.io/v1"
EXPIRED = "The resourceVersion for the provided list is too old."
OLD_TOKEN = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue "
    "parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided "
    "token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was "
    "returned and now may show up in the list."
)


def look(world: World) -> Look:
    """With what objects of a world are shown."""
    return Look(View(world.snapshot()), ENCODER, world.shift, world.applied)


def get(world: World, request: Request) -> Response:
    """One object."""
    negotiated(request.headers.get("accept", ""))
    _in_time(world, revision_of(request.option("resourceVersion")))
    target = request.about
    item = world.reads.get(target.key)
    if item is None:
        raise missing(request)
    return shown(world, request, item)


def missing(request: Request) -> ApiError:
    """NotFound, in the words of the resource that the path names."""
    target = request.about
    error = not_found(target.key)
    about = details(target.name, target.resource.group, target.resource.plural)
    return ApiError(error.reason, f'{target.resource.full_name} "{target.name}" not found', about)


def shown(world: World, request: Request, item: Object, status: int = 200, warnings: tuple[str, ...] = ()) -> Response:
    """The answer with one object, in the form that the client accepts."""
    media = negotiated(request.headers.get("accept", ""))
    resource = request.about.resource
    form = form_for(media, resource, request.option("includeObject"), look(world), is_list=False)
    return written(request, form.one(item), status=status, warnings=warnings)


def written(request: Request, text: bytes, *, status: int = 200, warnings: tuple[str, ...] = ()) -> Response:
    """An answer of JSON, perhaps for people."""
    if request.query.get("pretty") and request.flag("pretty"):
        text = msgspec.json.format(text, indent=2)
    return Response(status=status, body=text, warnings=warnings)


def list_objects(world: World, request: Request) -> Response:
    """A list, or a part of one."""
    chosen = options(request)
    matches = selector(request, chosen)
    media = negotiated(request.headers.get("accept", ""))
    resource = request.about.resource
    form = form_for(media, resource, request.option("includeObject"), look(world), is_list=True)
    place = _place(world, chosen, request.about.namespace)
    items = [item for item in _items(world, request, place.revision) if matches(item)]
    if place.after is not None:
        items = [item for item in items if _position(item) > place.after]
    metadata: JSON = {"resourceVersion": str(place.revision)}
    limit = 0 if chosen.version == 0 else chosen.limit
    if limit and len(items) > limit:
        left, items = len(items) - limit, items[:limit]
        metadata["continue"] = _token(place.revision, items[-1])
        if not chosen.labels and not chosen.fields:
            metadata["remainingItemCount"] = left
    return written(request, form.many(items, metadata))


def _items(world: World, request: Request, revision: int) -> list[Object]:
    target = request.about
    where = target.namespace or None
    reads = world.reads if revision >= world.revision else world.snapshot(revision)
    return sorted(reads.objects(target.resource.key_kind, where), key=_position)


def _position(item: Object) -> tuple[str, str]:
    return item.metadata.namespace, item.metadata.name


class _Place(NamedTuple):
    """The revision of which a list is, and the object behind which it begins."""

    revision: int
    after: tuple[str, str] | None = None


def _place(world: World, chosen: Options, namespace: str) -> _Place:
    """Raises ApiError for versions that are too old, still to come, or not given in a way that can be read."""
    if chosen.token:
        return _continued(world, chosen, namespace)
    _in_time(world, chosen.version)
    if chosen.match == "Exact" and chosen.version is not None:
        if chosen.version < world.floor:
            raise ApiError("Expired", EXPIRED)
        return _Place(chosen.version)
    return _Place(world.revision)


def _in_time(world: World, version: int | None) -> None:
    if version is not None and version > world.revision:
        causes = [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}]
        message = f"Timeout: Too large resource version: {version}, current: {world.revision}"
        raise ApiError("Timeout", message, {"causes": causes, "retryAfterSeconds": 1})


def _token(revision: int, last: Object) -> str:
    start = f"{last.metadata.namespace}/{last.metadata.name}\0"
    value = {"v": META_V1, "rv": revision, "start": start}
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")


def _continued(world: World, chosen: Options, own: str) -> _Place:
    if chosen.version is not None:
        raise ApiError("BadRequest", "specifying resource version is not allowed when using continue")
    bad = "invalid continue token: continue key is not valid"
    try:
        value = json.loads(base64.urlsafe_b64decode(chosen.token + "=" * (-len(chosen.token) % 4)))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ApiError("BadRequest", f"{bad}: {_unreadable(chosen.token)}") from error
    if not isinstance(value, dict) or value.get("v") != META_V1:
        version = value.get("v", "") if isinstance(value, dict) else ""
        raise ApiError("BadRequest", f"{bad}: server does not recognize this encoded version {version}")
    revision, start = value.get("rv"), value.get("start")
    if not isinstance(revision, int) or not isinstance(start, str):
        raise ApiError("BadRequest", f"{bad}: token is missing a resourceVersion or a start")
    namespace, _, name = start.rstrip("\0").rpartition("/")
    after = own or namespace.strip("/"), name
    if revision < 0:
        return _Place(world.revision, after)
    if revision < world.floor or revision > world.revision:
        fresh = {"v": META_V1, "rv": -1, "start": start}
        token = base64.urlsafe_b64encode(json.dumps(fresh, separators=(",", ":")).encode()).decode().rstrip("=")
        raise ExpiredToken(token)
    return _Place(revision, after)


class ExpiredToken(ApiError):
    """A continue token that is too old; `token` continues the list as it is now."""

    def __init__(self, token: str) -> None:
        super().__init__("Expired", OLD_TOKEN)
        self.token = token


def _unreadable(token: str) -> str:
    """Go's words about a token that is no JSON."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode(errors="replace")
    except ValueError:
        return f"illegal base64 data at input byte {len(token)}"
    return f"invalid character '{text[:1]}' looking for beginning of value"
