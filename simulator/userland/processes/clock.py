"""The wall clock: date, and the formats that other commands share with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from simulator.process.effects import Call, GetStat, Now, Program, Stat
from simulator.process.errno import Errno
from simulator.process.fileio import absolute
from simulator.process.problems import NotSimulatedError
from simulator.process.strftime import strftime
from simulator.units import SECOND
from simulator.userland.kubectl.letters import long_options, options
from simulator.userland.streams import Gen, complain, out

_RELATIVE = re.compile(r"([-+]?\d+) *(second|sec|minute|min|hour|day|week)s?( ago)?")
_LENGTHS = {"second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86400, "week": 604800}


def stamp(text: str, now: int) -> int:
    """Nanoseconds since the epoch of what `date -d text` means. Raises NotSimulatedError."""
    text = text.strip()
    if re.fullmatch(r"@\d+(\.\d+)?", text):
        return int(float(text[1:]) * SECOND)
    offset, rest = 0, text
    for match in _RELATIVE.finditer(text):
        offset += int(match[1]) * _LENGTHS[match[2]] * (-1 if match[3] else 1)
        rest = rest.replace(match[0], "")
    rest = rest.strip()
    if rest in ("", "now", "today"):
        return now + offset * SECOND
    try:
        when = datetime.fromisoformat(rest.removesuffix(" UTC"))
    except ValueError:
        raise NotSimulatedError(f"the date {text!r}") from None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return int((when + timedelta(seconds=offset)).timestamp()) * SECOND


def date(call: Call) -> Gen:
    """`date [-u] [-d when | -r file] [-I[seconds]] [+format]`, in UTC."""
    args = [("-Idate" if a == "-I" else a) for a in call.argv[1:]]
    chosen = options(args, "uR", "dDrI", long_options("utc=u date=d iso-8601=I rfc-email=R reference=r"))
    moment = yield Now()
    if "d" in chosen:
        moment = stamp(chosen["d"], moment)
    if "r" in chosen:
        stat = yield GetStat(absolute(call, chosen["r"]))
        if isinstance(stat, Errno):
            return (yield from complain(call, f"{chosen['r']}: {stat}"))
        assert isinstance(stat, Stat)
        moment = stat.mtime
    template = next((a[1:] for a in chosen.rest if a.startswith("+")), None)
    if template is None and "I" in chosen:
        template = {"seconds": "%Y-%m-%dT%H:%M:%S+00:00", "s": "%Y-%m-%dT%H:%M:%S+00:00", "minutes": "%Y-%m-%dT%H:%M+00:00"}.get(
            chosen["I"], "%F"
        )
    if template is None and "R" in chosen:
        template = "%a, %d %b %Y %H:%M:%S +0000"
    if template is None and chosen.rest:
        return (yield from complain(call, f"can't set date: {Errno.EPERM}"))
    yield from out(strftime(template or "%a %b %e %H:%M:%S UTC %Y", moment) + "\n")
    return 0


COMMANDS: dict[str, Program] = {
    "date": date,
}
