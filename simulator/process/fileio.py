"""Reading, writing and walking files by effects: what the shell and its tools share. Failures are values (`Errno`)."""

from __future__ import annotations

import posixpath

from simulator.process.effects import Call, Close, Effect, Effects, GetStat, ListDir, MakeDir, Open, Read, Stat, Write
from simulator.process.errno import Errno
from simulator.process.unknown_text import UNKNOWN_TEXT

ABSENT = "absent"
"""The use of a path that a process relies on to be missing (see `GetStat`)."""
OPTIONAL = "?"
"""After a use: the process has something to do without the path, too."""


class ReverseReliance(Effect, frozen=True):
    """What the process relies on turns round: it continues if a path of unknown content is missing, or, the second time, if it exists.

    Its children inherit that. Answer: None.
    """


class SetOptional(Effect, frozen=True):
    """The process has something to do without what it looks at, too (True), or not. Its children inherit that. Answer: None."""

    optional: bool


class IsTerminal(Effect, frozen=True):
    """Answer: whether a descriptor is a terminal, at which someone types."""

    fd: int


class GetGoal(Effect, frozen=True):
    """Answer: whether the process continues if what it asks about unknown content is so (True), or if it is not. See `ReverseReliance`."""


def absolute(call: Call, path: str) -> str:
    """The absolute, normal form of a path as this command sees it."""
    return posixpath.normpath(posixpath.join(call.cwd, path))


def read_all(fd: int = 0) -> Effects[str]:
    """Everything that can still be read from a descriptor; an error reads as the end."""
    chunks = []
    while chunk := (yield Read(fd)):
        if isinstance(chunk, Errno):
            break
        chunks.append(chunk)
    return "".join(chunks)


def read_file(call: Call, path: str) -> Effects[str | Errno]:
    """The text of a file; `-` is standard input."""
    if path == "-":
        return (yield from read_all())
    fd = yield Open(absolute(call, path), "r")
    if isinstance(fd, Errno):
        return fd
    text = yield from read_all(fd)
    yield Close(fd)
    return text


def read_shown(call: Call, path: str) -> Effects[str | Errno]:
    """The text of a file as tools print it: what is in a file of unknown content is `⟨unknown⟩`."""
    text = yield from read_file(call, path)
    return f"{UNKNOWN_TEXT}\n" if text == "" and path != "-" and (yield from is_unknown(call, path)) else text


def is_unknown(call: Call, path: str) -> Effects[bool]:
    """Whether a path exists, and what it contains is unknown."""
    stat = yield GetStat(absolute(call, path))
    return isinstance(stat, Stat) and stat.unknown


def write_file(path: str, text: str) -> Effects[Errno | None]:
    """Make or replace a file; `path` is absolute."""
    fd = yield Open(path, "w")
    if isinstance(fd, Errno):
        return fd
    yield Write(fd, text)
    yield Close(fd)
    return None


def make_dirs(path: str, mode: int = 0o777) -> Effects[Errno | None]:
    """`mkdir -p`: the directory and its missing parents; one that exists is no failure."""
    stat = yield GetStat(path)
    if isinstance(stat, Stat):
        return None if stat.kind == "dir" else Errno.EEXIST
    parent = posixpath.dirname(path)
    if parent != path and (problem := (yield from make_dirs(parent))) is not None:
        return problem
    result: Errno | None = yield MakeDir(path, mode)
    return result


def descend(path: str, relies_on: str = "any") -> Effects[list[tuple[str, Stat]]]:
    """A path and everything below it, parents first. Links are not followed: a loop of them would never end. Empty when nothing exists.

    `relies_on`: as what the process relies on the path (see `GetStat`); empty: it does not.
    """
    stat = yield GetStat(path, follow=False, relies_on=relies_on)
    if not isinstance(stat, Stat):
        return []
    entries = [(path, stat)]
    if stat.kind == "dir":
        names = yield ListDir(path)
        for name in names if isinstance(names, tuple) else ():
            entries += yield from descend(posixpath.join(path, name))
    return entries
