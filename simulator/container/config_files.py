"""Servers whose command line names their configuration file: what they print when it is not in its volume, as data with sources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from simulator.container.program import LogRule, Run
from simulator.engine.durations import Fixed
from simulator.objects.globs import glob_matches
from simulator.process.effects import Stat
from simulator.units import MILLISECOND

if TYPE_CHECKING:
    from simulator.container.filesystem import FileSystem

FILE = Path(__file__).with_name("config_files.json")
TAKES = Fixed(100 * MILLISECOND)
"""The time until a server has looked for its file. Assumed."""


class Configured(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Servers (`names`: globs) with a file behind one of the `options`, or as first `operand`; without it they print `log` and end."""

    names: tuple[str, ...]
    log: tuple[str, ...]
    source: str
    options: tuple[str, ...] = ()
    operand: bool = False
    exit_code: int = 1


def without_file(argv: Sequence[str], files: FileSystem) -> Run | None:
    """The run of a server whose file is missing; None: it is there, or nothing is known of the command."""
    name = posixpath.basename(argv[0])
    row = next((row for row in _rows() if any(glob_matches(name, glob) for glob in row.names)), None)
    path = None if row is None else next((path for path in _named(row, argv[1:]) if _is_missing(path, files)), None)
    if row is None or path is None:
        return None
    log = tuple(LogRule(TAKES, line.format(name=name, path=path)) for line in row.log)
    return Run(exit_after=TAKES, exit_code=row.exit_code, log=log)


def _is_missing(path: str, files: FileSystem) -> bool:
    """Whether a file is not there, and what its directory has is known."""
    if files.exists(path):
        return False
    above = posixpath.dirname(path)
    while not isinstance(stat := files.stat(above), Stat):
        above = posixpath.dirname(above)
    return not stat.unknown


def _named(row: Configured, args: Sequence[str]) -> Iterator[str]:
    """The files that the arguments name by their absolute paths."""
    if row.operand and args and args[0].startswith("/"):
        yield args[0]
    for at, word in enumerate(args):
        option, joined, value = word.partition("=")
        if option in row.options:
            value = value if joined else next(iter(args[at + 1 :]), "")
            if value.startswith("/"):
                yield value


@cache
def _rows() -> tuple[Configured, ...]:
    return msgspec.json.decode(FILE.read_bytes(), type=tuple[Configured, ...])
