"""Signals by name and number, and what each does by default (signal(7))."""

from __future__ import annotations

import re
from collections.abc import Sequence

NUMBERS = {
    "HUP": 1, "INT": 2, "QUIT": 3, "ILL": 4, "TRAP": 5, "ABRT": 6, "BUS": 7, "FPE": 8, "KILL": 9, "USR1": 10, "SEGV": 11, "USR2": 12,
    "PIPE": 13, "ALRM": 14, "TERM": 15, "STKFLT": 16, "CHLD": 17, "CONT": 18, "STOP": 19, "TSTP": 20, "TTIN": 21, "TTOU": 22, "URG": 23,
    "XCPU": 24, "XFSZ": 25, "VTALRM": 26, "PROF": 27, "WINCH": 28, "IO": 29, "PWR": 30, "SYS": 31,
}  # fmt: skip
"""Numbers of x86 and ARM; MIPS and SPARC have others."""
NAMES = {number: name for name, number in NUMBERS.items()}
DEATHS = {
    "HUP": "Hangup", "QUIT": "Quit", "ILL": "Illegal instruction", "ABRT": "Aborted", "FPE": "Floating point exception",
    "KILL": "Killed", "USR1": "User defined signal 1", "SEGV": "Segmentation fault", "USR2": "User defined signal 2",
    "ALRM": "Alarm clock", "TERM": "Terminated", "XCPU": "CPU time limit exceeded",
}  # fmt: skip
"""What shells print about a child that a signal ended (strsignal(3)); SIGINT and SIGPIPE pass in silence."""
IGNORED_BY_DEFAULT = frozenset({"CHLD", "CONT", "URG", "WINCH"})
STOPPING = frozenset({"STOP", "TSTP", "TTIN", "TTOU"})


def kill_request(args: Sequence[str]) -> tuple[str | None, list[str]]:
    """The signal and the processes of `kill [-signal | -s signal] pid ...`; None: there is no such signal.

    Not getopt: `-9` and `-TERM` are signals, and `-1` behind them is every process.
    """
    rest, signal = list(args), "TERM"
    if rest and rest[0] in ("-s", "-n") and len(rest) > 1:
        signal, rest = rest[1], rest[2:]
    elif rest and re.fullmatch(r"-[A-Za-z0-9]+", rest[0]):
        signal = rest.pop(0)[1:]
    return signal_name(signal), rest[1:] if rest[:1] == ["--"] else rest


def signal_name(text: str) -> str | None:
    """The name without SIG of `TERM`, `SIGTERM`, `sigterm` or `15`; "0" and "EXIT" stay; None if there is no such signal."""
    name = text.upper().removeprefix("SIG")
    if name in ("0", "EXIT"):
        return name
    if name.isdigit():
        return NAMES.get(int(name))
    return name if name in NUMBERS else None
