"""Schedules in UTC come due when an independent reader of crontabs says so; zones with summer time are in test_cronjob_clocks."""

from __future__ import annotations

from datetime import UTC, datetime

from cronsim import CronSim
from hypothesis import given
from hypothesis import strategies as st

from simulator.controllers.cronjob.schedule import parse_schedule
from simulator.units import SECOND


def field(lowest: int, highest: int, *, star_with_step: bool = True) -> st.SearchStrategy[str]:
    """A star, a number, a range, each with a step or without; or a list of them."""
    number = st.integers(lowest, highest)
    ranges = st.tuples(number, number).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: f"{pair[0]}-{pair[1]}")
    from_where = st.one_of(st.just("*"), ranges) if star_with_step else ranges
    stepped = st.tuples(from_where, st.integers(1, highest)).map(lambda pair: f"{pair[0]}/{pair[1]}")
    one = st.one_of(st.just("*"), number.map(str), ranges, stepped)
    lists = st.lists(st.one_of(number.map(str), ranges), min_size=2, max_size=3).map(",".join)
    return st.one_of(one, lists)


# `*/2` of days: Kubernetes' library takes it for a restriction, so that either kind of day is enough; crontab for a star.
days = [field(1, 28, star_with_step=False), field(1, 12), field(0, 6, star_with_step=False)]
schedules = st.tuples(field(0, 59), field(0, 23), *days).map(" ".join)


@given(text=schedules, begin=st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)))
def test_the_next_three_times(text: str, begin: datetime) -> None:
    begin = begin.replace(microsecond=0, tzinfo=UTC)
    ours, now = [], int(begin.timestamp()) * SECOND
    for _ in range(3):
        found = parse_schedule(text).after(now)
        assert found is not None
        ours.append(now := found)
    theirs = CronSim(text, begin)
    assert ours == [int(next(theirs).timestamp()) * SECOND for _ in range(3)]
