"""The player as a value: its position, its speed, and how each key changes them. Time is passed in."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from simulator.units import MILLISECOND, MINUTE, SECOND
from simulator.views.timeline.text import round_step

SPEEDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 5000.0)
"""Simulated seconds per second, in the order the keys step through."""
WHOLE_PLAY = 30 * SECOND
"""The longest replay of a run, unless the user sets a speed."""
STEPS_OF_ALL, FINE = 40, 10
"""The run has at most this many steps, each a round duration; a small step is a tenth of one."""


class Tape(NamedTuple):
    """What can be replayed: from `begin` to `end` (nanoseconds), events at `stops`; `page` lines scroll at once, `most` in total.

    `details`: the number of levels of detail.
    """

    begin: int
    end: int
    stops: tuple[int, ...] = ()
    page: int = 0
    most: int = 0
    details: int = 0

    @property
    def step(self) -> int:
        """How far a key seeks, in nanoseconds."""
        return round_step(self.end - self.begin, STEPS_OF_ALL)

    @property
    def speed(self) -> float:
        """The slowest speed at which the whole takes no longer than `WHOLE_PLAY`."""
        return next((speed for speed in SPEEDS if self.end - self.begin <= speed * WHOLE_PLAY), SPEEDS[-1])


class Player(NamedTuple):
    """A player at `t` (nanoseconds) that replays `speed` simulated seconds per second; `scroll`: lines scrolled down.

    `detail`: the chosen level of detail; None: whichever fits.
    """

    t: int
    speed: float
    paused: bool = False
    help: bool = False
    scroll: int = 0
    detail: int | None = None
    over: bool = False

    def moves(self) -> bool:
        """Whether time advances; it stops while the help is open."""
        return not (self.paused or self.help or self.over)


def advance(player: Player, elapsed: int, tape: Tape) -> Player:
    """The player after `elapsed` real nanoseconds; it pauses at the end."""
    if not player.moves():
        return player
    t = min(tape.end, player.t + round(elapsed * player.speed))
    return player._replace(t=t, paused=t == tape.end)


def press(player: Player, key: str, tape: Tape) -> Player:
    """The player after a key; unknown keys change nothing. Any key but quit closes the help."""
    act = _ACTS.get(key)
    if player.help and act is not _leave:
        return player._replace(help=False)
    return act(player, tape) if act else player


def _pause(player: Player, tape: Tape) -> Player:
    """Toggle pause; at the end, start over."""
    if player.paused and player.t == tape.end:
        return player._replace(t=tape.begin, paused=False)
    return _to(player, player.t, tape)._replace(paused=not player.paused)


def _to(player: Player, t: int, tape: Tape) -> Player:
    """Move to an instant, cut to a whole millisecond so that the user can pass it to other commands."""
    whole = t // MILLISECOND * MILLISECOND if tape.begin < t < tape.end else t
    return player._replace(t=min(tape.end, max(tape.begin, whole)))


def _seek(player: Player, by: int, tape: Tape) -> Player:
    return _to(player, player.t + by, tape)


def _next(player: Player, tape: Tape) -> Player:
    """Jump to the next event and pause."""
    after = bisect_right(tape.stops, player.t)
    return player._replace(t=tape.stops[after] if after < len(tape.stops) else tape.end, paused=True)


def _previous(player: Player, tape: Tape) -> Player:
    before = bisect_left(tape.stops, player.t)
    return player._replace(t=tape.stops[before - 1] if before else tape.begin, paused=True)


def _faster(player: Player, _: Tape) -> Player:
    return player._replace(speed=next((speed for speed in SPEEDS if speed > player.speed), player.speed))


def _slower(player: Player, _: Tape) -> Player:
    return player._replace(speed=next((speed for speed in reversed(SPEEDS) if speed < player.speed), player.speed))


def _scroll(player: Player, pages: int, tape: Tape) -> Player:
    return player._replace(scroll=min(tape.most, max(0, min(player.scroll, tape.most) + pages * tape.page)))


def _in_detail(player: Player, tape: Tape) -> Player:
    """Step through the levels of detail: everything, less, ..., and back to automatic."""
    detail = 0 if player.detail is None else player.detail + 1
    return player._replace(detail=detail if detail < tape.details else None, scroll=0)


def _leave(player: Player, _: Tape) -> Player:
    return player._replace(over=True)


def clock(t: int, *, fine: bool) -> str:
    """`12.4s`, `2m05.0s`; with `fine`, to the millisecond, which other commands accept."""
    minutes, rest = divmod(t, MINUTE)
    digits = 3 if fine else 1
    whole = rest // MILLISECOND if fine else rest // (SECOND // 10)
    seconds = f"{whole / 10**digits:.{digits}f}"
    return f"{minutes}m{seconds:>0{digits + 3}}s" if minutes else f"{seconds}s"


Act = Callable[[Player, Tape], Player]
BINDINGS: tuple[tuple[tuple[str, ...], str, Act], ...] = (
    (("space", "p"), "pause, resume; at the end: restart", _pause),
    (("right", "l"), "step forward", lambda player, tape: _seek(player, tape.step, tape)),
    (("left", "h"), "step back", lambda player, tape: _seek(player, -tape.step, tape)),
    ((".",), "small step forward, and pause", lambda player, tape: _seek(player, tape.step // FINE, tape)._replace(paused=True)),
    ((",",), "small step back, and pause", lambda player, tape: _seek(player, -(tape.step // FINE), tape)._replace(paused=True)),
    (("n", "tab"), "next event, and pause", _next),
    (("N", "shift-tab"), "previous event, and pause", _previous),
    (("up", "+", "="), "faster", _faster),
    (("down", "-"), "slower", _slower),
    (("home", "0", "g"), "go to the start", lambda player, tape: _to(player, tape.begin, tape)),
    (("end", "$", "G"), "go to the end", lambda player, tape: _to(player, tape.end, tape)._replace(paused=True)),
    (("pagedown", "j"), "scroll down to more pods", lambda player, tape: _scroll(player, 1, tape)),
    (("pageup", "k"), "scroll up", lambda player, tape: _scroll(player, -1, tape)),
    (("d",), "zoom the timeline in, out, to fit", _in_detail),
    (("?",), "show these keys", lambda player, _: player._replace(help=True)),
    (("q", "Q"), "leave", _leave),
)
"""Keys, help text, effect: both the keyboard and its help come from this table."""
_ACTS = {key: act for keys, _, act in BINDINGS for key in keys}
