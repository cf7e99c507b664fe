"""Percentiles of few values, by rank."""

from __future__ import annotations

import pytest

from simulator.whatif.statistics import percentile


@pytest.mark.parametrize(
    ("count", "percent", "rank"),
    [
        (1, 5, 1),
        (1, 95, 1),
        (10, 5, 1),
        (10, 50, 5),
        (10, 51, 6),
        (10, 95, 10),
        (20, 5, 1),
        (20, 95, 19),
        (21, 5, 2),
        (100, 95, 95),
        (3, 0, 1),
    ],
)
def test_the_rank_of_a_percentile(count: int, percent: float, rank: int) -> None:
    """The smallest value that at least so many percent of the values do not exceed."""
    assert percentile([float(i) for i in range(1, count + 1)], percent) == rank


def test_runs_in_which_it_never_happened_rank_last() -> None:
    assert [percentile([1.0, 2.0, None, None], percent) for percent in (25, 50, 51, 100)] == [1.0, 2.0, None, None]
