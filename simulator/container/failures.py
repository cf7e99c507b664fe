"""The well-known ways in which well-known images fail, as data with sources: `failures.json`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulator.container.catalogue import is_certain, known, process_of
from simulator.container.exits import BY_PROGRAM, Exit, reason_of
from simulator.container.memory_limits import OUT_OF_MEMORY, OUT_OF_MEMORY_AFTER, OUT_OF_MEMORY_EXIT, limit_of
from simulator.container.program import LogRule, Run
from simulator.container.restrictions import Needs, denial, is_reconfigured, needs_of, rights_of
from simulator.engine.durations import ZERO, Fixed
from simulator.images.reference import reference
from simulator.objects.container import Container
from simulator.objects.globs import glob_matches
from simulator.objects.pod import Pod
from simulator.units import MILLISECOND, parse_duration

FILE = Path(__file__).with_name("failures.json")
ENTRYPOINT_TAKES = Fixed(300 * MILLISECOND)
"""The time until an entrypoint has checked its environment. Assumed."""


class Environment(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """An image whose entrypoint ends with `exit_code` and prints `log`, unless the environment has one variable of each group of `needs`.

    With `if_any`, only where one of these variables is set.
    """

    names: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...]
    log: tuple[str, ...]
    source: str
    if_any: tuple[str, ...] = ()
    exit_code: int = 1


class Binding(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """How a kind of server ends when another program has its port.

    `names`: globs of its process; the first row that fits counts. `log`: its lines, which are printed `tries` times, every `retry`; after
    that come the lines of `end`, and it ends with `exit_code`. `shares`: it sets SO_REUSEPORT, so several of it have one port.
    """

    names: tuple[str, ...]
    source: str
    log: tuple[str, ...] = ()
    tries: int = 1
    retry: str = ""
    end: tuple[str, ...] = ()
    exit_code: int = 1
    shares: bool = False


class BindFailure(NamedTuple):
    """What a server prints whose port is taken (nanoseconds after it tried), when it ends, and how."""

    log: tuple[tuple[int, str], ...]
    takes: int
    exit: Exit


class NodeSetting(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A setting of the node without which the program of an image ends; `unless`: variables with values that switch that check off."""

    names: tuple[str, ...]
    setting: str
    least: int
    source: str
    unless: dict[str, str] = {}


class Heap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Images whose JVM touches its first heap (-Xms in `variable`) when it starts."""

    names: tuple[str, ...]
    variable: str
    source: str


class Failure(NamedTuple):
    """The run of a container that fails, and why."""

    run: Run
    reason: str


def missing_environment(container: Container) -> Failure | None:
    """The failure of an image whose entrypoint misses a variable; None: it has what it needs, or nothing is known of it.

    A command of the container's own replaces the entrypoint. What `envFrom` brings is taken to be enough.
    """
    if container.command or container.env_from:
        return None
    repository = reference(container.image)[0]
    row = next((row for row in _tables().environment if any(glob_matches(repository, glob) for glob in row.names)), None)
    if row is None:
        return None
    given = {variable.name for variable in container.env if variable.value or variable.value_from is not None}
    if row.if_any and not given & set(row.if_any):
        return None
    missing = next((group for group in row.needs if not given & set(group)), None)
    if missing is None:
        return None
    log = tuple(LogRule(ZERO, line) for line in row.log)
    run = Run(exit_after=ENTRYPOINT_TAKES, exit_code=row.exit_code, log=log)
    return Failure(run, f"its entrypoint needs {' or '.join(missing)}")


def known_failure(container: Container, pod: Pod) -> Failure | None:
    """The failure of the program of an image in this pod; None: it starts, or nothing is known of it."""
    return missing_environment(container) or denied(container, pod) or _heap_too_large(container)


def _heap_too_large(container: Container) -> Failure | None:
    """The end of a JVM that touches its first heap at once, which is larger than the container's limit."""
    repository, limit = reference(container.image)[0], limit_of(container)
    row = next((row for row in _tables().heap if any(glob_matches(repository, glob) for glob in row.names)), None) if limit else None
    if row is None:
        return None
    from simulator.userland.memory import memory_of

    options = next((variable.value for variable in container.env if variable.name == row.variable), "")
    if memory_of(("java", options, "-XX:+AlwaysPreTouch")) <= limit:
        return None
    run = Run(exit_after=Fixed(OUT_OF_MEMORY_AFTER), exit_code=OUT_OF_MEMORY_EXIT.code, reason=OUT_OF_MEMORY)
    most = container.resources.limits["memory"]
    return Failure(run, f"at start it touches the whole heap set in {row.variable}, which exceeds its limit of {most}")


def denied(container: Container, pod: Pod) -> Failure | None:
    """The failure of the program of an image that may not do what it has to; None: it may, or nothing is known of it."""
    needs, rights = needs_in(container), rights_of(container, pod)
    reason = None if needs is None or is_reconfigured(needs, rights) else denial(needs, rights)
    if reason is None:
        return None
    return Failure(Run(exit_after=ENTRYPOINT_TAKES, exit_code=1, log=tuple(LogRule(ZERO, line) for line in reason.log)), reason.reason)


def needs_in(container: Container) -> Needs | None:
    """What the program of a container's image needs; None: unknown, also for an image that is only taken for another by its name."""
    entry = known(container.image)
    return needs_of(container.image, _tables().rights) if entry is None or is_certain(container.image, entry) else None


def bind_failure(process: str, port: int) -> BindFailure:
    """How a server ends when another program has its port. Those of which nothing is known print what the system says."""
    row = _binding(process)
    pause = parse_duration(row.retry) if row.retry else 0
    lines = [(number * pause, line) for number in range(row.tries) for line in row.log]
    takes = row.tries * pause
    log = tuple((at, line.replace("{port}", str(port))) for at, line in (*lines, *((takes, line) for line in row.end)))
    return BindFailure(log, takes, Exit(row.exit_code, reason_of(row.exit_code), "", BY_PROGRAM))


def shares_ports(image: str, other: str) -> bool:
    """Whether the programs of two images can have one port."""
    process = process_of(image)
    return process == process_of(other) and _binding(process).shares


def _binding(process: str) -> Binding:
    return next(row for row in _tables().binding if any(glob_matches(process, glob) for glob in row.names))


def node_settings(image: str) -> tuple[NodeSetting, ...]:
    """What the program of an image asks of its node."""
    repository = reference(image)[0]
    return tuple(row for row in _tables().node if any(glob_matches(repository, glob) for glob in row.names))


class _Tables(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    environment: tuple[Environment, ...]
    binding: tuple[Binding, ...]
    rights: tuple[Needs, ...]
    node: tuple[NodeSetting, ...]
    heap: tuple[Heap, ...]


@cache
def _tables() -> _Tables:
    return msgspec.json.decode(FILE.read_bytes(), type=_Tables)
