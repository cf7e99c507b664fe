"""What a container's processes get from outside when it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, Protocol

from simulator.container.behavior import Behavior
from simulator.container.exits import Exit
from simulator.container.mounts import Identity, MountSpec
from simulator.container.program import Run
from simulator.container.queries import Asked
from simulator.objects.container import Container

if TYPE_CHECKING:
    from simulator.process.host import Reply
    from simulator.process.world import WorldRequest


class Who(NamedTuple):
    """Who asks: a container (`run` counts its starts) of a pod on a node."""

    namespace: str
    pod: str
    container: str
    node: str
    run: int = 0


class Surroundings(Protocol):
    """Who answers for everything outside of the pod."""

    def ask(self, who: Who, request: WorldRequest) -> Reply:
        """Answer as things stand now."""

    def note(self, who: Who, what: str, reason: str) -> None:
        """Something was assumed of a container's processes."""

    def resolve(self, who: Who, run: Run) -> None:
        """What was assumed of a container's own work turns out to be `run`: its script started a server that podsim knows."""


class Birth(NamedTuple):
    """All that a container's processes get from the outside when it starts.

    `listener` finds who accepts connections in its network; `asked` hears what they are answered, `port` which ports they open (True)
    and close, `ended` how process 1 ended when that was the container's own work.
    """

    container: Container
    behavior: Behavior
    env: dict[str, str]
    mounts: tuple[MountSpec, ...]
    identity: Identity
    listener: Callable[[int], Behavior | None]
    asked: Asked
    port: Callable[[int, bool], object]
    ended: Callable[[Exit], object]
