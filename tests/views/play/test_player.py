"""The player: what each key makes of where it stands, and what time does to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.units import MILLISECOND, SECOND
from simulator.views.play.player import BINDINGS, SPEEDS, WHOLE_PLAY, Player, Tape, advance, clock, press

TAPE = Tape(0, 40 * SECOND, stops=(1 * SECOND, 5 * SECOND, 9 * SECOND), page=10, most=25, details=4)
KEYS = [key for keys, _, _ in BINDINGS for key in keys]


def at(seconds: float, speed: float = 1.0, *, paused: bool = False) -> Player:
    return Player(round(seconds * SECOND), speed, paused)


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        (at(3.0004), "space", at(3, paused=True)),
        (at(3, paused=True), "space", at(3)),
        (at(40, paused=True), "space", at(0)),
        (at(3), "right", at(4)),
        (at(3), "h", at(2)),
        (at(0.5), "left", at(0)),
        (at(39.5), "l", at(40)),
        (at(3), ".", at(3.1, paused=True)),
        (at(3), ",", at(2.9, paused=True)),
        (at(3), "n", at(5, paused=True)),
        (at(5), "tab", at(9, paused=True)),
        (at(9), "n", at(40, paused=True)),
        (at(5), "N", at(1, paused=True)),
        (at(6), "shift-tab", at(5, paused=True)),
        (at(1), "N", at(0, paused=True)),
        (at(3, 1), "up", at(3, 2)),
        (at(3, 3), "+", at(3, 5)),
        (at(3, 3), "down", at(3, 2)),
        (at(3, 0.01), "-", at(3, 0.01)),
        (at(3, 100_000), "up", at(3, 100_000)),
        (at(3, paused=True), "home", at(0, paused=True)),
        (at(3), "0", at(0)),
        (at(3), "$", at(40, paused=True)),
        (at(3), "pagedown", at(3)._replace(scroll=10)),
        (at(3)._replace(scroll=20), "j", at(3)._replace(scroll=25)),
        (at(3)._replace(scroll=80), "pageup", at(3)._replace(scroll=15)),
        (at(3)._replace(scroll=5), "k", at(3)),
        (at(3)._replace(scroll=5), "d", at(3)._replace(detail=0)),
        (at(3)._replace(detail=3), "d", at(3)),
        (at(3), "?", at(3)._replace(help=True)),
        (at(3)._replace(help=True), "right", at(3)),
        (at(3)._replace(help=True), "q", at(3)._replace(help=True, over=True)),
        (at(3), "q", at(3)._replace(over=True)),
        (at(3), "z", at(3)),
        (at(3), "", at(3)),
    ],
)
def test_keys(before: Player, key: str, after: Player) -> None:
    assert press(before, key, TAPE) == after


def test_no_key_means_two_things() -> None:
    assert len(KEYS) == len(set(KEYS))


@pytest.mark.parametrize(
    ("before", "elapsed", "after"),
    [
        (at(3), 0.05, at(3.05)),
        (at(3, 10), 0.05, at(3.5, 10)),
        (at(3, 0.1), 0.05, at(3.005, 0.1)),
        (at(3, paused=True), 1, at(3, paused=True)),
        (at(3)._replace(help=True), 1, at(3)._replace(help=True)),
        (at(39.9), 0.1, at(40, paused=True)),
        (at(39.9, 1000), 1, at(40, 1000, paused=True)),
    ],
)
def test_time(before: Player, elapsed: float, after: Player) -> None:
    assert advance(before, round(elapsed * SECOND), TAPE) == after


@pytest.mark.parametrize(
    ("seconds", "speed", "step"), [(3, 0.1, 1), (10, 0.5, 1), (30, 1, 1), (50, 2, 2), (120, 5, 5), (600, 20, 15), (86400, 5000, 3600)]
)
def test_a_run_takes_no_longer_than_half_a_minute(seconds: int, speed: float, step: int) -> None:
    tape = Tape(0, seconds * SECOND)
    assert (tape.speed, tape.step) == (speed, step * SECOND)
    assert seconds * SECOND / tape.speed <= WHOLE_PLAY


@st.composite
def tapes(draw: st.DrawFn) -> Tape:
    begin = draw(st.integers(0, 100 * SECOND))
    end = begin + draw(st.integers(1, 1000 * SECOND))
    stops = sorted(draw(st.lists(st.integers(begin, end), max_size=5, unique=True)))
    return Tape(begin, end, tuple(stops), draw(st.integers(0, 20)), draw(st.integers(0, 50)), 4)


@given(tapes(), st.lists(st.sampled_from(KEYS) | st.integers(0, SECOND), max_size=40))
def test_it_never_leaves_the_tape(tape: Tape, given: list[str | int]) -> None:
    player = Player(tape.begin, 1.0)
    for what in given:
        before = player
        player = press(player, what, tape) if isinstance(what, str) else advance(player, what, tape)
        assert tape.begin <= player.t <= tape.end
        assert 0 <= player.scroll <= tape.most
        assert player.speed in SPEEDS
        assert player.detail is None or player.detail in range(tape.details)
        if isinstance(what, int):
            assert player.t >= before.t
            assert not before.paused or player == before


@given(tapes())
def test_next_and_previous_visit_every_event(tape: Tape) -> None:
    player, seen = Player(tape.begin, 1.0, paused=True), list[int]()
    while player.t < tape.end:
        player = press(player, "n", tape)
        seen.append(player.t)
    assert {*seen, tape.begin} >= set(tape.stops)
    back = list[int]()
    while player.t > tape.begin:
        player = press(player, "N", tape)
        back.append(player.t)
    assert {*back, tape.end} >= set(tape.stops)


@given(tapes(), st.integers(0, 1000 * SECOND))
def test_where_it_is_paused_is_an_instant_that_can_be_typed(tape: Tape, after: int) -> None:
    player = press(advance(Player(tape.begin, 1.0), after, tape), "p", tape)
    assert player.t % MILLISECOND == 0 or player.t in (tape.begin, tape.end)


@pytest.mark.parametrize(
    ("t", "coarse", "fine"),
    [
        (0, "0.0s", "0.000s"),
        (12_456 * MILLISECOND, "12.4s", "12.456s"),
        (59_999 * MILLISECOND, "59.9s", "59.999s"),
        (60 * SECOND, "1m00.0s", "1m00.000s"),
        (605_400 * MILLISECOND, "10m05.4s", "10m05.400s"),
        (3 * 3600 * SECOND, "180m00.0s", "180m00.000s"),
    ],
)
def test_the_clock(t: int, coarse: str, fine: str) -> None:
    assert (clock(t, fine=False), clock(t, fine=True)) == (coarse, fine)
