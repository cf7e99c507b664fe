"""The wall clock: date, and the texts for instants that touch shares with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from simulator.process.effects import Call, GetStat, Now, Process, Program, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import NotSimulatedError
from simulator.process.strftime import strftime
from simulator.units import SECOND
from simulator.userland.busybox.tool import busybox
from simulator.userland.flags import Flags, optional, switch, value
from simulator.userland.streams import complain, out

_BUSYBOX = re.compile(r"@-?\d+|(\d{4}-\d{1,2}-\d{1,2} ?)?(\d{1,2}:\d{2}(:\d{2})?)?|[\d.]+")
"""What BusyBox' date takes for a date: no words, no differences."""
_RELATIVE = re.compile(r"([-+]?\d+) *(second|sec|minute|min|hour|day|week)s?( ago)?")
_LENGTHS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}
_ISO = {"seconds": "%Y-%m-%dT%H:%M:%S+00:00", "s": "%Y-%m-%dT%H:%M:%S+00:00", "minutes": "%Y-%m-%dT%H:%M+00:00"}
"""The formats of `-I`, by how exact they are; everything else is the day alone."""
_RFC_EMAIL = "%a, %d %b %Y %H:%M:%S +0000"
_DEFAULT = "%a %b %e %H:%M:%S UTC %Y"


def parse_date(text: str, now: int) -> int:
    """Nanoseconds since the epoch of what `date -d text` means: `@1700000000`, `2 hours ago`, `2026-01-01 10:00`.

    Raises NotSimulatedError for the many other forms that GNU's date understands.
    """
    text = text.strip()
    if re.fullmatch(r"@\d+(\.\d+)?", text):
        return int(Decimal(text[1:]) * SECOND)
    offset, rest = 0, text
    for match in _RELATIVE.finditer(text):
        offset += int(match[1]) * _LENGTHS[match[2]] * (-1 if match[3] else 1)
        rest = rest.replace(match[0], "")
    rest = rest.strip()
    if rest in ("", "now", "today"):
        return now + offset * SECOND
    try:
        when = datetime.fromisoformat(rest.removesuffix(" UTC")) + timedelta(seconds=offset)
    except (ValueError, OverflowError):
        raise NotSimulatedError(f"the date {text!r}") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return int(when.timestamp()) * SECOND


class _DateFlags(Flags):
    date = value("-d", "--date")
    reference = value("-r", "--reference")
    iso = optional("-I", "--iso-8601")
    rfc_email = switch("-R", "--rfc-email")
    input_format = value("-D")
    without_effect = switch("-u", "--utc")


def date(call: Call) -> Process:
    """`date [-u] [-d when | -r file] [-I[seconds]] [+format]`, in UTC."""
    given = _DateFlags.parse(call.argv[1:])
    moment = yield Now()
    if given.date is not None:
        if (yield from busybox()) is not None and not _BUSYBOX.fullmatch(given.date):
            return (yield from complain(call, f"invalid date '{given.date}'"))
        moment = parse_date(given.date, moment)
    if given.reference is not None:
        stat = yield GetStat(absolute(call, given.reference))
        if isinstance(stat, Errno):
            return (yield from complain(call, f"{given.reference}: {stat}"))
        assert isinstance(stat, Stat)
        moment = stat.mtime
    template = next((a[1:] for a in given.operands if a.startswith("+")), None)
    if template is None and given.iso is not None:
        template = _ISO.get(given.iso, "%F")
    if template is None and given.rfc_email:
        template = _RFC_EMAIL
    if template is None and given.operands:
        return (yield from complain(call, f"can't set date: {Errno.EPERM}"))  # no container may
    yield from out(strftime(template or _DEFAULT, moment) + "\n")
    return 0


COMMANDS: dict[str, Program] = {"date": date}
