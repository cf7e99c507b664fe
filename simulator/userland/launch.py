"""From a command line to a running program: our own commands, scripts in the simulated files, and what the host makes of the rest."""

from __future__ import annotations

import posixpath
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Call, Effect, GetStat, Process, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.process.world import UnknownCommand
from simulator.userland.table import INTERPRETERS, SHELLS, SYSTEM_DIRECTORIES, is_other_program, is_tool, program

DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def launch(call: Call, place: str, prefix: str = "") -> Process:
    """Run a command as this process. `prefix` begins the message of a shell that does not find it."""
    if not call.argv or not call.argv[0]:
        yield Write(2, f"{prefix}: not found\n")
        return 127
    if (path := (yield from _script(call))) is not None:
        return (yield from _run_file(call, path, place, prefix))
    if is_shell(call):
        return (yield from run_shell(call, place))
    known = program(call.name) if is_tool(_path(call)) and not is_other_program(call.name, call.argv) else None
    run = known or (yield (yield from _question(call, place)))
    if run is None:
        return (yield from _not_found(call, prefix))
    try:
        return (yield from run(call))
    except UsageError as problem:
        yield Write(2, f"{call.name}: {problem.text}\n")
        return problem.status
    except NotSimulatedError as problem:
        yield Unsupported(call.name, str(problem))
        yield Write(2, f"{call.name}: {problem} is not simulated\n")
        return 2


def _question(call: Call, place: str) -> Generator[Effect, Any, UnknownCommand]:
    """What the host is asked about a command that we do not know, with all that can be read from it: nothing when it makes no sense."""
    try:
        return (yield from _read(call, place))
    except UsageError:
        return UnknownCommand(call, place)


def _read(call: Call, place: str) -> Generator[Effect, Any, UnknownCommand]:
    if call.name in INTERPRETERS:
        from simulator.userland.inline.guess import guess

        read, what = yield from guess(call)
        if read is not None:
            return UnknownCommand(call, place, read, what)
    from simulator.userland.clients import migrations

    needs, what = migrations.guess(call)
    if needs is not None:
        return UnknownCommand(call, place, needs, what)
    if place == "condition":
        from simulator.userland.clients.attempts import attempt, named_in

        target = named_in(call)
        if target is not None:
            return UnknownCommand(call, place, attempt(target), f"succeeds once {target.host}:{target.port} accepts connections")
    return UnknownCommand(call, place)


def run_shell(call: Call, place: str) -> Process:
    """Run `sh` or one of its kin; its grammar is loaded when the first of them starts."""
    from simulator.shell.interp.main import run_shell as run
    from simulator.shell.interp.shell import Programs

    return run(call, place, Programs(launch, find))


def is_shell(call: Call) -> bool:
    """Is it `sh` or one of its kin?"""
    return call.name in SHELLS and posixpath.dirname(_path(call)) in SYSTEM_DIRECTORIES | {""}


def _path(call: Call) -> str:
    """The command as a path from the root when it is one (`bin/bash` in `/`), else its name."""
    return posixpath.normpath(posixpath.join(call.cwd, call.argv[0])) if "/" in call.argv[0] else call.argv[0]


def find(call: Call) -> Generator[Effect, Any, str | None]:
    """Where a command is, as `which` says it; None if there is none."""
    if (path := (yield from _script(call))) is not None:
        return path
    if is_shell(call) or is_tool(_path(call)) or (yield UnknownCommand(call, "step")) is not None:
        return call.argv[0] if "/" in call.argv[0] else f"/usr/bin/{call.argv[0]}"
    return None


def _not_found(call: Call, prefix: str) -> Process:
    text = "command not found" if ": line " in prefix else "not found"
    yield Write(2, f"{prefix}{call.argv[0]}: {text}\n")
    return 127


def _script(call: Call) -> Generator[Effect, Any, str | None]:
    """The path of the file that a command means, if the simulated file system has it."""
    name = call.argv[0]
    if "/" in name:
        candidates = [posixpath.join(call.cwd, name)]
    elif is_tool(name):
        return None
    else:
        candidates = [posixpath.join(d, name) for d in call.env.get("PATH", DEFAULT_PATH).split(":") if d]
    for path in candidates:
        stat = yield GetStat(path)
        if isinstance(stat, Stat) and stat.kind == "file" and stat.size:
            return path
    return None


def _run_file(call: Call, path: str, place: str, prefix: str) -> Process:
    text = yield from read_file(call, path)
    if isinstance(text, Errno):
        yield Write(2, f"{prefix}{call.argv[0]}: {text}\n")
        return 126
    first = text.split("\n", 1)[0]
    words = first[2:].split() if first.startswith("#!") else ["/bin/sh"]
    if posixpath.basename(words[0]) == "env":
        words = [w for w in words[1:] if not w.startswith("-")] or ["sh"]
    interpreter = Call((*words, path, *call.argv[1:]), call.env, call.cwd)
    if interpreter.name in SHELLS:
        return (yield from run_shell(interpreter, place))
    run = yield UnknownCommand(interpreter, place)
    return (yield from _not_found(interpreter, prefix)) if run is None else (yield from run(interpreter))
