"""Signals to processes: kill, pkill, killall; and the search for processes that pgrep and pidof share with them."""

from __future__ import annotations

import re

from simulator.process.effects import Call, Effects, GetPid, Kill, Process, Processes, Program
from simulator.process.errno import Errno
from simulator.process.problems import UsageError
from simulator.process.signals import NAMES, NUMBERS, kill_request, signal_name
from simulator.shell.regex.pattern import compiled
from simulator.userland.busybox.tool import bad_option, busybox, usage
from simulator.userland.flags import Flags, switch, value
from simulator.userland.streams import complain, out


def kill(call: Call) -> Process:
    """`kill [-signal | -s signal] pid ...`, `kill -l`, `kill -0 pid`."""
    args = list(call.argv[1:])
    if args[:1] == ["-l"]:
        # POSIX XCU, kill: a number may be the status of a process that a signal ended, 128 above it.
        number = int(args[1]) & 127 if len(args) > 1 and args[1].isdigit() else 0
        yield from out((NAMES.get(number, "") if number else " ".join(NUMBERS)) + "\n")
        return 0
    signal, args = kill_request(args)
    if signal is None:
        return (yield from complain(call, f"bad signal name '{call.argv[1]}'"))
    if not args:
        return (yield from complain(call, "you need to specify whom to kill"))
    status = 0
    for text in args:
        if not re.fullmatch(r"-?\d+", text):
            status = yield from complain(call, f"invalid number '{text}'")
        elif (yield Kill(int(text), signal)) is not None:
            status = yield from complain(call, f"can't kill pid {text}: {Errno.ESRCH}")
    return status


def _name(argv: tuple[str, ...]) -> str:
    return argv[0].rsplit("/", 1)[-1]


def find_processes(pattern: str, *, full_line: bool, exact: bool) -> Effects[list[tuple[int, tuple[str, ...]]]]:
    """(pid, argv) of the other processes whose name, or whole line, matches. Raises UsageError for a bad expression."""
    own, _ = yield GetPid()
    table = yield Processes()
    try:
        expression = compiled(pattern)
    except re.error:
        raise UsageError(f"invalid regular expression '{pattern}'", 2) from None
    matching = []
    for pid, _, argv, _ in table:
        subject = " ".join(argv) if full_line else _name(argv)
        if pid != own and (expression.fullmatch(subject) if exact else expression.search(subject)):
            matching.append((pid, argv))
    return matching


def _leading_signal(args: list[str]) -> str | None:
    """The signal of `-TERM` or `-9` before everything else, which is taken out of `args`; None if there is none."""
    signal = signal_name(args[0][1:]) if args and args[0].startswith("-") else None
    if signal is not None:
        args.pop(0)
    return signal


class _PgrepFlags(Flags):
    signal = value("-s", "--signal")
    full_line = switch("-f", "--full")
    exact = switch("-x", "--exact")
    oldest = switch("-o")
    newest = switch("-n")
    list_lines = switch("-a")
    list_names = switch("-l")
    without_effect = switch("-c", "-v", "-w")
    without_effect_values = value("-P", "-u", "-d", "-t")


def pgrep(call: Call) -> Process:
    """`pgrep [-flxoan] pattern`, `pkill [-signal] pattern`: 1 when nothing matches."""
    args = list(call.argv[1:])
    signal: str | None = (_leading_signal(args) if call.name == "pkill" else None) or "TERM"
    release = yield from busybox()
    has_lines = release is None or release.pgrep_lists_lines
    if release is not None and not has_lines and (problem := bad_option(args, release, "flxvno", "sPu")):
        return (yield from usage(call, release, problem))
    given = _PgrepFlags.parse(args)
    if call.name == "pkill" and given.signal is not None:
        signal = signal_name(given.signal)
    if not given.operands or signal is None:
        raise UsageError("no pattern, or no such signal", 2)
    matching = yield from find_processes(given.operands[0], full_line=given.full_line, exact=given.exact)
    if given.oldest:
        matching = matching[:1]
    elif given.newest:
        matching = matching[-1:]
    for pid, argv in matching:
        if call.name == "pkill":
            yield Kill(pid, signal)
        else:
            names_only = given.list_names and has_lines
            text = _name(argv) if names_only and not given.list_lines else " ".join(argv) if given.list_lines or given.list_names else ""
            yield from out(f"{pid} {text}".rstrip() + "\n")
    return int(not matching)


def pidof(call: Call) -> Process:
    """`pidof name ...`, `killall [-signal] name ...`."""
    args = list(call.argv[1:])
    signal = (_leading_signal(args) if call.name == "killall" else None) or "TERM"
    names = [a for a in args if not a.startswith("-")]
    matching = []
    for name in names:
        matching += yield from find_processes(re.escape(name.rsplit("/", 1)[-1]), full_line=False, exact=True)
    if call.name == "killall":
        for pid, _ in matching:
            yield Kill(pid, signal)
        return 0 if matching else (yield from complain(call, f"{' '.join(names)}: no process killed"))
    if matching:
        yield from out(" ".join(str(pid) for pid, _ in reversed(matching)) + "\n")  # the newest first, as busybox prints them
    return int(not matching)


COMMANDS: dict[str, Program] = {"kill": kill, "killall": pidof, "pgrep": pgrep, "pidof": pidof, "pkill": pgrep}
