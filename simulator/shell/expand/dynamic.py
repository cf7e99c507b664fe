"""Variables whose value is made when it is asked for: the time, chance, the line."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any, Protocol

from simulator.process.effects import Effect, GetPid, Now
from simulator.process.world import Random
from simulator.shell.expand.variables import Variables
from simulator.units import SECOND

DYNAMIC = re.compile(r"(?<!\w)(RANDOM|SRANDOM|SECONDS|EPOCHSECONDS|EPOCHREALTIME|LINENO|BASHPID|PPID)(?!\w)")
_BOTH = frozenset({"RANDOM", "LINENO", "PPID"})
"""What sh has, too."""


class Scope(Protocol):
    """What is needed of the shell."""

    variables: Variables
    bash: bool
    line: int


def refresh(scope: Scope, text: str) -> Generator[Effect, Any, None]:
    """Give every such variable that `text` names its present value; one that the script or its environment has set stays as it is."""
    for name in DYNAMIC.findall(text):
        variables = scope.variables
        if (name in variables.values and name not in variables.dynamic) or not (scope.bash or name in _BOTH):
            continue
        variables.dynamic.add(name)
        variables.values[name] = yield from _value(scope, name)


def _value(scope: Scope, name: str) -> Generator[Effect, Any, str]:
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
