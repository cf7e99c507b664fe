"""awk for one-liners: patterns, fields, arithmetic, arrays, the usual functions. What it does not know it says."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Close, Effect, Now, Open, Program, Read, Write
from simulator.process.errno import Errno
from simulator.process.fileio import absolute, read_file
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.awk.program import Parser
from simulator.userland.awk.run import Awk, Stop
from simulator.userland.awk.syntax import unescape
from simulator.userland.awk.values import Text, Value
from simulator.userland.kubectl.letters import options
from simulator.userland.streams import Gen, complain, out


def awk(call: Call) -> Gen:
    """`awk [-F separator] [-v name=value] [-f file] 'program' [file ...]`."""
    chosen = options(call.argv[1:], "", "Fvf", stop=True)
    rest = list(chosen.rest)
    program = rest.pop(0) if "f" not in chosen and rest else ""
    if "f" in chosen:
        text = yield from read_file(call, chosen["f"])
        if isinstance(text, Errno):
            return (yield from complain(call, f"{chosen['f']}: {text}", 2))
        program = text
    variables: dict[str, Value] = {"FS": "\t" if chosen["F"] == "t" else unescape(chosen["F"])} if "F" in chosen else {}
    for letter, value in chosen.all:
        if letter == "v":
            name, _, content = value.partition("=")
            if name == "RS":
                raise NotSimulatedError("RS: records other than lines")
            variables[name] = Text(unescape(content))
    rules = Parser(program).program()
    run = Awk(rules, variables, dict(call.env), (yield Now()))
    files: dict[str, int] = {}
    status = 0
    try:
        run.run_special("BEGIN")
        if any(pattern != ("BEGIN",) for pattern, _, _ in rules):
            status = yield from _records(call, run, rest, files)
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


def _records(call: Call, run: Awk, paths: list[str], files: dict[str, int]) -> Gen:
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


def _flush(call: Call, run: Awk, files: dict[str, int]) -> Generator[Effect, Any, None]:
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
