"""Which start time is due, and which comes next (cronjob/utils.go). Pure. Times are nanoseconds since the epoch."""

from __future__ import annotations

from typing import NamedTuple

from simulator.controllers.cronjob.schedule import Schedule
from simulator.objects.batch import CronJob
from simulator.units import SECOND, parse_time

MANY_MISSED = 100


class Due(NamedTuple):
    """The latest start that is due (None: none is), an estimate of how many were missed, and the next start."""

    latest: int | None
    missed: int
    following: int | None


def due_times(item: CronJob, schedule: Schedule, now: int) -> Due:
    """Start times since the last one that was served, or since the CronJob was created.

    A start past its deadline is not due. The next start ignores the deadline, which matters for `@every`.
    """
    served = parse_time(item.status.last_schedule_time or item.metadata.creation_timestamp or "1970-01-01T00:00:00Z")
    deadline = item.spec.starting_deadline_seconds
    since = served if deadline is None else max(served, now - deadline * SECOND)
    latest, missed = _latest(schedule, since, now)
    return Due(latest, missed, _following(schedule, served, now))


def _following(schedule: Schedule, served: int, now: int) -> int | None:
    latest, missed = _latest(schedule, served, now)
    if latest is not None:
        return schedule.after(latest)
    return schedule.after(now if missed else served)


def _latest(schedule: Schedule, since: int, now: int) -> tuple[int | None, int]:
    """The last start time up to `now`, and how many there were since `since`.

    Kubernetes estimates the count from the time between the first two starts, and searches from the last but one of that estimate. After
    starts that are closer together than later ones it can miss the last one.
    """
    first = schedule.after(since)
    if first is None or now < first:
        return None, 0
    second = schedule.after(first)
    if second is None or now < second:
        return first, 1
    gap = round((second - first) / SECOND)
    missed = (now - first) // SECOND // gap + 1
    latest, t = None, schedule.after(first + (missed - 2) * gap * SECOND)
    while t is not None and t <= now:
        latest, t = t, schedule.after(t)
    return latest, missed
