"""The wall clock as text: the formats of date(1), which printf, awk, ls and stat share."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from simulator.process.problems import NotSimulatedError
from simulator.units import SECOND

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DIRECTIVE = re.compile(r"%([-_0^#]|\d)?([A-Za-z%])")
_FIRST, _LAST = -62_135_596_800, 253_402_300_799
"""Seconds since 1970 of the first and the last instant that Python knows: the years 1 to 9999."""
_PYTHON_KNOWS = frozenset("YmdHMSyjIpuwABCUVGg")


def strftime(template: str, moment: int) -> str:
    """`moment` (ns since the epoch) as `date +template` prints it, in UTC: containers have no other zone unless their image does.

    Raises NotSimulatedError outside of the years 1 to 9999.
    """
    return _DIRECTIVE.sub(lambda match: _directive(match[0], match[1] or "", match[2], moment), template)


def _directive(text: str, width: str, code: str, moment: int) -> str:
    seconds = moment // SECOND
    if not _FIRST <= seconds <= _LAST:
        raise NotSimulatedError(f"the year of @{seconds}")
    when = datetime.fromtimestamp(seconds, UTC)
    # Names by hand: Python's %a and %b follow the locale of the machine that podsim runs on.
    day, month = _DAYS[when.weekday()], _MONTHS[when.month - 1]
    known = {
        "s": str(moment // SECOND), "N": f"{moment % SECOND:09d}"[: int(width) if width.isdigit() else 9], "a": day, "b": month, "h": month,
        "e": f"{when.day:2}", "Z": "UTC", "z": "+0000", "n": "\n", "t": "\t", "%": "%", "T": f"{when:%H:%M:%S}", "F": f"{when:%Y-%m-%d}",
        "R": f"{when:%H:%M}", "D": f"{when:%D}", "k": f"{when.hour:2}", "c": f"{day} {month} {when.day:2} {when:%H:%M:%S %Y}",
    }  # fmt: skip
    if code in known:
        return known[code]
    if code not in _PYTHON_KNOWS:
        return text
    value = when.strftime("%" + code)
    return value.lstrip("0") or "0" if width == "-" and code not in "AB" else value
