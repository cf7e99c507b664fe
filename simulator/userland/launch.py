"""From a command line to a running program: registered commands, the tools, scripts in the simulated files, and what the host knows."""

from __future__ import annotations

import posixpath
import re

from simulator.objects.process import DEFAULT_PATH, MEMORY_USERS
from simulator.process.effects import Call, Effects, GetStat, Process, Program, Stat, Unsupported, Write
from simulator.process.errno import Errno
from simulator.process.fileio import read_file
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.process.world import ASSUMED, HasProgram, UnknownCommand, UseMemory
from simulator.userland.busybox.tool import busybox
from simulator.userland.registered import load, registration
from simulator.userland.serving import runs_a_project
from simulator.userland.table import INTERPRETERS, SHELLS, SYSTEM_DIRECTORIES, is_other_program, is_tool, program

_UNKNOWN, _NOT_EXECUTABLE = 127, 126  # POSIX 2.8.2
_RUNC_FAILED = 255
_BASH_WORDS = ("command not found", str(Errno.ENOENT))
"""What bash says of a missing command, and of a missing path."""
_NOT_SIMULATED = 2
BUILTIN = "builtin"


def launch(call: Call, place: str, prefix: str = "", missing: str = "not found") -> Process:
    """Run a command as this process.

    Args:
        call: Its command line, environment and working directory.
        place: What it is to its container, in case it is unknown (see `UnknownCommand`); BUILTIN for a command that its shell has built
            in, so that it needs no file.
        prefix: How a "not found" message begins: the name of the shell or tool that runs it.
        missing: How it ends.
    """
    if not call.argv or not call.argv[0]:
        yield Write(2, f"{prefix}: not found\n")
        return _UNKNOWN
    if (path := (yield from _script(call))) is not None:
        return (yield from _run_file(call, path, place, prefix, missing))
    if "/" in call.argv[0] and isinstance(stat := (yield GetStat(_path(call))), Stat) and stat.kind == "dir":
        yield Write(2, f"{prefix}{call.argv[0]}: {'Is a directory' if missing in _BASH_WORDS else 'Permission denied'}\n")
        return _NOT_EXECUTABLE
    exists = place == BUILTIN or (yield from _exists(call))
    if not exists:
        return (yield from _unknown(call, prefix, missing))
    if is_shell(call):
        return (yield from run_shell(call, place))
    if exists != ASSUMED and (yield from _is_missing(call)):
        return (yield from _unknown(call, prefix, missing))
    if call.name in INTERPRETERS or runs_a_project(call.name, call.argv):
        from simulator.userland.inline.files import refusal

        refused = yield from refusal(call)
        if refused is not None:
            text, status, fd = refused
            yield Write(fd, text)
            return status
    if call.name in MEMORY_USERS:
        from simulator.userland.memory import memory_of

        amount = memory_of(call.argv)
        if amount:
            yield UseMemory(amount)
    run = _known(call) or (yield (yield from _question(call, place)))
    if run is None:
        return (yield from _unknown(call, prefix, missing))
    try:
        return (yield from run(call))
    except UsageError as problem:
        yield Write(2, f"{call.name}: {problem.text}\n")
        return problem.status
    except NotSimulatedError as problem:
        yield Unsupported(call.name, str(problem))
        yield Write(2, f"{call.name}: {problem} is not simulated\n")
        return _NOT_SIMULATED


def _known(call: Call) -> Program | None:
    """The program that a package registers under this name, else podsim's own; None when there is neither."""
    if (entry := registration(call.name)) is not None:
        return load(entry)
    if is_tool(_path(call)) and not is_other_program(call.name, call.argv):
        return program(call.name)
    return None


def _question(call: Call, place: str) -> Effects[UnknownCommand]:
    """The question to the host about an unknown command, with all that can be read from it; without guesses when it makes no sense."""
    try:
        return (yield from _guess(call, place))
    except UsageError:
        return UnknownCommand(call, place)


def _guess(call: Call, place: str) -> Effects[UnknownCommand]:
    """What an unknown command does by its own words: a short program's text, a migration, an address among its arguments."""
    if call.name in INTERPRETERS:
        from simulator.userland.inline.guess import guess

        inline, what = yield from guess(call)
        if inline is not None:
            return UnknownCommand(call, place, inline, what)
    from simulator.userland.clients import migrations

    migration, what = migrations.guess(call)
    if migration is not None:
        return UnknownCommand(call, place, migration, what)
    if place == "condition":
        # `until my-check --host db --port 5432`: its status is tested, so it most likely asks that server.
        from simulator.userland.clients.attempts import attempt, named_in

        target = named_in(call)
        if target is not None:
            return UnknownCommand(call, place, attempt(target), f"succeeds once {target} accepts connections")
    return UnknownCommand(call, place)


def run_shell(call: Call, place: str) -> Process:
    """Run `sh` or one of its kin; its grammar is loaded when the first of them starts."""
    from simulator.shell.interp.main import run_shell as run
    from simulator.shell.interp.shell import Programs

    release = yield from busybox()
    if release is None:
        return (yield from run(call, place, Programs(launch, find)))
    builtins = frozenset({"sleep"} if release.ash_has_sleep else ())
    programs = Programs(
        launch,
        find,
        execs_last=release.ash_execs_last,
        reports_jobs=release.ash_reports_jobs,
        first_line=release.ash_first_line,
        names_lines=release.ash_names_lines,
        is_busybox=True,
        builtins=builtins,
    )
    return (yield from run(call, place, programs))


