"""Which start times have come, and which comes next (cronjob/utils.go). Pure. Times are nanoseconds since the epoch."""

from __future__ import annotations

from typing import NamedTuple

from simulator.controllers.cronjob.schedule import Schedule
from simulator.objects.batch import CronJob
from simulator.units import SECOND, parse_time

MANY_MISSED = 100


class Due(NamedTuple):
    """The latest start time that has come and was not served (None: none), how many were missed, and the next one."""

    latest: int | None
    missed: int
    following: int | None


def due_times(item: CronJob, schedule: Schedule, now: int) -> Due:
    """Start times since the last one that was served, or since the CronJob was made; with a deadline, only those within it."""
    since = parse_time(item.status.last_schedule_time or item.metadata.creation_timestamp or "1970-01-01T00:00:00Z")
    deadline = item.spec.starting_deadline_seconds
    if deadline is not None:
        since = max(since, now - deadline * SECOND)
    latest, missed = None, 0
    following = schedule.after(since)
    while following is not None and following <= now:
        latest, missed = following, missed + 1
        following = schedule.after(following)
    return Due(latest, missed, following)
