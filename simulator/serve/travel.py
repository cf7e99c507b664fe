"""Time travel: `/at/40s/` before a path is the cluster at that instant. It can be read, not changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from simulator.api.errors import ApiError
from simulator.api.served import Resources
from simulator.journal.journal import Journal
from simulator.journal.reads import Reads
from simulator.journal.snapshot import Mark, Snapshot
from simulator.journal.store import Watcher
from simulator.serve.session import World, refused
from simulator.serve.shift import Shift
from simulator.units import parse_duration, short_duration

T = TypeVar("T")
_PREFIX = re.compile(r"/at/([^/]+)(/.*|$)")


def split(path: str) -> tuple[int | None, str]:
    """The instant that a path names (None: now), and the path behind it. Raises ApiError (BadRequest)."""
    match = _PREFIX.fullmatch(path)
    if match is None:
        return None, path
    try:
        return parse_duration(match[1]), match[2] or "/"
    except ValueError as error:
        raise ApiError("BadRequest", f"/at/{match[1]}: {error}", {}) from error


class Travel:
    """A past instant of a world."""

    def __init__(self, present: World, t: int) -> None:
        if t > present.now:
            raise ApiError("BadRequest", f"/at/{short_duration(t)} is in the future: the time is {short_duration(present.now)}", {})
        self._present = present
        self.now = t
        self.dialect = present.dialect
        self.shift: Shift = present.shift
        self.floor = present.floor
        self.applied = present.applied
        writes = present.journal.writes_until(t)
        self.revision = writes[-1].revision if writes else 0
        self.resources = Resources(self.snapshot())

    @property
    def journal(self) -> Journal:
        """The whole journal."""
        return self._present.journal

    @property
    def reads(self) -> Reads:
        """The objects at that instant."""
        return self.snapshot()

    def snapshot(self, revision: int | None = None) -> Snapshot:
        """The objects at that instant, or as of an earlier revision."""
        mark = None if revision is None or revision >= self.revision else Mark(revision, 0)
        return Snapshot(self.journal, self.now, mark)

    def listen(self, _callback: Callable[[], object]) -> Callable[[], None]:
        """Nothing happens any more."""
        return lambda: None

    def subscribe(self, _kind: str, _watcher: Watcher) -> Callable[[], None]:
        """Nothing is written any more."""
        return lambda: None

    async def perform(self, call: Callable[[], T]) -> T:
        """The past cannot be changed. Raises ApiError."""
        raise refused()
