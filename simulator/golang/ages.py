"""Times as kubectl prints them: ages, and RFC 1123 dates."""

from __future__ import annotations

from datetime import UTC, datetime

from simulator.units import DAY, HOUR, MINUTE, SECOND, parse_time

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_YEAR = 365 * DAY

# How long one wording lasts: below the limit, so many of the big unit, and the rest in the small one (apimachinery/pkg/util/duration).
_LADDER = (
    (2 * MINUTE, SECOND, "s", 0, ""),
    (10 * MINUTE, MINUTE, "m", SECOND, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (48 * HOUR, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * _YEAR, DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", DAY, "d"),
)


def human_duration(nanoseconds: int) -> str:
    """A duration in two or three digits: `119s`, `2m5s`, `3h`, `2d1h`. Clocks may differ by less than two seconds: `0s`."""
    if nanoseconds <= -2 * SECOND:
        return "<invalid>"
    if nanoseconds < 0:
        return "0s"
    for limit, unit, name, small, small_name in _LADDER:
        if nanoseconds < limit:
            rest = nanoseconds % unit // small if small else 0
            return f"{nanoseconds // unit}{name}" + (f"{rest}{small_name}" if rest else "")
    return f"{nanoseconds // _YEAR}y"


def age(timestamp: str | None, now: int) -> str:
    """How long ago `timestamp` (RFC 3339) was at `now` (nanoseconds since the epoch); `<unknown>` without one."""
    return human_duration(now - parse_time(timestamp)) if timestamp else "<unknown>"


def ansic(epoch: int) -> str:
    """`Thu Nov 14 21:06:39 2024`: nanoseconds since the epoch in Go's layout ANSIC."""
    moment = datetime.fromtimestamp(epoch // SECOND, UTC)
    return f"{_DAYS[moment.weekday()]} {_MONTHS[moment.month - 1]} {moment.day:2d} {moment:%H:%M:%S %Y}"


def rfc1123(timestamp: str | None) -> str:
    """`Thu, 14 Nov 2024 21:06:39 +0000`; Go's zero time when there is none."""
    if not timestamp:
        return "Mon, 01 Jan 0001 00:00:00 +0000"
    moment = datetime.fromtimestamp(parse_time(timestamp) // SECOND, UTC)
    return f"{_DAYS[moment.weekday()]}, {moment.day:02d} {_MONTHS[moment.month - 1]} {moment:%Y %H:%M:%S} +0000"
