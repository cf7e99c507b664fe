"""What depends on what: workloads and Services, and the links between them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simulator.objects.kinds import Key, kind_of_key
from simulator.units import MILLISECOND, seconds, short_duration

TENTH = 100 * MILLISECOND
LinkKind = Literal["waits", "calls", "selects"]


class Link(NamedTuple):
    """`source` depends on `target`.

    waits: a container goes on only when the target answers; it asked from `begin` to `end` (ns; begin None: it has not come so far,
    end None: it still asks). calls: a container is told of the target, and may well be without it. selects: a Service and who is behind it.
    """

    source: Key
    target: Key
    kind: LinkKind
    container: str = ""
    init: bool = False
    why: str = ""
    begin: int | None = None
    end: int | None = None

    @property
    def has_passed(self) -> bool:
        """Whether the wait is over."""
        return self.end is not None

    @property
    def waited(self) -> str:
        """How long the container was kept waiting, for people; empty when it was not, or when that is not over."""
        tenths = 0 if self.begin is None or self.end is None else (self.end - self.begin + TENTH // 2) // TENTH
        return short_duration(tenths * TENTH) if tenths else ""


class Place(NamedTuple):
    """A node of the graph: `ready` is when it first was (a Service: when a connection first got through), None: not so far.

    `exists`: somebody made it; a container may wait for a Service that nobody made.
    """

    key: Key
    ready: int | None = None
    exists: bool = True
    is_work: bool = False

    @property
    def name(self) -> str:
        """As a user names it."""
        return name_of(self.key)


class Step(NamedTuple):
    """A part of the way to everything ready: from `begin` to `end` (ns) something was done by or for `about`."""

    begin: int
    end: int
    about: Key
    what: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return seconds(self.end - self.begin)


class Stuck(NamedTuple):
    """A workload that will not get ready, and why: `circle` names who waits for each other, in order; else `why` says what is missing."""

    key: Key
    why: str
    circle: tuple[Key, ...] = ()


class Dependencies(NamedTuple):
    """The whole graph of a run."""

    places: tuple[Place, ...]
    links: tuple[Link, ...]
    path: tuple[Step, ...]
    stuck: tuple[Stuck, ...]

    def place(self, key: Key) -> Place:
        """The node of that key."""
        return next(place for place in self.places if place.key == key)


def name_of(key: Key) -> str:
    """`deployment/web`."""
    return f"{kind_of_key(key).singular}/{key.name}"
