"""xargs: another command, with arguments from the input."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Process, Program
from simulator.process.fileio import read_all
from simulator.userland.children import run
from simulator.userland.flags import Flags, integer, switch, value

_SOME_FAILED = 123
_WORD = re.compile(r"(?:'[^']*'|\"[^\"]*\"|\\.|[^\s'\"\\])+")


class _XargsFlags(Flags, stop=True):
    no_run_if_empty = switch("-r", "--no-run-if-empty")
    null = switch("-0", "--null")
    max_args = value("-n", "--max-args")
    max_lines = value("-L")
    replace = value("-I")
    without_effect = switch("-t", "-p", "-x")
    without_effect_values = value("-P", "--max-procs", "-d")


def xargs(call: Call) -> Process:
    """`xargs [-r] [-n count] [-I mark] [-0] [-t] command`: one run after the other, even with -P."""
    given = _XargsFlags.parse(call.argv[1:])
    items = _items((yield from read_all()), given)
    command = list(given.operands) or ["echo"]
    size = _group_size(len(items), given)
    groups = [items[i : i + size] for i in range(0, len(items), size)]
    if not groups and not given.no_run_if_empty and not given.replace:
        groups = [[]]  # POSIX XCU, xargs: the command runs once even for an empty input
    status = 0
    for group in groups:
        argv = [w.replace(given.replace, group[0].strip()) for w in command] if given.replace else [*command, *group]
        status = _SOME_FAILED if (yield from run(call, argv)) else status
    return status


def _items(text: str, given: _XargsFlags) -> list[str]:
    """What the input consists of: parts between NULs, lines, or words with quotes and backslashes taken out."""
    if given.null:
        items = text.split("\0")
    elif given.replace or given.max_lines is not None:
        items = text.splitlines()
    else:
        items = [re.sub(r"\\(.)|['\"]", r"\1", word) for word in _WORD.findall(text)]
    return [item for item in items if item.strip()]


def _group_size(items: int, given: _XargsFlags) -> int:
    """How many items go into one command line."""
    if given.replace:
        return 1
    return max(integer(given.max_args or given.max_lines or str(max(items, 1))), 1)


COMMANDS: dict[str, Program] = {"xargs": xargs}
