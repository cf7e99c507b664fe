"""Schedules on days on which clocks change. The table was measured with the library that Kubernetes uses (robfig/cron v3)."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.controllers.cronjob.schedule import parse_schedule
from simulator.units import MINUTE, SECOND, format_time, parse_time

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.mark.parametrize(
    ("schedule", "zone", "after", "starts"),
    [
        ("30 1 * * *", NEW_YORK, "2025-11-02T00:00:00Z", ["2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z", "2025-11-03T06:30:00Z"]),
        ("30 2 * * *", NEW_YORK, "2025-03-08T00:00:00Z", ["2025-03-08T07:30:00Z", "2025-03-10T06:30:00Z"]),
        ("0 2 * * *", BERLIN, "2023-10-28T12:00:00Z", ["2023-10-29T00:00:00Z", "2023-10-29T01:00:00Z", "2023-10-30T01:00:00Z"]),
        ("0 * * * *", BERLIN, "2023-10-28T23:30:00Z", ["2023-10-29T00:00:00Z", "2023-10-29T01:00:00Z", "2023-10-29T02:00:00Z"]),
        ("*/30 2 * * *", BERLIN, "2024-03-30T00:00:00Z", ["2024-03-30T01:00:00Z", "2024-03-30T01:30:00Z", "2024-04-01T00:00:00Z"]),
        ("0 0 * * *", "America/Santiago", "2024-09-07T12:00:00Z", ["2024-09-09T03:00:00Z"]),  # clocks skip midnight of the 8th
    ],
)
def test_starts_around_a_change_of_clocks(schedule: str, zone: str, after: str, starts: list[str]) -> None:
    t, seen = parse_time(after), []
    for _ in starts:
        following = parse_schedule(schedule, zone).after(t)
        assert following is not None
        seen.append(format_time(following))
        t = following
    assert seen == starts


FIELDS = st.tuples(st.sampled_from(["*", "0", "30", "*/20", "5,59"]), st.sampled_from(["*", "0", "1", "2", "*/3", "23"]))


@settings(max_examples=150, deadline=None)
@given(
    fields=FIELDS,
    day=st.sampled_from(["*", "1", "*/2"]),
    zone=st.sampled_from([NEW_YORK, BERLIN, "America/Santiago", "Asia/Kolkata", "UTC"]),
    begin=st.sampled_from(["2025-03-08", "2025-03-29", "2024-09-07", "2025-10-25", "2025-11-01", "2025-04-05"]),
    offset=st.integers(0, 2 * 24 * 60),
)
def test_a_start_is_the_next_minute_at_which_clocks_show_it(fields: tuple[str, str], day: str, zone: str, begin: str, offset: int) -> None:
    """Against a search of every minute."""
    schedule = parse_schedule(f"{fields[0]} {fields[1]} {day} * *", zone)
    t = parse_time(f"{begin}T00:00:00Z") + offset * MINUTE

    def is_due(instant: int) -> bool:
        shown = datetime.fromtimestamp(instant // SECOND, UTC).astimezone(ZoneInfo(zone))
        return shown.minute in schedule.minutes and shown.hour in schedule.hours and shown.day in schedule.days

    expected = next((t + n * MINUTE for n in range(1, 40 * 24 * 60) if is_due(t + n * MINUTE)), None)
    assert schedule.after(t) == expected
