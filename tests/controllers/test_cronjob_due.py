"""Which start of a CronJob is due and which comes next: Kubernetes' own tables (pkg/controller/cronjob/utils_test.go)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator.controllers.cronjob.due import Due, due_times
from simulator.controllers.cronjob.schedule import parse_schedule
from simulator.objects.batch import CronJob, CronJobSpec, CronJobStatus
from simulator.objects.meta import ObjectMeta
from simulator.units import HOUR, MINUTE, SECOND, format_time, parse_time

TOP = parse_time("2016-05-19T10:00:00Z")
"""A Thursday."""
DAY = 24 * HOUR


def due(schedule: str, now: int, *, created: int = 0, served: int | None = None, deadline: int | None = None) -> Callable[[], Due]:
    """For a test to call; times are counted from TOP."""
    return lambda: _due(schedule, now, created, served, deadline)


def _due(schedule: str, now: int, created: int, served: int | None, deadline: int | None) -> Due:
    item = CronJob(
        metadata=ObjectMeta(creation_timestamp=format_time(TOP + created)),
        spec=CronJobSpec(schedule=schedule, starting_deadline_seconds=deadline),
        status=CronJobStatus(last_schedule_time=None if served is None else format_time(TOP + served)),
    )
    found = due_times(item, parse_schedule(schedule), TOP + now)
    latest, following = (None if t is None else t - TOP for t in (found.latest, found.following))
    return Due(latest, found.missed, following)


@pytest.mark.parametrize(
    ("calculate", "latest", "missed"),
    [
        pytest.param(due("0 * * * *", 30 * SECOND), None, 0, id="before the first"),
        pytest.param(due("0 * * * *", 61 * MINUTE), HOUR, 1, id="just after the first"),
        pytest.param(due("0 * * * *", HOUR), HOUR, 1, id="at the first"),
        pytest.param(due("0 * * * *", 301 * MINUTE, created=10 * SECOND), 5 * HOUR, 5, id="five missed"),
        pytest.param(due("0 * * * *", 100 * HOUR), 100 * HOUR, 100, id="a hundred"),
        pytest.param(due("0 * * * *", 101 * HOUR), 101 * HOUR, 101, id="and one"),
        pytest.param(
            due("30 6-16/4 * * 1-5", DAY + 31 * MINUTE, served=30 * MINUTE), DAY + 30 * MINUTE, 2, id="starts that are not evenly spread"
        ),
        pytest.param(
            due("30 10,11,12 * * 1-5", 30 * HOUR + 30 * MINUTE, served=30 * MINUTE), None, 30, id="three starts in a row are overlooked"
        ),
        pytest.param(due("30 6-16/4 * * 1-5", 4 * DAY + 31 * MINUTE, served=30 * MINUTE), 4 * DAY + 30 * MINUTE, 6, id="over a weekend"),
        pytest.param(due("30 6-16/4 * * 1-5", DAY + 31 * MINUTE), DAY + 30 * MINUTE, 7, id="never served"),
        pytest.param(
            due("@every 1h", 7 * DAY, created=-59 * MINUTE, served=MINUTE),
            6 * DAY + 23 * HOUR + MINUTE,
            167,
            id="@every, from the last start",
        ),
        pytest.param(due("59 23 31 2 *", HOUR, created=10 * SECOND), None, 0, id="a day that does not exist"),
        pytest.param(due("0 * * * *", 30 * SECOND, served=0), None, 0, id="served at its creation"),
        pytest.param(due("*/5 * * * *", 31 * MINUTE, served=30 * MINUTE), None, 0, id="served a minute ago"),
        pytest.param(due("*/5 * * * *", 31 * MINUTE, served=30 * MINUTE, deadline=60), None, 0, id="within the deadline"),
        pytest.param(due("*/5 * * * *", 36 * MINUTE - 1, served=30 * MINUTE, deadline=60), 35 * MINUTE, 1, id="just before the deadline"),
        pytest.param(due("*/5 * * * *", 36 * MINUTE, served=30 * MINUTE, deadline=60), None, 0, id="at the deadline"),
        pytest.param(due("*/5 * * * *", 37 * MINUTE, served=30 * MINUTE, deadline=60), None, 0, id="past the deadline"),
        pytest.param(due("*/5 * * * *", 3 * HOUR, deadline=600), 3 * HOUR, 2, id="a deadline limits what was missed"),
    ],
)
def test_the_start_that_is_due(calculate: Callable[[], Due], latest: int | None, missed: int) -> None:
    start = calculate()
    assert (start.latest, start.missed) == (latest, missed)


@pytest.mark.parametrize(
    ("calculate", "following"),
    [
        (due("30 6-16/4 * * 1-5", DAY + 31 * MINUTE, served=30 * MINUTE), DAY + 4 * HOUR + 30 * MINUTE),
        (due("30 10,11,12 * * 1-5", 30 * HOUR + 30 * MINUTE, served=30 * MINUTE), 96 * HOUR + 30 * MINUTE),
        (due("0 12 * * 4", 19 * DAY + 90 * MINUTE, served=2 * HOUR), 21 * DAY + 2 * HOUR),
        (due("0 12 * * 5", 6 * HOUR), 26 * HOUR),
        (due("@every 1h", 90 * MINUTE), 2 * HOUR),
        (due("@every 1h", 90 * MINUTE, deadline=60), 2 * HOUR),
        (due("@every 1h", 10 * MINUTE), HOUR),
        (due("59 23 31 2 *", HOUR), None),
    ],
)
def test_the_next_start(calculate: Callable[[], Due], following: int | None) -> None:
    assert calculate().following == following
