"""A client sends so many requests a second, and a burst at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.client.rate_limit import RateLimit
from simulator.client.work_queue import WorkQueue
from simulator.engine import Engine
from simulator.units import MILLISECOND, SECOND


@pytest.mark.parametrize(
    ("spent", "now", "wait"),
    [
        ([], 0, 0),
        ([(0, 29)], 0, 0),
        ([(0, 30)], 0, 50),
        ([(0, 30)], 20, 30),
        ([(0, 30)], 50, 0),
        ([(0, 30), (50, 1)], 50, 50),
        ([(0, 40)], 0, 550),  # a sync with many writes is not cut in two; the next one waits the longer
        ([(0, 30)], 10_000, 0),
        ([(0, 30), (10_000, 29)], 10_000, 0),  # a long pause gives no more than a burst
        ([(0, 30), (10_000, 30)], 10_000, 50),
    ],
)
def test_how_long_a_request_waits(spent: list[tuple[int, int]], now: int, wait: int) -> None:
    limit = RateLimit(20, 30)
    for t, requests in spent:
        limit.spend(t * MILLISECOND, requests)
    assert limit.wait(now * MILLISECOND) == wait * MILLISECOND


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5)), max_size=60))
def test_a_queue_syncs_each_key_after_its_last_change_and_never_too_fast(changes: list[tuple[int, int]]) -> None:
    engine, limit = Engine(0), RateLimit(10, 3)
    synced: list[tuple[int, int]] = []

    def sync(key: int) -> None:
        synced.append((engine.now, key))
        limit.spend(engine.now, 1)

    queue = WorkQueue(engine, sync, limit=limit)
    for t, key in changes:
        engine.call_at(t * 10 * MILLISECOND, lambda key=key: queue.add(key))
    engine.run(60 * SECOND)
    for t, key in changes:
        assert any(when >= t * 10 * MILLISECOND and of == key for when, of in synced)
    times = [when for when, _ in synced]
    assert all(later - first >= SECOND // 10 for first, later in zip(times, times[4:], strict=False))
    assert len(synced) <= len(changes)
