"""The clock: what happens at one instant happens in a stated order; time may begin before 0; nothing goes round in circles for ever."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulator.engine import Engine, Gate, Mailbox, Order, Process
from simulator.engine import engine as module
from simulator.engine.streams import Streams
from simulator.errors import InvariantError


def test_the_world_changes_before_anyone_acts_and_acts_before_anyone_looks() -> None:
    engine, seen = Engine(0), list[str]()
    for name, order in (
        ("probe", Order.PROBE),
        ("look", Order.OBSERVE),
        ("act", Order.ACT),
        ("world", Order.WORLD),
        ("act again", Order.ACT),
    ):
        engine.call_at(5, lambda name=name: seen.append(name), order)  # type: ignore[misc]
    engine.run(5)
    assert seen == ["world", "act", "act again", "look", "probe"]


def test_a_run_includes_its_horizon_and_nothing_behind_it() -> None:
    engine, seen = Engine(0), list[int]()
    for t in (9, 10, 11):
        engine.call_at(t, lambda: seen.append(engine.now))
    engine.run(10)
    assert (seen, engine.now) == ([9, 10], 10)
    engine.run(11)
    assert seen == [9, 10, 11]


def test_time_may_begin_before_0() -> None:
    engine, seen = Engine(1_000_000_000_000, begin=-5), list[int]()
    engine.call_after(2, lambda: seen.append(engine.now))
    engine.call_at(-9, lambda: seen.append(engine.now))
    engine.run(0)
    assert (seen, engine.now, engine.wall) == ([-5, -3], 0, 1_000_000_000_000)


def test_a_cancelled_timer_is_inert() -> None:
    engine, seen = Engine(0), list[int]()
    timer = engine.call_at(3, lambda: seen.append(1))
    assert timer.pending
    timer.cancel()
    engine.run(10)
    assert seen == []
    assert not timer.pending


def test_a_wait_that_was_cut_short_takes_no_item() -> None:
    engine = Engine(0)
    box: Mailbox[str] = Mailbox(engine)

    def reader() -> Process[tuple[bool, str]]:
        there = yield from box.wait(timeout=5)
        return there, (yield from box.get())

    done = engine.start(reader())
    engine.call_at(7, lambda: box.put("late"))
    engine.run(10)
    assert done.value == (False, "late")


def test_a_gate_lets_through_who_waits_now() -> None:
    engine, seen = Engine(0), list[int]()
    gate = Gate(engine)

    def waiter() -> Process[None]:
        for _ in range(2):
            yield gate.wait()
            seen.append(engine.now)

    engine.start(waiter())
    for t in (1, 4, 6):
        engine.call_at(t, gate.open)
    engine.run(10)
    assert seen == [1, 4]


def test_what_goes_round_in_circles_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS_AT_ONCE", 1000)

    def circles(engine: Engine) -> Process[None]:
        while True:
            yield engine.sleep(0)

    for begin in (lambda engine: engine.start(circles(engine)), lambda engine: again(engine)):
        engine = Engine(0)
        engine.call_at(2_000_000_000, lambda: begin(engine))  # noqa: B023 (called within the round)
        with pytest.raises(InvariantError, match="more than 1000 calls at t=2s"):
            engine.run(3_000_000_000)


def again(engine: Engine) -> None:
    engine.call_after(0, lambda: again(engine))


def test_many_calls_are_fine_while_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS_AT_ONCE", 10)
    engine, seen = Engine(0), list[int]()

    def tick() -> None:
        seen.append(engine.now)
        engine.call_after(1, tick)

    tick()
    engine.run(1000)
    assert len(seen) == 1001


def test_what_a_component_started_ends_with_it() -> None:
    engine, seen = Engine(0), []
    part = engine.part()

    def process() -> Process[None]:
        yield part.sleep(5)
        seen.append("process")

    done = part.start(process())
    done.then(lambda _: seen.append("done"))
    part.call_at(5, lambda: seen.append("timer"))
    engine.call_at(5, lambda: seen.append("engine"))
    engine.run(3)
    part.end()
    part.call_at(4, lambda: seen.append("late"))
    engine.run(10)
    assert seen == ["engine"]


def test_consecutive_seeds_spread_over_a_period() -> None:
    """Ten seeds leave no gap of more than a sixth; another name begins elsewhere."""
    phases = sorted(Streams(seed).phase(1000, "a") for seed in range(10))
    gaps = [after - before for before, after in pairwise([*phases, phases[0] + 1000])]
    assert max(gaps) < 1000 / 6
    assert Streams(0).phase(1000, "a") != Streams(0).phase(1000, "b")
    assert Streams(7, exact=True).phase(1000, "a") == 500
