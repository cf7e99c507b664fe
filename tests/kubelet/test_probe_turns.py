"""The order of probes whose ticks coincide."""

from __future__ import annotations

from simulator.engine import Engine
from simulator.kubelet.prober.turns import Rank, Turns


def turn(engine: Engine, turns: Turns, t: int, rank: Rank, done: list[Rank]) -> None:
    wake = engine.event()
    wake.then(lambda _: done.append(rank))
    turns.wake_at(t, rank, wake)


def test_longer_periods_go_first_and_then_older_workers() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    ranks = [turns.rank(period) for period in (1, 2, 2, 4)]
    for rank in ranks:
        turn(engine, turns, 8, rank, done)
    engine.run(8)
    assert done == [ranks[3], ranks[1], ranks[2], ranks[0]]


def test_what_a_turn_causes_comes_before_the_next_turn() -> None:
    engine, seen = Engine(0), list[str]()
    turns = Turns(engine)
    for name in ("first", "second"):
        wake = engine.event()
        wake.then(lambda _, name=name: (seen.append(name), engine.call_after(0, lambda: seen.append(f"after {name}"))))
        turns.wake_at(5, turns.rank(1), wake)
    engine.run(5)
    assert seen == ["first", "after first", "second", "after second"]


def test_a_turn_has_passed_once_a_later_one_was_taken_at_this_instant() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    early, late = turns.rank(2), turns.rank(1)
    turn(engine, turns, 4, late, done)
    engine.run(4)
    assert (turns.passed(early), turns.passed(late)) == (True, False)
    engine.run(5)
    assert not turns.passed(early)


def test_a_worker_that_was_woken_before_its_tick_has_no_turn() -> None:
    engine, done = Engine(0), list[Rank]()
    turns = Turns(engine)
    rank = turns.rank(1)
    wake = engine.event()
    turns.wake_at(4, rank, wake)
    wake.set()
    turn(engine, turns, 4, turns.rank(1), done)
    engine.run(4)
    assert done == [Rank(-1, 2)]
