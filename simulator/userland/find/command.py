"""find: an expression of tests and actions, evaluated for every file below some paths."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from simulator.process.effects import Call, Effects, GetStat, ListDir, Now, Process, Program, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.userland.children import run
from simulator.userland.find.expression import IGNORED, PRINT, TRUE, Parser
from simulator.userland.find.search import Node, Search, both
from simulator.userland.find.tests import Entry
from simulator.userland.streams import complain


class _Place(NamedTuple):
    path: str
    shown: str
    top: str
    depth: int


def _visit(search: Search, node: Node, place: _Place) -> Effects[None]:
    """Evaluate the expression for a file and everything below it; parents first unless the search says otherwise."""
    stat = yield GetStat(place.path, follow=False)
    if not isinstance(stat, Stat) or search.stopped:
        return
    entry = Entry(place.path, place.shown, place.top, place.depth, stat)
    deep_enough = place.depth >= search.shallowest
    search.pruned = False
    if deep_enough and not search.children_first:
        yield from node(search, entry)
    if stat.kind == "dir" and not search.pruned and (search.deepest is None or place.depth < search.deepest):
        names = yield ListDir(place.path)
        for name in names if isinstance(names, tuple) else ():
            below = _Place(posixpath.join(place.path, name), posixpath.join(place.shown, name), place.top, place.depth + 1)
            yield from _visit(search, node, below)
    search.pruned = False
    if deep_enough and search.children_first and not search.stopped:
        yield from node(search, entry)


def find(call: Call) -> Process:
    """`find [path ...] [expression]`: prints the paths for which the expression is true, or does what its actions say."""
    words = list(call.argv[1:])
    roots = []
    while words and (not words[0].startswith(("-", "!", "(")) or words[0] in IGNORED):
        roots.append(words.pop(0))
    search = Search(call, (yield Now()))
    parser = Parser(words, search)
    node = parser.sequence() if words else TRUE
    if parser.words:
        raise UsageError(f"unexpected argument '{parser.words[0]}'")
    node = node if search.acts else both(node, PRINT, unless=False)
    status = 0
    for root in [root for root in roots if root not in IGNORED] or ["."]:
        if not isinstance((yield GetStat(absolute(call, root), follow=False, relies_on="any")), Stat):
            status = yield from complain(call, f"{root}: {Errno.ENOENT}")
        yield from _visit(search, node, _Place(absolute(call, root), root, root, 0))
    for command, names in search.collected.items():
        status |= yield from run(call, (*command, *names), place="condition")
    return status


COMMANDS: dict[str, Program] = {"find": find}
