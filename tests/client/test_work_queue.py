"""Queues of keys: once each, delays, back-off."""

from __future__ import annotations

from simulator.api import ApiError
from simulator.client.back_off import ItemBackOff, exponential
from simulator.client.work_queue import WorkQueue
from simulator.engine import Engine, Order
from simulator.units import MILLISECOND, SECOND


def test_a_key_is_synced_once_for_many_adds() -> None:
    engine, seen = Engine(0), []
    queue: WorkQueue[str] = WorkQueue(engine, seen.append)
    for key in "abaab":
        queue.add(key)
    engine.run(0)
    assert seen == ["a", "b"]


def test_the_shortest_delay_counts() -> None:
    engine, seen = Engine(0), []
    queue: WorkQueue[str] = WorkQueue(engine, lambda key: seen.append((engine.now, key)))
    queue.add_after("a", 5 * SECOND)
    queue.add_after("a", 2 * SECOND)
    queue.add_after("a", 9 * SECOND)
    engine.run(20 * SECOND)
    assert seen == [(2 * SECOND, "a")]


def test_failures_back_off_until_a_success() -> None:
    engine, seen = Engine(0), []

    def sync(key: str) -> None:
        seen.append(engine.now // MILLISECOND)
        if len(seen) < 5:
            raise ApiError("Conflict", "again")

    queue: WorkQueue[str] = WorkQueue(engine, sync)
    queue.add("a")
    engine.run(SECOND)
    assert seen == [0, 5, 15, 35, 75]
    assert queue.requeues("a") == 0


def test_an_earlier_order_goes_first() -> None:
    engine, seen = Engine(0), []
    late: WorkQueue[str] = WorkQueue(engine, seen.append)
    early: WorkQueue[str] = WorkQueue(engine, seen.append, order=Order.WORLD)
    late.add("late")
    early.add("early")
    engine.run(0)
    assert seen == ["early", "late"]


def test_the_back_off_has_an_end() -> None:
    assert exponential(5, 1000, 3) == 40
    assert exponential(5, 1000, 500) == 1000
    back_off = ItemBackOff(1, 4)
    assert [back_off.next("a") for _ in range(4)] == [1, 2, 4, 4]
    assert back_off.next("b") == 1
    back_off.forget("a")
    assert back_off.next("a") == 1
