"""Requests that write: they happen at an instant of their own, and are recorded as actions that replay the session."""

from __future__ import annotations

import json

import msgspec

from simulator.api.bodies import PROTOBUF
from simulator.api.errors import ApiError
from simulator.api.subresources import shown
from simulator.scenario.requests import Sent
from simulator.serve.http import Request, Response, negotiated
from simulator.serve.reading import list_objects, missing
from simulator.serve.selection import options, selector
from simulator.serve.session import Session, World, refused

OF_DELETION = ("dryRun", "propagationPolicy", "gracePeriodSeconds", "orphanDependents")
"""Query parameters of a collection's deletion that each object's deletion has, too."""


async def write(world: World, request: Request) -> Response:
    """POST, PUT, PATCH, DELETE of objects and their parts, all at once for a collection."""
    negotiated(request.headers.get("accept", ""))
    if not isinstance(world, Session):
        raise refused()
    media = request.headers.get("content-type", "")
    body = request.body
    if world.shift.offset and body and not media.startswith(PROTOBUF):
        body = _shifted(world, body)
    query = {name: list(values) for name, values in request.query.items()}
    sent = Sent(request.method, request.path, query, media, request.headers.get("user-agent", ""), body)
    reply = await world.request(sent, dry=_is_dry(request))
    return Response(status=reply.code, body=world.shift.outward(msgspec.json.encode(reply.value)), warnings=reply.warnings)


async def delete_all(world: World, request: Request) -> Response:
    """DELETE of a collection: one object after the other; the answer lists what was there."""
    chosen = options(request)
    matches = selector(request, chosen)
    target = request.about
    listing = list_objects(world, request)
    items = sorted(world.reads.objects(target.resource.key_kind, target.namespace or None), key=lambda item: item.metadata.name)
    # With a limit, only the first part of the list is deleted.
    for item in [item for item in items if matches(item)][: chosen.limit or None]:
        path = f"{request.path.rstrip('/')}/{item.metadata.name}"
        query = {name: values for name, values in request.query.items() if name in OF_DELETION}
        try:
            await write(world, msgspec.structs.replace(request, path=path, query=query))
        except ApiError as error:
            if error.reason != "NotFound":
                raise
    return listing


def _is_dry(request: Request) -> bool:
    """Whether nothing is to change, which a request can say in three places."""
    if request.query.get("dryRun"):
        return True
    if request.method != "DELETE" and request.about.subresource != "eviction":
        return False
    try:
        value = json.loads(request.body or b"{}")
    except ValueError:
        return False
    given = value if isinstance(value, dict) else {}
    inner = given.get("deleteOptions")
    return bool(given.get("dryRun") or (isinstance(inner, dict) and inner.get("dryRun")))


def _shifted(world: Session, body: bytes) -> bytes:
    """A body with simulated times; one that cannot be read is left to the API server to refuse."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    moved = world.shift.inward(value)
    return body if moved == value else json.dumps(moved).encode()


def get_part(world: World, request: Request) -> Response:
    """GET of a subresource that shows an object in another form."""
    target = request.about
    item = world.reads.get(target.key)
    if item is None:
        raise missing(request)
    return Response(body=world.shift.outward(msgspec.json.encode(shown(item, target.subresource, world.reads))))
