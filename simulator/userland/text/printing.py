"""Tools that only print or only answer: echo, printf, yes, seq, pwd, true, false."""

from __future__ import annotations

import re
from decimal import Decimal

from simulator.process.effects import Call, Process, Program, Write
from simulator.process.errno import Errno
from simulator.process.pacing import Turns
from simulator.process.problems import UsageError
from simulator.shell.interp.builtins.printing import write_formatted
from simulator.shell.printf import unescape
from simulator.userland.streams import complain, out


def echo(call: Call) -> Process:
    """`echo [-neE] words`: as busybox and bash do. dash has no -e and always replaces backslash sequences."""
    args, newline, escapes = list(call.argv[1:]), True, False
    # Not getopt: a word that is not made of these letters alone is printed, and so is everything behind it.
    while args and re.fullmatch(r"-[neE]+", args[0]):
        for letter in args.pop(0)[1:]:
            newline = newline and letter != "n"
            escapes = letter == "e" or (escapes and letter != "E")
    text, stopped = unescape(" ".join(args)) if escapes else (" ".join(args), False)
    failed = yield Write(1, text + ("\n" if newline and not stopped else ""))
    if isinstance(failed, Errno):
        return (yield from complain(call, f"write error: {failed}"))
    return 0


def printf(call: Call) -> Process:
    """`printf format [argument ...]`."""
    return write_formatted(list(call.argv[1:]))


def true(call: Call) -> Process:
    """Succeed."""
    del call
    yield from ()
    return 0


def false(call: Call) -> Process:
    """Fail."""
    del call
    yield from ()
    return 1


def pwd(call: Call) -> Process:
    """The working directory."""
    yield from out(call.cwd + "\n")
    return 0


_LINES = 64
"""How many lines `yes` and `seq` write at once."""


def yes(call: Call) -> Process:
    """Print a line until the reader of the pipe is gone."""
    line = (" ".join(call.argv[1:]) or "y") + "\n"
    turns = Turns("yes")
    while not isinstance((yield Write(1, line * _LINES)), Errno):
        yield from turns.next(None)
    return 1


def seq(call: Call) -> Process:
    """`seq [first [step]] last`, with -s separator and -w."""
    args, separator, wide = list(call.argv[1:]), "\n", False
    # Not getopt: `-5` is a number.
    while args and args[0][:1] == "-" and not re.match(r"-[.\d]", args[0]):
        option = args.pop(0)
        if option == "-w":
            wide = True
        elif option.startswith("-s"):
            separator = option[2:] or args.pop(0)
        else:
            raise UsageError(f"option {option} is not simulated", 2)
    if not args or not all(re.fullmatch(r"-?\d+(\.\d+)?", a) for a in args):
        return (yield from complain(call, f"invalid number '{args[0] if args else ''}'"))
    digits = max(len(a.partition(".")[2]) for a in args)
    # Counted in units of the last decimal, for steps of 0.1 do not add up in floating point.
    scale = 10**digits
    values = [int(Decimal(a) * scale) for a in args]
    first, last = (scale if len(values) == 1 else values[0]), values[-1]
    step = values[1] if len(values) == 3 else scale
    if step == 0:
        return (yield from complain(call, "zero increment"))
    numbers = range(first, last + (1 if step > 0 else -1), step)

    def text(number: int) -> str:
        return f"{Decimal(number) / scale:.{digits}f}" if digits else str(number)

    width = max(len(text(numbers[0])), len(text(numbers[-1]))) if wide and numbers else 0
    begun = ""
    for piece in range(0, len(numbers), _LINES):
        part = separator.join(text(number).zfill(width) for number in numbers[piece : piece + _LINES])
        if isinstance((yield Write(1, begun + part)), Errno):
            return 1
        begun = separator
    if numbers:
        yield from out("\n")
    return 0


COMMANDS: dict[str, Program] = {
    "echo": echo,
    "false": false,
    "printf": printf,
    "pwd": pwd,
    "seq": seq,
    "true": true,
    "yes": yes,
}
