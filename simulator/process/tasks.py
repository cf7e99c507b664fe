"""The processes of a machine, and the jobs that they belong to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.process.descriptors import BLOCKED, Stream
from simulator.process.effects import ROOT, Credentials, Effect, Process
from simulator.process.fileio import ABSENT, OPTIONAL

INIT = 1
"""The pid of a container's own process: when it ends, so do all others."""


@dataclass(eq=False)
class Job:
    """One program started from outside, with everything that it started.

    Attributes:
        reads: The paths it has looked at so far.
        world: It asked the host or the clock. It may behave differently next time even if no path in `reads` changed; so may one that
            `wrote` a file.
        wrote: It wrote a file.
        listed: It looked at the list of processes.
        unknown: It read a file whose content is unknown.
        relied_on: The paths that it needs, and not only looks for.
    """

    pid: int
    print: Callable[[str], None]
    status: int | None = None
    reads: set[str] = field(default_factory=set)
    world: bool = False
    wrote: bool = False
    listed: bool = False
    unknown: bool = False
    relied_on: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Task:
    """A process.

    Attributes:
        waiting: The effect that it waits for.
        since: The instant at which its last effect was first asked for.
        due: When it is to be asked again at the latest.
        reply: The answer of the host, kept until its time has come; BLOCKED: not asked yet.
        actions: What signals do to it (see `Handle`); a signal that is not in it does what it does by default.
        relies_on_absence: It continues if the paths that it looks at are missing.
        is_optional: It has something to do without them, too.
        pending: Handled signals that its program has not seen yet.
        killed_by: The signal that ended it, "" when it ended by itself.
        lost_child: A child has ended since its last effect was first asked for.
    """

    pid: int
    parent: int
    argv: tuple[str, ...]
    run: Process
    job: Job
    started: int
    fds: dict[int, Stream]
    waiting: Effect | None = field(default=None, init=False)
    since: int = field(default=0, init=False)
    due: int | None = field(default=None, init=False)
    reply: Any = field(default=BLOCKED, init=False)
    actions: dict[str, str] = field(default_factory=dict, init=False)
    pending: list[str] = field(default_factory=list, init=False)
    status: int | None = field(default=None, init=False)
    killed_by: str = field(default="", init=False)
    lost_child: bool = field(default=False, init=False)
    ports: list[int] = field(default_factory=list, init=False)
    credentials: Credentials = field(default=ROOT, init=False)
    relies_on_absence: bool = field(default=False, init=False)
    is_optional: bool = field(default=False, init=False)

    def use(self, use: str) -> str:
        """A use of a path (see `GetStat`), with what becomes of the process without it."""
        use = ABSENT if self.relies_on_absence else use
        return use + OPTIONAL if self.is_optional else use
