"""Variables whose value is made when they are read: the time, random numbers, the line (bash(1), Shell Variables)."""

from __future__ import annotations

import re
from typing import Protocol

from simulator.process.effects import Effects, GetPid, Now
from simulator.process.world import Random
from simulator.shell.expand.variables import Variables
from simulator.units import SECOND

DYNAMIC = re.compile(r"(?<!\w)(RANDOM|SRANDOM|SECONDS|EPOCHSECONDS|EPOCHREALTIME|LINENO|BASHPID|PPID)(?!\w)")
_IN_SH_TOO = frozenset({"RANDOM", "LINENO", "PPID"})
"""What sh has as well: LINENO and PPID are POSIX' (2.5.3), RANDOM is busybox'."""


class Scope(Protocol):
    """What these variables need of the shell."""

    variables: Variables
    bash: bool
    line: int


def refresh(scope: Scope, text: str) -> Effects[None]:
    """Give every such variable that `text` names its present value; one that the script or its environment has set keeps it.

    By effects, before the expansion: the expansion itself cannot wait for an answer.
    """
    for name in DYNAMIC.findall(text):
        variables = scope.variables
        if (name in variables.values and name not in variables.dynamic) or not (scope.bash or name in _IN_SH_TOO):
            continue
        variables.dynamic.add(name)
        variables.values[name] = yield from _value(scope, name)


def _value(scope: Scope, name: str) -> Effects[str]:
    match name:
        case "RANDOM":
            return str((yield Random(2**15)))
        case "SRANDOM":
            return str((yield Random(2**32)))
        case "LINENO":
            return str(scope.line)
        case "BASHPID" | "PPID":
            return str((yield GetPid())[name == "PPID"])
    now: int = yield Now()
    if name == "SECONDS":
        return str((now - scope.variables.seconds_from) // SECOND)
    return str(now // SECOND) if name == "EPOCHSECONDS" else f"{now / SECOND:.6f}"
