"""The first and the last lines: head and tail."""

from __future__ import annotations

import re

from simulator.process.effects import AwaitChange, Call, Open, Process, Program, Read, Sleep, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import UsageError
from simulator.units import SECOND
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain, inputs, out

_NUMBER = re.compile(r"[-+]?\d+")


class _EndFlags(Flags, digits="lines"):
    lines = value("-n", "--lines", default="10")
    bytes = value("-c", "--bytes")
    quiet = switch("-q", "--quiet")
    verbose = switch("-v")

    @property
    def amount(self) -> str:
        """How much is printed: a number, perhaps with a sign. Raises UsageError."""
        text = self.lines if self.bytes is None else self.bytes
        if not _NUMBER.fullmatch(text):
            raise UsageError(f"invalid number '{text}'")
        return text


class _TailFlags(_EndFlags):
    follow = switch("-f", "--follow")
    retry = switch("-F", "--retry")
    without_effect_values = value("-s", "--pid")


def head(call: Call) -> Process:
    """`head [-n count | -c characters] [file ...]`; a negative count leaves out the end."""
    given = _EndFlags.parse(call.argv[1:])
    limit, by_bytes = int(given.amount), given.bytes is not None
    if limit >= 0 and not by_bytes and not given.operands:
        return (yield from _first_lines(limit))
    if limit >= 0 and by_bytes and len(given.operands) < 2:
        return (yield from _first_characters(call, (given.operands or ["-"])[0], limit))
    texts, status = yield from inputs(call, given.operands)
    for number, (path, text) in enumerate(texts):
        if len(texts) > 1 and not given.quiet:
            yield from out(_header(path, first=number == 0))
        yield from out(text[:limit] if by_bytes else "".join(text.splitlines(keepends=True)[:limit]))
    return status


def _header(path: str, *, first: bool) -> str:
    return f"{'' if first else chr(10)}==> {path} <==\n"


def _first_lines(limit: int) -> Process:
    """Line by line: a script may read on behind them, and the writer of a pipe must not wait for a reader that has enough."""
    for _ in range(limit):
        line = yield Read(0, "line")
        if not line or isinstance(line, Errno):
            break
        yield from out(line)
    return 0


def _first_characters(call: Call, path: str, limit: int) -> Process:
    """No more than that is read: the input may have no end (/dev/urandom)."""
    fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
    if isinstance(fd, Errno):
        return (yield from complain(call, f"{path}: {fd}"))
    while limit > 0:
        text = yield Read(fd)
        if not text or isinstance(text, Errno):
            break
        yield from out(text[:limit])
        limit -= len(text)
    return 0


def tail(call: Call) -> Process:
    """`tail [-n count | -c characters] [-f | -F] [file ...]`; -f waits until the file grows, -F also until it exists."""
    given = _TailFlags.parse(call.argv[1:])
    amount = given.amount
    opened: list[tuple[str, int]] = []
    status = 0
    for path in given.operands or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        while isinstance(fd, Errno) and given.retry:
            yield from complain(call, f"can't open '{path}': {fd}")
            yield AwaitChange(absolute(call, path))
            fd = yield Open(absolute(call, path), "r")
        if isinstance(fd, Errno):
            status = yield from complain(call, f"can't open '{path}': {fd}")
            continue
        opened.append((path, fd))
        text = yield Read(fd, "some")
        while (more := (yield Read(fd, "some"))) and not isinstance(more, Errno):
            text += more
        if isinstance(text, str):
            if len(given.operands) > 1 and not given.quiet:
                yield from out(_header(path, first=len(opened) == 1))
            yield from out(_last(text, amount, by_bytes=given.bytes is not None))
    if not (given.follow or given.retry) or not opened:
        return status
    return (yield from _follow(call, opened))


def _last(text: str, amount: str, *, by_bytes: bool) -> str:
    """The end of a text; `+n` is everything from the n-th on."""
    parts: list[str] | str = text if by_bytes else text.splitlines(keepends=True)
    number = int(amount)
    if amount.startswith("+"):
        return "".join(parts[max(number - 1, 0) :])
    return "".join(parts[-abs(number) :] if number else parts[:0])


def _follow(call: Call, opened: list[tuple[str, int]]) -> Process:
    if all(path.startswith("/dev/") or path == "-" for path, _ in opened):
        yield Sleep(None)  # `tail -f /dev/null` keeps a container running
    while True:
        for _, fd in opened:
            while (text := (yield Read(fd, "some"))) and not isinstance(text, Errno):
                yield Write(1, text)
        if len(opened) > 1:
            yield Sleep(SECOND)  # busybox looks at its files once a second
        else:
            yield AwaitChange(absolute(call, opened[0][0]))


COMMANDS: dict[str, Program] = {"head": head, "tail": tail}
