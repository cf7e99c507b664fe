"""The processes of a machine, and the jobs that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.process.descriptors import BLOCKED, Stream
from simulator.process.effects import ROOT, Credentials, Effect, Process

INIT = 1
"""The pid of a container's own process: when it ends, so do all others."""


@dataclass(eq=False)
class Job:
    """One program started from outside, with everything it started. `reads` are the paths it looked at, so far.

    A job that asked the `world` or the clock, or `wrote` a file, may behave differently next time even if no path in `reads` changed.
    `listed`: it looked at the list of processes.
    """

    pid: int
    status: int | None = None
    reads: set[str] = field(default_factory=set)
    world: bool = False
    wrote: bool = False
    listed: bool = False


@dataclass(eq=False)
class Task:
    """A process: its generator, descriptors, signal actions, and what it waits for."""

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
    ports: list[int] = field(default_factory=list, init=False)
    credentials: Credentials = field(default=ROOT, init=False)
