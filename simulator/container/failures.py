"""The well-known ways in which well-known images fail, as data with sources: `failures.json`."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from simulator.container.catalogue import reference
from simulator.container.program import LogRule, Run
from simulator.engine.durations import ZERO, Fixed
from simulator.objects.container import Container
from simulator.units import MILLISECOND

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
    row = next((row for row in _rows() if any(fnmatchcase(repository, glob) for glob in row.names)), None)
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


@cache
def _rows() -> tuple[Environment, ...]:
    data: Mapping[str, tuple[Environment, ...]] = msgspec.json.decode(FILE.read_bytes(), type=dict[str, tuple[Environment, ...]])
    return data["environment"]
