"""What is in files: cat, tee, truncate."""

from __future__ import annotations

from simulator.process.effects import Call, Close, Open, Process, Program, Read, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, is_unknown, read_file, write_file
from simulator.process.problems import NotSimulatedError
from simulator.process.unknown_text import UNKNOWN_TEXT
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain

_MOST = 1 << 20
"""Characters that a file grows to at most by `truncate -s`: nothing here reads so much, and a file of 1G would be kept as text."""


class _CatFlags(Flags):
    number = switch("-n")
    unbuffered = switch("-u")
    special = switch("-v", "-e", "-t", "-A", "-E")


def cat(call: Call) -> Process:
    """`cat [-n] [file ...]`: standard input is passed on as it comes."""
    given = _CatFlags.parse(call.argv[1:])
    if given.special:
        raise NotSimulatedError("showing special characters")
    status, line_number = 0, 0
    for path in given.operands or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        if isinstance(fd, Errno):
            status = yield from complain(call, f"can't open '{path}': {fd}")
            continue
        is_empty = True
        while text := (yield Read(fd, "line" if given.number else "some")):
            is_empty = False
            if isinstance(text, Errno):
                status = yield from complain(call, f"read error: {text}")
                break
            line_number += 1
            yield Write(1, f"{line_number:6}\t{text}" if given.number else text)
        if fd:
            yield Close(fd)
            if is_empty and (yield from is_unknown(call, path)):
                yield Write(1, f"{UNKNOWN_TEXT}\n")
    return status


class _TeeFlags(Flags):
    append = switch("-a", "--append")
    without_effect = switch("-i")


def tee(call: Call) -> Process:
    """`tee [-a] file ...`."""
    given = _TeeFlags.parse(call.argv[1:])
    fds, status = [], 0
    for path in given.operands:
        fd = yield Open(absolute(call, path), "a" if given.append else "w")
        if isinstance(fd, Errno):
            status = yield from complain(call, f"{path}: {fd}")
        else:
            fds.append(fd)
    while (text := (yield Read(0))) and not isinstance(text, Errno):
        for fd in (1, *fds):
            yield Write(fd, text)
    return status


class _TruncateFlags(Flags):
    size = value("-s", "--size")
    without_effect = switch("-c")


def truncate(call: Call) -> Process:
    """`truncate -s size file ...`; sizes with a unit or a sign are named as not simulated."""
    given = _TruncateFlags.parse(call.argv[1:])
    if given.size is None or not given.size.isdigit():
        raise NotSimulatedError(f"size {given.size!r}")
    size = int(given.size)
    for path in given.operands:
        text = yield from read_file(call, path)
        content = (text if isinstance(text, str) else "")[:size].ljust(min(size, _MOST), "\0")
        failed = yield from write_file(absolute(call, path), content)
        if failed is not None:
            return (yield from complain(call, f"{path}: {failed}"))
    return 0


COMMANDS: dict[str, Program] = {"cat": cat, "tee": tee, "truncate": truncate}
