"""One run of find, and the actions and operators that its expression is made of."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.process.effects import Call, Effects, GetStat, ListDir, Remove, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.units import SECOND
from simulator.userland.children import run
from simulator.userland.find.tests import KINDS, Entry, Test
from simulator.userland.streams import out


@dataclass
class Search:
    """One run of find: the options in its expression, and what its actions have decided.

    Attributes:
        deepest: The depth of `-maxdepth`; None without it.
        shallowest: The depth of `-mindepth`.
        children_first: Entries of a directory come before itself (`-depth`).
        acts: The expression has an action; without one find prints.
        pruned: The directory just tested is not to be entered.
        stopped: `-quit` has been reached.
        collected: The paths for each `-exec command {} +`, which runs at the end.
    """

    call: Call
    now: int
    deepest: int | None = None
    shallowest: int = 0
    children_first: bool = False
    acts: bool = False
    pruned: bool = field(default=False, init=False)
    stopped: bool = field(default=False, init=False)
    collected: dict[tuple[str, ...], list[str]] = field(default_factory=dict, init=False)


Answer = Effects[bool]
Node = Callable[[Search, Entry], Answer]
"""A part of the expression: is it true of an entry?"""


def testing(test: Test, text: str) -> Node:
    """A test with its argument."""

    def node(search: Search, entry: Entry) -> Answer:
        yield from ()
        return test(search.now, entry, text)

    return node


def empty(_: Search, entry: Entry) -> Answer:
    """`-empty`."""
    if entry.stat.kind == "dir":
        names = yield ListDir(entry.path)
        return isinstance(names, tuple) and not names
    return entry.stat.kind == "file" and entry.stat.size == 0


def newer(reference: str) -> Node:
    """`-newer file`."""

    def node(search: Search, entry: Entry) -> Answer:
        other: Stat | Errno = yield GetStat(absolute(search.call, reference))
        if isinstance(other, Errno):
            raise UsageError(f"'{reference}': {other}")
        return entry.stat.mtime > other.mtime

    return node


def delete(_: Search, entry: Entry) -> Answer:
    """`-delete`."""
    problem = yield Remove(entry.path)
    return problem is None


def prune(search: Search, _: Entry) -> Answer:
    """`-prune`: true, and the directory is not entered."""
    search.pruned = True
    yield from ()
    return True


def stop(search: Search, _: Entry) -> Answer:
    """`-quit`."""
    search.stopped = True
    yield from ()
    return True


def printing(template: str) -> Node:
    """`-printf format`, and `-print` and `-print0` by theirs."""
    text = re.sub(r"\\([n0t\\])", lambda m: {"n": "\n", "0": "\0", "t": "\t"}.get(m[1], "\\"), template)

    def node(_: Search, entry: Entry) -> Answer:
        values = {
            "f": entry.name, "h": posixpath.dirname(entry.shown), "m": f"{entry.stat.mode & 0o7777:o}", "p": entry.shown,
            "P": entry.shown.removeprefix(entry.top).lstrip("/"), "s": str(entry.stat.size), "u": str(entry.stat.uid),
            "g": str(entry.stat.gid), "y": {v: k for k, v in KINDS.items()}.get(entry.stat.kind, "?"), "d": str(entry.depth),
            "T@": str(entry.stat.mtime // SECOND), "%": "%",
        }  # fmt: skip
        yield from out(re.sub(r"%(T@|.)", lambda m: values.get(m[1], ""), text))
        return True

    return node


def executing(command: tuple[str, ...], *, inside: bool) -> Node:
    """`-exec command ;`: true when it ends with 0. `inside` is -execdir: in the entry's own directory."""

    def node(search: Search, entry: Entry) -> Answer:
        name = f"./{entry.name}" if inside else entry.shown
        cwd = posixpath.dirname(entry.path) if inside else None
        status = yield from run(search.call, [word.replace("{}", name) for word in command], place="condition", cwd=cwd)
        return status == 0

    return node


def collecting(command: tuple[str, ...]) -> Node:
    """`-exec command {} +`: always true; the command runs once, at the end."""

    def node(search: Search, entry: Entry) -> Answer:
        search.collected.setdefault(command, []).append(entry.shown)
        yield from ()
        return True

    return node


def both(left: Node, right: Node, *, unless: bool | None) -> Node:
    """Ask one part, then the other unless the first answer is `unless`; the last answer counts."""

    def node(search: Search, entry: Entry) -> Answer:
        answer = yield from left(search, entry)
        return answer if answer is unless or search.stopped else (yield from right(search, entry))

    return node


def negated(inner: Node) -> Node:
    """`! a`."""

    def node(search: Search, entry: Entry) -> Answer:
        return not (yield from inner(search, entry))

    return node
