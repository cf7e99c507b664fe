"""How much podsim takes on: one table of bounds, so that an input too large ends with a sentence instead of a full memory.

`PODSIM_LIMITS=pods=50000,text=64Mi` raises or lowers them for one command. docs/limits.md explains each.
"""

from __future__ import annotations

import os

import msgspec

from simulator.errors import UsageError

VARIABLE = "PODSIM_LIMITS"
_UNITS = {"": 1, "k": 1000, "M": 1000**2, "G": 1000**3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


class Limit(msgspec.Struct, frozen=True):
    """A bound: its name in PODSIM_LIMITS, its default, and what it counts."""

    name: str
    default: str
    what: str


LIMITS = (
    Limit("pods", "20000", "pods of a run at a time, and what one workload may ask for"),
    Limit("nodes", "1000", "nodes of a run"),
    Limit("hours", "9000", "simulated hours of a run"),
    Limit("runs", "1000000", "runs of a sweep"),
    Limit("text", "16Mi", "characters in one text of a simulated process: a variable, a word, the output of a command"),
    Limit("written", "256Mi", "characters that a container's interpreted processes write during its life"),
    Limit("written-at-once", "64Mi", "characters that they write within one instant"),
    Limit("processes", "1000", "processes of a container at a time"),
    Limit("watches", "1000", "open watches and other streams of `podsim serve`"),
)


def limit(name: str) -> int:
    """The value of a limit: its default, or what PODSIM_LIMITS says. Raises UsageError for a variable that cannot be read."""
    given = _given(os.environ.get(VARIABLE, ""))
    return given[name] if name in given else _number(next(row.default for row in LIMITS if row.name == name))


def _given(text: str) -> dict[str, int]:
    known = {row.name for row in LIMITS}
    result = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.strip().partition("=")
        if name not in known:
            raise UsageError(f"{VARIABLE}: no limit is called {name!r}; known: {', '.join(sorted(known))}")
        result[name] = _number(value)
    return result


def _number(text: str) -> int:
    digits = text.rstrip("kKMGi")
    unit = text[len(digits) :]
    if not digits.isdigit() or len(digits) > 18 or unit not in _UNITS:
        raise UsageError(f"{VARIABLE}: {text!r} is not a number such as 50000, 50k or 64Mi")
    return int(digits) * _UNITS[unit]


def beyond(name: str, demand: str) -> UsageError:
    """The error for something beyond a limit: the demand, the limit, and how to raise it."""
    return UsageError(f"{demand}; podsim takes at most {limit(name)} ({VARIABLE}={name}=N raises the limit)")
