"""Gaps in what should always be true."""

from __future__ import annotations

import pytest

from simulator.expectations.milestones import gap_of
from simulator.expectations.object_spans import ObjectSpans
from simulator.metrics.timeline import Span
from simulator.objects.kinds import Key

Spans = list[tuple[int, int | None]]


@pytest.mark.parametrize(
    ("spans", "window", "gap"),
    [
        pytest.param([(0, None)], (0, 10), None, id="true throughout"),
        pytest.param([], (0, 10), 0, id="never true"),
        pytest.param([(1, None)], (0, 10), 0, id="not yet at the first instant"),
        pytest.param([(0, 10)], (0, 10), 10, id="no longer at the last instant"),
        pytest.param([(0, 11)], (0, 10), None, id="until just after the last instant"),
        pytest.param([(0, 4), (6, None)], (0, 10), 4, id="interrupted"),
        pytest.param([(0, 4), (4, None)], (0, 10), None, id="two spans without a gap"),
        pytest.param([(0, 4), (6, None)], (6, 10), None, id="interrupted before the window"),
        pytest.param([(0, 4), (6, None)], (4, 10), 4, id="the window begins in the gap"),
        pytest.param([(5, 5)], (5, 5), 5, id="an empty span"),
    ],
)
def test_gaps(spans: Spans, window: tuple[int, int], gap: int | None) -> None:
    thing = ObjectSpans(Key("Pod", "default", "p"), 0, None, tuple(Span(begin, end) for begin, end in spans), 0)
    assert gap_of(thing, *window) == gap


@pytest.mark.parametrize(("spans", "gap"), [([(3, 8)], None), ([(4, 8)], 3), ([(3, 7)], 7)])
def test_only_the_life_of_the_object_counts(spans: Spans, gap: int | None) -> None:
    """From its creation until the instant before it is gone."""
    thing = ObjectSpans(Key("Pod", "default", "p"), 3, 8, tuple(Span(begin, end) for begin, end in spans), 3)
    assert gap_of(thing, 0, 10) == gap
