"""Commands that other packages bring along, by the entry point group `podsim.commands`. See docs/commands.md."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from simulator.errors import InputError
from simulator.process.effects import Call, Effect, Process, Program
from simulator.process.problems import NotSimulatedError, UsageError

GROUP = "podsim.commands"


class CommandError(InputError):
    """A registered command that cannot be used: the message names it, its package and the cause."""


class Registration(NamedTuple):
    """One entry point: `value` is `module:function`, `package` the distribution that brings it."""

    name: str
    value: str
    package: str

    def __str__(self) -> str:
        return f"command {self.name} ({self.value}, of the package {self.package})"


def registration(name: str) -> Registration | None:
    """Who registers a command; None: no package does. Raises CommandError when several do: none of them is meant more than the others."""
    entries = _registrations(tuple(sys.path)).get(name, ())
    if len(entries) > 1:
        packages = " and ".join(entry.package for entry in entries)
        raise CommandError(f"the packages {packages} all register a command {name} ({GROUP}): uninstall all but one")
    return entries[0] if entries else None


def load(entry: Registration) -> Program:
    """The command itself; this imports its module. Raises CommandError when there is no such function."""
    from importlib import import_module

    module, _, attribute = entry.value.partition(":")
    try:
        command = getattr(import_module(module), attribute)
    except Exception as error:  # whatever its module does when it is imported
        raise CommandError(f"{entry} cannot be loaded: {type(error).__name__}: {error}") from error
    if not callable(command):
        raise CommandError(f"{entry} is no function")
    return lambda call: _guarded(entry, command, call)


def _guarded(entry: Registration, command: Program, call: Call) -> Process:
    """Run it, and blame it for what it does wrong: its mistakes are not podsim's."""
    answer = None
    try:
        process = command(call)
        if not isinstance(process, Generator):
            raise CommandError(f"{entry} is no generator: it must `yield` effects")
        while True:
            effect = process.send(answer)
            if not isinstance(effect, Effect):
                raise CommandError(f"{entry} yielded {effect!r}, which is no effect")
            answer = yield effect
    except StopIteration as stop:
        if isinstance(stop.value, int):
            return stop.value
        raise CommandError(f"{entry} returned {stop.value!r}: it must return its exit code") from None
    except (CommandError, UsageError, NotSimulatedError, RecursionError):
        raise  # `launch` and the machine know what these mean
    except Exception as error:
        raise CommandError(f"{entry} failed on `{' '.join(call.argv)}`: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=8)
def _registrations(path: tuple[str, ...]) -> Mapping[str, tuple[Registration, ...]]:
    """All entry points of the group on an import path, by name; those of one name in the order of their packages."""
    if not any(_mentions_the_group(directory) for directory in path):
        return {}
    from importlib.metadata import distributions

    entries = {
        Registration(entry.name, entry.value, distribution.name)
        for distribution in distributions(path=list(path))
        for entry in distribution.entry_points.select(group=GROUP)
    }
    names = {entry.name for entry in entries}
    return {name: tuple(sorted(entry for entry in entries if entry.name == name)) for name in sorted(names)}


def _mentions_the_group(directory: str) -> bool:
    """Whether a package that is installed in this directory may have such entry points.

    importlib.metadata would tell, but importing it takes longer than most runs: this only looks whether that is worth while.
    """
    try:
        with os.scandir(directory or ".") as entries:
            names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return False
    for name in names:
        try:
            if GROUP in Path(name, "entry_points.txt").read_text(encoding="utf-8"):
                return True
        except OSError:
            continue
    return False
