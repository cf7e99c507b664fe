"""awk for one-liners: patterns, fields, arithmetic, arrays, the usual functions. Everything else is named as not simulated."""

from __future__ import annotations

from simulator.process.effects import Call, Close, Effects, Now, Open, Process, Program, Read, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_file
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.awk.control import Stop
from simulator.userland.awk.program import Parser
from simulator.userland.awk.run import Awk
from simulator.userland.awk.syntax import unescape
from simulator.userland.awk.values import Text, Value
from simulator.userland.flags import Flags, value, values
from simulator.userland.streams import complain, out


class _AwkFlags(Flags, stop=True):
    separator = value("-F")
    assignments = values("-v")
    program_file = value("-f")


def _variables(given: _AwkFlags) -> dict[str, Value]:
    """What -F and -v set before the program starts."""
    variables: dict[str, Value] = {}
    if given.separator is not None:
        # POSIX XCU, awk: `-Ft` is a tab.
        variables["FS"] = "\t" if given.separator == "t" else unescape(given.separator)
    for assignment in given.assignments:
        name, _, content = assignment.partition("=")
        if name == "RS":
            raise NotSimulatedError("RS: records other than lines")
        variables[name] = Text(unescape(content))
    return variables


def awk(call: Call) -> Process:
    """`awk [-F separator] [-v name=value] [-f file] 'program' [file ...]`."""
    given = _AwkFlags.parse(call.argv[1:])
    paths = list(given.operands)
    if given.program_file is not None:
        text = yield from read_file(call, given.program_file)
        if isinstance(text, Errno):
            return (yield from complain(call, f"{given.program_file}: {text}", 2))
        program = text
    else:
        program = paths.pop(0) if paths else ""
    variables = _variables(given)
    rules = Parser(program).program()
    run = Awk(rules, variables, dict(call.env), (yield Now()))
    files: dict[str, int] = {}
    status = 0
    try:
        run.run_special("BEGIN")
        if any(pattern != ("BEGIN",) for pattern, _, _ in rules):
            status = yield from _records(call, run, paths, files)
    except Stop as stop:
        status = stop.status
    try:
        run.run_special("END")
    except Stop as stop:
        status = stop.status
    yield from _flush(call, run, files)
    for fd in files.values():
        yield Close(fd)
    return status


def _records(call: Call, run: Awk, paths: list[str], files: dict[str, int]) -> Process:
    status = 0
    for path in paths or ["-"]:
        fd = 0 if path == "-" else (yield Open(absolute(call, path), "r"))
        if isinstance(fd, Errno):
            status = yield from complain(call, f"{path}: {fd}", 2)
            continue
        run.variables["FNR"] = 0.0
        while (line := (yield Read(fd, "line"))) and not isinstance(line, Errno):
            run.run_record(line.removesuffix("\n"))
            yield from _flush(call, run, files)
        if fd:
            yield Close(fd)
    return status


def _flush(call: Call, run: Awk, files: dict[str, int]) -> Effects[None]:
    written, run.written = run.written, []
    for path, text in written:
        if path is None or path == "/dev/stdout":
            yield from out(text)
            continue
        if path not in files:
            fd = yield Open(absolute(call, path), "w")
            if isinstance(fd, Errno):
                raise UsageError(f"can't redirect to {path}", 2)
            files[path] = fd
        yield Write(files[path], text)


COMMANDS: dict[str, Program] = {
    "awk": awk,
    "gawk": awk,
}
