"""bash's printf, which can also set a variable; dash's is the ordinary program in the shell's own process."""

from __future__ import annotations

import re

from simulator.process.effects import Now, Write
from simulator.process.errno import Errno
from simulator.process.problems import UsageError
from simulator.process.strftime import strftime
from simulator.shell.interp.shell import Run, Shell
from simulator.shell.printf import printf
from simulator.units import SECOND


def print_formatted(shell: Shell, args: list[str]) -> Run:
    """`printf format [argument ...]`, bash's `printf -v name` and `%(format)T`."""
    if shell.bash and (at := next((i for i, arg in enumerate(args[:3]) if "%(" in arg), None)) is not None:
        moment = int(args[at + 1]) * SECOND if args[at + 1 : at + 2] and args[at + 1].isdigit() else (yield Now())
        text = re.sub(r"%\(([^)]*)\)T", lambda match: strftime(match[1] or "%H:%M:%S", moment), args[at])
        args = [*args[:at], text, *args[at + 2 :]]
    if shell.bash and len(args) > 2 and args[0] == "-v":
        shell.variables.set(args[1], printf(args[2], args[3:]))
        return 0
    return (yield from write_formatted(args))


def write_formatted(args: list[str]) -> Run:
    """printf as a program, given its arguments without its name. Raises UsageError."""
    if args[:1] == ["--"]:
        args = args[1:]
    if not args:
        yield Write(2, "printf: usage: printf format [arguments]\n")
        return 2
    if args[0] == "-v":
        raise UsageError("option -v", 2)
    failed = yield Write(1, printf(args[0], args[1:]))
    return int(isinstance(failed, Errno))
