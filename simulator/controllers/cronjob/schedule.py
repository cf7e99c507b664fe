"""Cron schedules as Kubernetes reads them (robfig/cron v3, standard parser): five fields, names, steps, @hourly, @every, a time zone. Pure.

Written here because other cron libraries disagree with Kubernetes in details: Sunday is 0 and never 7, `?` is `*`, no L, W or #.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from simulator.units import DAY, MINUTE, SECOND, parse_duration, time_zone

MONTHS = dict(zip(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), range(1, 13), strict=True))
DAYS = dict(zip(("sun", "mon", "tue", "wed", "thu", "fri", "sat"), range(7), strict=True))
WORDS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
MINUTES = 60
MINUTE_SECONDS = MINUTE // SECOND
LONGEST_SEARCH = 5 * 366 * DAY // SECOND
"""A schedule without a start in five years has none."""


class Bounds(NamedTuple):
    """The range of a field, and its names."""

    name: str
    low: int
    high: int
    names: dict[str, int]


FIELDS = (
    Bounds("minute", 0, 59, {}),
    Bounds("hour", 0, 23, {}),
    Bounds("day of month", 1, 31, {}),
    Bounds("month", 1, 12, MONTHS),
    Bounds("day of week", 0, 6, DAYS),
)


class Schedule(NamedTuple):
    """The five fields as sets of numbers; with `every` (ns) a fixed interval instead.

    `any_day` and `any_weekday`: the field is a star. If neither is, a day matches when one of the two fields does.
    """

    every: int
    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    any_day: bool
    any_weekday: bool
    zone: tzinfo

    def after(self, t: int) -> int | None:
        """The first due instant later than `t` (ns since the epoch); None when there is none.

        Instants are searched, and each is compared with what clocks show then: when clocks change, a time that they show twice is due
        twice, and one that they skip is not due.
        """
        if self.every:
            return (t // SECOND) * SECOND + max(self.every // SECOND, 1) * SECOND
        instant = t // MINUTE * MINUTE_SECONDS + MINUTE_SECONDS
        end = instant + LONGEST_SEARCH
        while instant < end:
            shown = datetime.fromtimestamp(instant, self.zone)
            if shown.month not in self.months or not self._is_day(shown):
                instant = max(instant + MINUTE_SECONDS, int(_next_midnight(shown).timestamp()))
            elif shown.hour not in self.hours:
                instant += (MINUTES - shown.minute) * MINUTE_SECONDS
            elif shown.minute not in self.minutes:
                instant += MINUTE_SECONDS
            else:
                return instant * SECOND
        return None

    def _is_day(self, moment: datetime) -> bool:
        by_date, by_weekday = moment.day in self.days, moment.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_date and by_weekday
        return by_date or by_weekday


def _next_midnight(shown: datetime) -> datetime:
    """The first midnight after a time that clocks show, or where clocks skip it the first time of that day."""
    day = shown.date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=shown.tzinfo)


def parse_schedule(text: str, zone_name: str = "") -> Schedule:
    """Read a schedule. Raises ValueError with what is wrong."""
    zone = time_zone(zone_name)
    text = text.strip()
    if text.startswith("@every "):
        none: frozenset[int] = frozenset()
        return Schedule(parse_duration(text.removeprefix("@every ")), none, none, none, none, none, True, True, zone)
    fields = WORDS.get(text, text).split()
    if text.startswith("@") and text not in WORDS:
        raise ValueError(f"unrecognized descriptor: {text}")
    if len(fields) != len(FIELDS):
        raise ValueError(f"expected exactly 5 fields, found {len(fields)}: [{text}]")
    minutes, hours, days, months, weekdays = (_numbers(field, bounds) for field, bounds in zip(fields, FIELDS, strict=True))
    return Schedule(0, minutes, hours, days, months, weekdays, _is_star(fields[2]), _is_star(fields[4]), zone)


def _is_star(field: str) -> bool:
    return any(re.fullmatch(r"[*?](/1)?", part) for part in field.split(","))


def _numbers(field: str, bounds: Bounds) -> frozenset[int]:
    numbers: set[int] = set()
    for part in field.split(","):
        span, _, step_text = part.partition("/")
        low, high = _span(span, bounds, open_end=bool(step_text))
        step = int(step_text) if step_text.isdigit() else 0 if step_text else 1
        if step < 1 or low > high or low < bounds.low or high > bounds.high:
            raise ValueError(f"bad {bounds.name}: {part}")
        numbers.update(range(low, high + 1, step))
    return frozenset(numbers)


def _span(span: str, bounds: Bounds, *, open_end: bool) -> tuple[int, int]:
    if span in ("*", "?"):
        return bounds.low, bounds.high
    first, dash, last = span.partition("-")
    low = _number(first, bounds)
    return low, _number(last, bounds) if dash else bounds.high if open_end else low


def _number(text: str, bounds: Bounds) -> int:
    if text.isdigit():
        return int(text)
    if text.lower() in bounds.names:
        return bounds.names[text.lower()]
    raise ValueError(f"bad {bounds.name}: {text}")
