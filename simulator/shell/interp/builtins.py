"""Builtins about flow, jobs and the shell itself, and the table of all builtins."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from simulator.process.effects import Call, Effect, GetStat, Handle, SetUmask, Stat, Unsupported, WaitFor, Write
from simulator.process.errno import Errno
from simulator.process.signals import NUMBERS, signal_name
from simulator.process.world import ImageFile
from simulator.shell.expand.arith import evaluate
from simulator.shell.interp.control import Break, Exit, Return
from simulator.shell.interp.simple import run_words
from simulator.shell.interp.variables import VARIABLE_BUILTINS
from simulator.shell.quoting import quote
from simulator.userland.basics import NotSimulatedError, read_file
from simulator.userland.files.files import make_dirs

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Run, Shell

_KEYWORDS = frozenset(
    {"if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "{", "}", "!", "[["}
)


def _status(shell: Shell, args: list[str]) -> int:
    text = args[0] if args else ""
    return int(text) & 255 if text.lstrip("-").isdigit() else shell.variables.status if not text else 2


def _nothing(shell: Shell, args: list[str]) -> Run:
    """`:`, and builtins that change nothing here."""
    del shell, args
    yield from ()
    return 0


def _exit(shell: Shell, args: list[str]) -> Run:
    yield from ()
    raise Exit(_status(shell, args))


def _return(shell: Shell, args: list[str]) -> Run:
    yield from ()
    raise Return(_status(shell, args))


def _leave_loop(*, again: bool) -> Callable[[Shell, list[str]], Run]:
    def builtin(shell: Shell, args: list[str]) -> Run:
        yield from ()
        if shell.loops == 0:
            return 0
        raise Break(max(int(args[0]), 1) if args and args[0].isdigit() else 1, again=again)

    return builtin


def _eval(shell: Shell, args: list[str]) -> Run:
    return (yield from shell.evaluate(" ".join(args)))


def _source(shell: Shell, args: list[str]) -> Run:
    if not args:
        yield from shell.complain(".: filename argument required")
        return 2
    path = args[0]
    candidates = [path] if "/" in path else [f"{d}/{path}" for d in (shell.variables.get("PATH") or "").split(":") if d] + [path]
    text: str | Errno = Errno.ENOENT
    for candidate in candidates:
        text = yield from read_file(Call((".",), {}, shell.cwd), candidate)
        if isinstance(text, str):
            break
    if text is Errno.ENOENT and (yield ImageFile(posixpath.join(shell.cwd, path))) is not None:
        text = ""  # the image holds it, and nobody knows what it says
    if isinstance(text, Errno):
        yield from shell.complain(f"{path}: {text}" if shell.bash else f".: can't open '{path}': {text}")
        if shell.bash:
            return 1
        raise Exit(2)
    outer = shell.variables.args
    if len(args) > 1:
        shell.variables.args = args[1:]
    try:
        return (yield from shell.evaluate(text))
    except Return as leave:
        return leave.status
    finally:
        if len(args) > 1:
            shell.variables.args = outer


def _command(shell: Shell, args: list[str]) -> Run:
    """`command name` skips functions; `command -v name` says what it is."""
    if args and args[0] in ("-v", "-V"):
        status = 1 if shell.bash else 127
        for name in args[1:]:
            what = yield from _described(shell, name)
            if what:
                status = 0
                yield Write(1, f"{what[0] if args[0] == '-v' else f'{name} is {what[1]}'}\n")
        return status
    words = args[1:] if args and args[0] in ("-p", "--") else args
    return (yield from run_words(shell, words, [], tail=False, functions=False)) if words else 0


def _described(shell: Shell, name: str) -> Generator[Effect, Any, tuple[str, str] | None]:
    from simulator.shell.interp.simple import IN_PROCESS
    from simulator.userland.launch import find

    if name in _KEYWORDS:
        return name, "a shell keyword"
    if name in shell.functions:
        return name, "a function"
    if name in BUILTINS or name in IN_PROCESS or name == "exec":
        return name, "a shell builtin"
    path = yield from find(Call((name,), shell.variables.environment(), shell.cwd))
    return (path, path) if path else None


def _type(shell: Shell, args: list[str]) -> Run:
    status = 0
    for name in (a for a in args if not a.startswith("-")):
        what = yield from _described(shell, name)
        if what is None:
            status = 1 if shell.bash else 127
            yield Write(2 if shell.bash else 1, f"{shell.prefix + 'type: ' if shell.bash else ''}{name}: not found\n")
        else:
            yield Write(1, f"{name} is {what[1]}\n")
    return status


def _cd(shell: Shell, args: list[str]) -> Run:
    args = [a for a in args if a not in ("-P", "-L", "--")]
    target = args[0] if args else shell.variables.get("HOME") or "/"
    back = target == "-"
    if back:
        target = shell.variables.get("OLDPWD") or "/"
    path = posixpath.normpath(posixpath.join(shell.cwd, target))
    stat = yield GetStat(path)
    if stat is Errno.ENOENT and (yield ImageFile(path)) is not None:
        yield from make_dirs(path)
        stat = yield GetStat(path)
    if not isinstance(stat, Stat) or stat.kind != "dir":
        reason = stat if isinstance(stat, Errno) else Errno.ENOTDIR
        yield from shell.complain(f"cd: {target}: {reason}" if shell.bash else f"cd: can't cd to {target}: {reason}")
        return 1 if shell.bash else 2
    shell.variables.set("OLDPWD", shell.cwd)
    shell.variables.set("PWD", path)
    shell.cwd = path
    if back:
        yield Write(1, path + "\n")
    return 0


def _trap(shell: Shell, args: list[str]) -> Run:
    if args[:1] == ["--"]:
        args = args[1:]
    if args[:1] == ["-l"]:
        yield Write(1, "\n".join(f"{n}) SIG{signal}" for signal, n in NUMBERS.items()) + "\n")
        return 0
    if not args or args[0] == "-p":
        wanted = {"EXIT" if name in ("0", "EXIT") else signal_name(name) or name for name in args[1:]}
        for trapped, action in shell.traps.items():
            if wanted and trapped not in wanted:
                continue
            yield Write(1, f"trap -- {quote(action)} {trapped if trapped == 'EXIT' or not shell.bash else 'SIG' + trapped}\n")
        return 0
    action, names = (args[0], args[1:]) if len(args) > 1 else ("-", args)
    status = 0
    for text in names:
        name: str | None = "EXIT" if text in ("0", "EXIT") else text if text in ("ERR", "DEBUG", "RETURN") else signal_name(text)
        if name is None:
            yield from shell.complain(f"trap: {text}: invalid signal specification")
            status = 1
        elif action == "-":
            shell.traps.pop(name, None)
        else:
            shell.traps[name] = action
        if name in ("DEBUG", "RETURN"):
            yield Unsupported("trap", name)
        elif name is not None and name in NUMBERS:
            yield Handle(name, "default" if action == "-" else "handle" if action else "ignore")
    return status


def _wait(shell: Shell, args: list[str]) -> Run:
    """`wait` for all jobs, `wait pid ...` for some, `wait -n` for the next: a signal with a trap ends it with 128 + its number."""
    first = args[:1] == ["-n"]
    wanted = [p for p in (_pid(a) for a in args if a != "-n") if p is not None] or list(shell.jobs)
    status = 0 if not args or first else 127
    while wanted:
        ended = yield WaitFor(tuple(wanted if first or not args else wanted[:1]), interruptible=True)
        if ended is False:
            signals = yield from shell.checkpoint()
            return 128 + NUMBERS[signals[0]]
        if ended is None:
            wanted = [] if first or not args else wanted[1:]
            continue
        pid, result = ended
        wanted.remove(pid)
        if pid in shell.jobs:
            shell.jobs.remove(pid)
        status = result if args else 0
        if first:
            break
    if not args:
        shell.jobs.clear()
    return status


def _pid(text: str) -> int | None:
    """The pid of `123`; job numbers (%1) are not known."""
    return int(text) if text.isdigit() else None


def _jobs(shell: Shell, args: list[str]) -> Run:
    for number, pid in enumerate(shell.jobs, start=1):
        yield Write(1, f"{pid}\n" if "-p" in args else f"[{number}]+  Running                 {pid} &\n")
    return 0


def _let(shell: Shell, args: list[str]) -> Run:
    yield from ()
    value = 0
    for text in args:
        value = evaluate(text, shell.variables)
    return int(value == 0)


def _umask(shell: Shell, args: list[str]) -> Run:
    if args and all(c in "01234567" for c in args[0]):
        shell.umask = int(args[0], 8)
        yield SetUmask(shell.umask)
    elif args:
        yield Unsupported("umask", " ".join(args))
    else:
        yield Write(1, f"{shell.umask:04o}\n")
    return 0


def _ulimit(shell: Shell, args: list[str]) -> Run:
    del shell
    if not any(a and a[0] != "-" for a in args):
        yield Write(1, {"-n": "1048576\n"}.get(args[0] if args else "", "unlimited\n"))
    return 0


def _times(shell: Shell, args: list[str]) -> Run:
    del shell, args
    yield Write(1, "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n")
    return 0


def _coprocess(shell: Shell, args: list[str]) -> Run:
    del shell
    yield from ()
    raise NotSimulatedError(f"the coprocess {' '.join(args)}")


def _alias(shell: Shell, args: list[str]) -> Run:
    del shell
    yield Unsupported("alias", " ".join(args))
    return 0


BUILTINS: dict[str, Callable[[Shell, list[str]], Run]] = {
    **VARIABLE_BUILTINS,
    ":": _nothing,
    ".": _source,
    "source": _source,
    "alias": _alias,
    "break": _leave_loop(again=False),
    "builtin": _command,
    "cd": _cd,
    "command": _command,
    "coproc": _coprocess,
    "continue": _leave_loop(again=True),
    "disown": _nothing,
    "eval": _eval,
    "exit": _exit,
    "hash": _nothing,
    "jobs": _jobs,
    "let": _let,
    "return": _return,
    "times": _times,
    "trap": _trap,
    "type": _type,
    "ulimit": _ulimit,
    "umask": _umask,
    "unalias": _nothing,
    "wait": _wait,
}
