"""The dependency graph: workloads and Services, and the links between them."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simulator.objects.kinds import Key, kind_of_key
from simulator.units import MILLISECOND, seconds, short_duration

TENTH = 100 * MILLISECOND
LinkKind = Literal["waits", "calls", "selects"]


class Link(NamedTuple):
    """`source` depends on `target`.

    waits: a container continues only when the target answers; it waited from `begin` to `end` (ns; begin None: it has not started to,
    end None: it still waits). calls: a container's configuration names the target. selects: a Service and the workload behind it.
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
    def who(self) -> str:
        """What waits: a container, or the creation of pods."""
        if not self.container:
            return "the creation of its pods"
        return f"init container {self.container}" if self.init else self.container

    @property
    def has_passed(self) -> bool:
        """Whether the wait is over."""
        return self.end is not None

    @property
    def waited(self) -> str:
        """How long the container waited, as text; empty when it did not wait or still does."""
        tenths = 0 if self.begin is None or self.end is None else (self.end - self.begin + TENTH // 2) // TENTH
        return short_duration(tenths * TENTH) if tenths else ""


class Place(NamedTuple):
    """A node of the graph: `ready` is when it first was (a Service: when a connection first succeeded), None: not yet.

    `exists`: it was created; a container may wait for a Service that does not exist.
    """

    key: Key
    ready: int | None = None
    exists: bool = True
    is_work: bool = False

    @property
    def name(self) -> str:
        """Its name as users write it."""
        return name_of(self.key)


class Step(NamedTuple):
    """A step of the critical path: from `begin` to `end` (ns) something was done by or for `about`."""

    begin: int
    end: int
    about: Key
    what: str

    @property
    def seconds(self) -> float:
        """How long it took."""
        return seconds(self.end - self.begin)


class Stuck(NamedTuple):
    """A workload that will never get ready, and why: `cycle` has the workloads that wait for each other, in order, if that is why."""

    key: Key
    why: str
    cycle: tuple[Key, ...] = ()


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
