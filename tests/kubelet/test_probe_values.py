"""The values that a probe worker counts with."""

from __future__ import annotations

import pytest

from simulator.kubelet.prober.results import Result
from simulator.kubelet.prober.values import Count, Tick

S, F = Result.SUCCESS, Result.FAILURE


@pytest.mark.parametrize(
    ("before", "result", "after"),
    [
        (Count(), S, Count(1, S)),
        (Count(1, S), S, Count(2, S)),
        (Count(5, S), F, Count(1, F)),
        (Count(2, F), S, Count(1, S)),
        (Count(0, F), F, Count(1, F)),
    ],
)
def test_equal_results_in_a_row_are_counted(before: Count, result: Result, after: Count) -> None:
    assert before.after(result) == after


def test_a_count_that_starts_over_remembers_the_last_result() -> None:
    assert Count(3, F).restarted() == Count(0, F)


@pytest.mark.parametrize(
    ("tick", "now", "after"),
    [
        (Tick(10, 10), 3, 10),  # a trigger before the tick
        (Tick(10, 10), 10, 20),  # at the tick
        (Tick(10, 10), 13, 20),  # a probe took 3 too long
        (Tick(10, 10), 20, 30),  # one more tick fell on this instant
        (Tick(10, 10), 47, 50),  # three ticks were lost
    ],
)
def test_the_tick_after_a_turn(tick: Tick, now: int, after: int) -> None:
    assert tick.after(now) == Tick(after, tick.period)


@pytest.mark.parametrize(
    ("tick", "now", "first"),
    [(Tick(10, 10), 3, 10), (Tick(10, 10), 10, 10), (Tick(10, 10), 11, 20), (Tick(10, 10), 30, 30), (Tick(10, 10), 31, 40)],
)
def test_the_first_tick_after_skipped_ones(tick: Tick, now: int, first: int) -> None:
    assert tick.not_before(now) == Tick(first, tick.period)


def test_a_ticker_that_is_restarted_ticks_a_period_later() -> None:
    assert Tick(10, 10).restarted(13) == Tick(23, 10)
