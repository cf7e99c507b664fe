"""Watches: changes of objects as they happen, with bookmarks, initial state, selectors, and the end of what is remembered."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic
from typing import NamedTuple

import msgspec

from simulator.api.errors import ApiError
from simulator.api.status import status_of
from simulator.journal.records import Write
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Object
from simulator.objects.labels import INITIAL_EVENTS_END
from simulator.serve.forms import Form, form_for
from simulator.serve.http import JSON_MEDIA, Connection, Request, negotiated
from simulator.serve.reading import look
from simulator.serve.selection import Options, options, selector
from simulator.serve.session import World

STREAMS = "application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch"
QUEUE = 10_000
"""Events that may wait for a slow client."""
AT_ONCE = 50
"""Events that are written in one go: others are served in between."""
LONGEST = 1800
"""Seconds that a watch without `timeoutSeconds` lasts; the API server draws between 30 and 60 minutes."""
FIRST_BOOKMARK, EVERY, BEFORE_END = 0.7, 60.0, 1.4
"""When bookmarks come, in seconds: after the beginning, then regularly, and before the end."""


class Event(NamedTuple):
    """A change as a watch sees it."""

    type: str
    item: Object


class Watch:
    """One open watch: what it is about, and the events that the client has not been sent."""

    def __init__(self, world: World, kind: str, matches: Callable[[Object], bool], after: int) -> None:
        self.events: deque[Event] = deque()
        self.wake = asyncio.Event()
        self.overflowed = False
        self.revision = max(after, world.revision)
        self._matches, self._after = matches, after
        self.leave = world.subscribe(kind, self.take)

    def take(self, write: Write, before: Object | None) -> None:
        """Note a write."""
        if write.revision <= self._after:
            return
        self.revision = write.revision
        event = seen(write, before, self._matches)
        if event is None:
            return
        if len(self.events) >= QUEUE:
            self.overflowed = True
        else:
            self.events.append(event)
        self.wake.set()


def seen(write: Write, before: Object | None, matches: Callable[[Object], bool]) -> Event | None:
    """What a watch with a selector sees of a write: objects that begin to match are added, others that cease to are deleted."""
    was = before is not None and matches(before)
    if write.type == "DELETED":
        return Event("DELETED", write.item) if was else None
    if matches(write.item):
        return Event("MODIFIED" if was else "ADDED", write.item)
    if not was:
        return None
    assert before is not None
    last: Object = evolve(before, metadata=evolve(before.metadata, resource_version=write.item.metadata.resource_version))
    return Event("DELETED", last)


def missed(world: World, kind: str, after: int, matches: Callable[[Object], bool]) -> Iterator[Event]:
    """The events since a revision, oldest first."""
    last: dict[Key, Object] = {}
    for write in world.snapshot().writes_of(kind.partition(".")[0]):
        key = write.key
        if key.kind != kind:
            continue
        before = last.pop(key, None)
        if write.type != "DELETED":
            last[key] = write.item
        event = seen(write, before, matches) if write.revision > after else None
        if event is not None:
            yield event


async def watch(world: World, request: Request, connection: Connection) -> None:
    """Answer a watch until the client goes away or its time is over. Raises ApiError before it has begun."""
    chosen = options(request)
    target = request.about
    if target.name:
        raise ApiError("BadRequest", "a watch of one object is a list with a field selector", {})
    matches = selector(request, chosen)
    media = negotiated(request.headers.get("accept", ""))
    if media.type != JSON_MEDIA:
        raise ApiError("NotAcceptable", f"only the following media types are accepted: {STREAMS}")
    form = form_for(media, target.resource, request.option("includeObject"), look(world), is_list=False)
    stream = _Stream(world, form, connection)
    await stream.start()
    kind = target.resource.key_kind
    if chosen.version and chosen.version < world.floor:
        await stream.expire(chosen.version)
        return
    after = chosen.version or 0
    one = Watch(world, kind, matches, after)
    try:
        await stream.send(_first(world, request, chosen, matches))
        if chosen.initial and chosen.bookmarks:
            await stream.bookmark(world.revision, {INITIAL_EVENTS_END: "true"})
        await _follow(stream, one, chosen)
    finally:
        one.leave()
    await stream.end()


def _first(world: World, request: Request, chosen: Options, matches: Callable[[Object], bool]) -> list[Event]:
    """What a watch begins with: the present state, or what happened since a revision."""
    target = request.about
    kind = target.resource.key_kind
    if chosen.initial or (chosen.initial is None and not chosen.version):
        items = world.reads.objects(kind, target.namespace or None)
        ordered = sorted(items, key=lambda item: (item.metadata.namespace, item.metadata.name))
        return [Event("ADDED", item) for item in ordered if matches(item)]
    if not chosen.version or chosen.version >= world.revision:
        return []
    return list(missed(world, kind, chosen.version, matches))


async def _follow(stream: _Stream, one: Watch, chosen: Options) -> None:
    """Send events and bookmarks until the end."""
    begun = monotonic()
    end = begun + (chosen.timeout or LONGEST)
    bookmarks = _bookmarks(begun, end) if chosen.bookmarks else iter(())
    next_bookmark = next(bookmarks, None)
    gone = asyncio.ensure_future(stream.gone())
    try:
        while monotonic() < end and not gone.done():
            if one.events:
                batch, one.events = list(one.events), deque()
                await stream.send(batch)
                continue
            if one.overflowed:
                await stream.expire(one.revision)
                return
            if next_bookmark is not None and monotonic() >= next_bookmark:
                await stream.bookmark(one.revision, {})
                next_bookmark = next(bookmarks, None)
                continue
            one.wake.clear()
            until = end if next_bookmark is None else min(end, next_bookmark)
            woken = asyncio.ensure_future(one.wake.wait())
            await asyncio.wait({woken, gone}, timeout=max(until - monotonic(), 0), return_when=asyncio.FIRST_COMPLETED)
            woken.cancel()
    finally:
        gone.cancel()


def _bookmarks(begun: float, end: float) -> Iterator[float]:
    last = end - BEFORE_END
    at = begun + FIRST_BOOKMARK
    while at < last:
        yield at
        at += EVERY
    yield last


class _Stream:
    """The answer of a watch: events as lines of JSON."""

    def __init__(self, world: World, form: Form, connection: Connection) -> None:
        self._world, self._form, self._connection = world, form, connection

    async def start(self) -> None:
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-cache, private")]
        await self._connection.send({"type": "http.response.start", "status": 200, "headers": headers})
        await self._write(b"")

    async def send(self, events: list[Event]) -> None:
        """Several events at once."""
        self._form.look = look(self._world)
        for start in range(0, len(events), AT_ONCE):
            part = events[start : start + AT_ONCE]
            lines = [b'{"type":"%s","object":%s}\n' % (event.type.encode(), self._form.change(event.item)) for event in part]
            await self._write(b"".join(lines))
            await asyncio.sleep(0)

    async def bookmark(self, revision: int, annotations: JSON) -> None:
        """How far the client has seen everything."""
        metadata: JSON = {"resourceVersion": str(revision)}
        if annotations:
            metadata["annotations"] = annotations
        await self._write(b'{"type":"BOOKMARK","object":%s}\n' % self._form.bookmark(metadata))

    async def expire(self, version: int) -> None:
        """What happened since that revision is not remembered: the client has to list again."""
        error = ApiError("Expired", f"too old resource version: {version} ({max(self._world.floor, version)})")
        await self._write(b'{"type":"ERROR","object":%s}\n' % msgspec.json.encode(status_of(error)))
        await self.end()

    async def end(self) -> None:
        """Close the answer."""
        await self._connection.send({"type": "http.response.body", "body": b"", "more_body": False})

    async def gone(self) -> None:
        """Wait until the client goes away."""
        while (await self._connection.receive())["type"] != "http.disconnect":
            pass

    async def _write(self, data: bytes) -> None:
        await self._connection.send({"type": "http.response.body", "body": data, "more_body": True})
