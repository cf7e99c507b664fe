"""Builtins about signals and children: trap, kill, wait, jobs, times."""

from __future__ import annotations

import re

from simulator.objects.process import BY_SIGNAL
from simulator.process.effects import Call, Handle, Kill, Unsupported, WaitFor, Write
from simulator.process.errno import Errno
from simulator.process.signals import NUMBERS, kill_request, signal_name
from simulator.shell.interp.shell import DASH_LINE, Run, Shell
from simulator.shell.quoting import quote

_PSEUDO_SIGNALS = frozenset({"ERR", "DEBUG", "RETURN"})
"""What bash can trap besides signals; ERR is simulated."""


def trap(shell: Shell, args: list[str]) -> Run:
    """`trap [action] condition ...`, `trap -p`, `trap -l`; an empty action ignores the signal, `-` resets it."""
    if args[:1] == ["--"]:
        args = args[1:]
    if args[:1] == ["-l"]:
        yield Write(1, "\n".join(f"{n}) SIG{signal}" for signal, n in NUMBERS.items()) + "\n")
        return 0
    if not args or args[0] == "-p":
        return (yield from _print_traps(shell, args[1:]))
    # POSIX XCU, trap: a single operand is a condition to reset.
    action, conditions = (args[0], args[1:]) if len(args) > 1 else ("-", args)
    status = 0
    for text in conditions:
        name = _condition(text)
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
            yield Handle(name, _signal_action(action))
    return status


def _condition(text: str) -> str | None:
    """The name of what is trapped, `EXIT` for 0; None for no such signal."""
    if text in ("0", "EXIT"):
        return "EXIT"
    return text if text in _PSEUDO_SIGNALS else signal_name(text)


def _signal_action(action: str) -> str:
    """What the process does with a signal (see `Handle`) when the trap's action is this."""
    if action == "-":
        return "default"
    return "handle" if action else "ignore"


def _print_traps(shell: Shell, names: list[str]) -> Run:
    """`trap`, `trap -p name ...`: the traps as commands that set them again."""
    shown = {"EXIT" if name in ("0", "EXIT") else signal_name(name) or name for name in names}
    for name, action in shell.traps.items():
        if not shown or name in shown:
            yield Write(1, f"trap -- {quote(action)} {name if name == 'EXIT' or not shell.bash else 'SIG' + name}\n")
    return 0


def wait(shell: Shell, args: list[str]) -> Run:
    """`wait` for all jobs, `wait pid ...` for some, `wait -n` for the next.

    A trapped signal ends it at once with 128 plus its number (POSIX 2.11): that is how scripts react to SIGTERM while a child runs.
    """
    next_only = args[:1] == ["-n"]
    pids = [p for p in (_pid(a) for a in args if a != "-n") if p is not None] or list(shell.jobs)
    status = 0 if not args or next_only else 127
    while pids:
        ended = yield WaitFor(tuple(pids if next_only or not args else pids[:1]), interruptible=True)
        if ended is False:
            signals = yield from shell.checkpoint()
            return BY_SIGNAL + NUMBERS[signals[0]]
        if ended is None:  # no such child
            pids = [] if next_only or not args else pids[1:]
            continue
        pid, result, signal = ended
        if signal and args and not next_only and shell.tables.programs.reports_jobs and not (shell.bash and signal == "TERM"):
            yield from shell.report_death(pid, signal)
        pids.remove(pid)
        if pid in shell.jobs:
            shell.jobs.remove(pid)
        status = result if args else 0
        if next_only:
            break
    if not args:
        shell.jobs.clear()
    return status


def kill(shell: Shell, args: list[str]) -> Run:
    """`kill [-signal | -s signal] pid ...` in the shell's own words; what else it can do is the tool's."""
    signal, targets = kill_request(args)
    if args[:1] == ["-l"] or signal is None or not targets:
        call = Call(("kill", *args), shell.variables.environment(), shell.cwd)
        return (yield from shell.tables.programs.launch(call, "builtin", shell.prefix, "not found"))
    status = 0
    for text in targets:
        is_number = re.fullmatch(r"-?\d+", text) is not None
        if not is_number or (yield Kill(int(text), signal)) is not None:
            status = 1
            yield Write(2, f"{shell.prefix}{_kill_error(shell, text, is_number=is_number)}\n")
    return status


def _kill_error(shell: Shell, text: str, *, is_number: bool) -> str:
    if shell.bash:
        return f"kill: ({text}) - {Errno.ESRCH}" if is_number else f"kill: {text}: arguments must be process or job IDs"
    if shell.line_format == DASH_LINE:
        return f"kill: {Errno.ESRCH}\n" if is_number else f"kill: Illegal number: {text}"
    return f"can't kill pid {text}: {Errno.ESRCH}" if is_number else f"invalid number '{text}'"


def _pid(text: str) -> int | None:
    """The pid of `123`; job numbers (%1) are unknown here: without a terminal there is no job control."""
    return int(text) if text.isdigit() else None


def jobs(shell: Shell, args: list[str]) -> Run:
    """`jobs [-p]`."""
    for number, pid in enumerate(shell.jobs, start=1):
        yield Write(1, f"{pid}\n" if "-p" in args else f"[{number}]+  Running                 {pid} &\n")
    return 0


def times(shell: Shell, args: list[str]) -> Run:
    """`times`: processes use no processor time here."""
    del shell, args
    yield Write(1, "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n")
    return 0