def is_shell(call: Call) -> bool:
    """Is it `sh` or one of its kin?"""
    return call.name in SHELLS and posixpath.dirname(_path(call)) in SYSTEM_DIRECTORIES | {""}


def _path(call: Call) -> str:
    """The command as a path from the root when it is one (`bin/bash` in `/`), else its name."""
    return posixpath.normpath(posixpath.join(call.cwd, call.argv[0])) if "/" in call.argv[0] else call.argv[0]


def find(call: Call) -> Effects[str | None]:
    """Where a command is, as `which` prints it; None if there is none."""
    if (path := (yield from _script(call))) is not None:
        return path
    if not (yield from _exists(call)):
        return None
    known = is_shell(call) or is_tool(_path(call)) or registration(call.name) is not None
    if known or (yield UnknownCommand(call, "step")) is not None:
        if "/" in call.argv[0]:
            return call.argv[0]
        return f"{'/usr/bin' if (yield from busybox()) is None else '/bin'}/{call.argv[0]}"
    return None


def _exists(call: Call) -> Effects[bool | str]:
    """Whether there is such a program: registered by a package, in the image, installed, or copied from another image."""
    if registration(call.name) is not None:
        return True
    search = call.env.get("PATH", DEFAULT_PATH)
    # The working directory of an image is not known, so a relative path may lead anywhere.
    named = _path(call) if call.argv[0].startswith("/") else call.argv[0]
    answer: bool | str = yield HasProgram(named, search)
    if answer:
        return answer
    candidates = [_path(call)] if "/" in named else [posixpath.join(directory, named) for directory in search.split(":") if directory]
    for candidate in candidates:
        stat = yield GetStat(candidate, follow=False)
        if isinstance(stat, Stat) and stat.kind != "dir":
            return True
    return False


def _unknown(call: Call, prefix: str, missing: str) -> Process:
    yield Write(2, f"{prefix}{call.argv[0]}: {missing}\n")
    return _UNKNOWN


def _interpreter(text: str) -> list[str]:
    """The words of a script's first line after `#!`. A carriage return belongs to the last of them, as it does for the kernel."""
    first = text.split("\n", 1)[0]
    return re.findall(r"[^ \t]+", first[2:]) if first.startswith("#!") else []


def _script(call: Call) -> Effects[str | None]:
    """The path of the file that a command means, if the simulated file system has it."""
    name = call.argv[0]
    if "/" in name:
        candidates = [posixpath.join(call.cwd, name)]
    elif is_tool(name) or registration(name) is not None:
        return None
    else:
        candidates = [posixpath.join(d, name) for d in call.env.get("PATH", DEFAULT_PATH).split(":") if d]
    for path in candidates:
        stat = yield GetStat(path)
        # An empty file stands for a program that was copied from the image: its content is unknown.
        if isinstance(stat, Stat) and stat.kind == "file" and stat.size:
            return path
    return None


def _is_missing(call: Call) -> Effects[bool]:
    """Whether a command is the path of a program, in a place where no process has put one."""
    path = _path(call)
    if "/" not in path or posixpath.dirname(path) in SYSTEM_DIRECTORIES or is_tool(path) or registration(call.name) is not None:
        return False
    return (yield GetStat(path, relies_on="program")) is Errno.ENOENT


def _run_file(call: Call, path: str, place: str, prefix: str, missing: str) -> Process:
    """Run a file by the interpreter in its first line; without one it is a script of the shell that runs it (POSIX 2.9.1.4).

    Without a shell or a tool that runs it (an empty prefix), runc does, which prints the kernel's error and ends with 255.
    """
    stat = yield GetStat(path)
    if isinstance(stat, Stat) and not stat.mode & 0o111:
        yield Write(2, f"{prefix}{call.argv[0]}: Permission denied\n")
        return _NOT_EXECUTABLE
    text = yield from read_file(call, path)
    if isinstance(text, Errno):
        yield Write(2, f"{prefix}{call.argv[0]}: {text}\n")
        return _NOT_EXECUTABLE
    words = _interpreter(text)
    if not words and not prefix:
        yield Write(2, f"exec {call.argv[0]}: exec format error\n")
        return _RUNC_FAILED
    by_env = bool(words) and posixpath.basename(words[0]) == "env"
    if by_env:
        words = [word for word in words[1:] if not word.startswith("-")]
    interpreter = Call((*(words or ["/bin/sh"]), path, *call.argv[1:]), call.env, call.cwd)
    if not (yield from _exists(interpreter)):
        if by_env:
            begin = "" if (yield from busybox()) is None else "can't execute "
            yield Write(2, f"env: {begin}'{words[0]}': {Errno.ENOENT}\n")
            return _UNKNOWN
        if not prefix:
            yield Write(2, f"exec {call.argv[0]}: no such file or directory\n")
            return _RUNC_FAILED
        return (yield from _unknown(call, prefix, "cannot execute: required file not found" if missing in _BASH_WORDS else missing))
    if interpreter.name in SHELLS:
        return (yield from run_shell(interpreter, place))
    run = yield UnknownCommand(interpreter, place)
    return (yield from _unknown(interpreter, prefix, missing)) if run is None else (yield from run(interpreter))
