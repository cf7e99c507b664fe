"""`/podsim/clock`: what time it is in the simulation, and how `podsim clock` moves it."""

from __future__ import annotations

import json
from typing import Any, cast

from simulator.api.errors import ApiError
from simulator.serve.http import Request, Response
from simulator.serve.session import Moving, World
from simulator.units import HOUR, MILLISECOND, parse_duration, seconds, short_duration

PATH = "/podsim/clock"
LONGEST = 8760 * HOUR


def read(world: World, _request: Request) -> Response:
    """The present time."""
    return Response(value=_time(world))


async def move(world: World, request: Request) -> Response:
    """Move it: `{"step": "10s"}`, `{"to": "75s"}` or `{"next": true}`. Raises ApiError (BadRequest)."""
    if not hasattr(world, "advance"):
        raise ApiError("BadRequest", "a past instant stays as it is", {})
    moving = cast(Moving, world)
    try:
        order = json.loads(request.body or b"{}")
    except ValueError as error:
        raise ApiError("BadRequest", f"the body is no JSON: {error}", {}) from error
    if not isinstance(order, dict) or len(order) != 1 or not order.keys() <= {"step", "to", "next"}:
        raise ApiError("BadRequest", 'the body must be {"step": DURATION}, {"to": DURATION} or {"next": true}', {})
    [(word, value)] = order.items()
    if word == "next":
        await moving.advance_to_write(world.now + LONGEST)
    else:
        await moving.advance(_instant(world, word, value))
    return Response(value=_time(world))


def _instant(world: World, word: str, value: Any) -> int:
    try:
        span = parse_duration(str(value))
    except ValueError as error:
        raise ApiError("BadRequest", f"{word}: {error}", {}) from error
    t = world.now + span if word == "step" else span
    if t < world.now or span < 0:
        raise ApiError("BadRequest", f"{value} is in the past: the time is {short_duration(world.now)}", {})
    if t > world.now + LONGEST:
        raise ApiError("BadRequest", f"{value} is more than a year away", {})
    return t


def _time(world: World) -> dict[str, Any]:
    # Writes have instants of their own, nanoseconds after the last one, which say nothing to people.
    return {"now": seconds(world.now), "text": short_duration(world.now // MILLISECOND * MILLISECOND), "revision": str(world.revision)}
