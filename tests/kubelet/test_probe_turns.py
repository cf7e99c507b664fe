"""The order of probes whose ticks coincide."""

from __future__ import annotations

from simulator.engine import Engine
from simulator.kubelet.prober.turns import Rank, Turns

EARLY, MIDDLE, LATE = Rank(2, 7), Rank(4, 1), Rank(4, 3)


def turn(engine: Engine, turns: Turns, t: int, rank: Rank, done: list[Rank]) -> None:
    wake = engine.event()
    wake.then(lambda _: done.append(rank))
    turns.wake_at(t, rank, wake)


def test_timers_fire_in_the_order_in_which_they_were_set() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    for rank in (LATE, EARLY, MIDDLE):
        turn(engine, turns, 8, rank, done)
    engine.run(8)
    assert done == [EARLY, MIDDLE, LATE]


def test_what_a_turn_causes_comes_before_the_next_turn() -> None:
    engine, seen = Engine(0), list[str]()
    turns = Turns(engine)
    for name, rank in (("second", LATE), ("first", EARLY)):
        wake = engine.event()
        wake.then(lambda _, name=name: (seen.append(name), engine.call_after(0, lambda: seen.append(f"after {name}"))))
        turns.wake_at(5, rank, wake)
    engine.run(5)
    assert seen == ["first", "after first", "second", "after second"]


def test_a_turn_has_passed_once_a_later_one_was_taken_at_this_instant() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    turn(engine, turns, 4, MIDDLE, done)
    engine.run(4)
    assert [turns.passed(rank) for rank in (EARLY, MIDDLE, LATE)] == [True, False, False]
    engine.run(5)
    assert not turns.passed(EARLY)


def test_a_worker_that_was_woken_before_its_tick_has_no_turn() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    wake = engine.event()
    turns.wake_at(4, EARLY, wake)
    wake.set()
    turn(engine, turns, 4, LATE, done)
    engine.run(4)
    assert done == [LATE]
