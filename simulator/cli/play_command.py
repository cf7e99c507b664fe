"""`podsim play`: a run on the terminal, as time goes by."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click
from msgspec.structs import replace

from simulator.cli.source import SourceOptions, journal_from, parse_instant, source_options
from simulator.cli.usage import command
from simulator.errors import UsageError
from simulator.units import MILLISECOND, SECOND, short_duration

if TYPE_CHECKING:
    from simulator.views.play.film import Film
    from simulator.views.play.player import Player
    from simulator.views.styled import Line

FRAME = 50 * MILLISECOND
"""How often the screen changes while it plays."""
LEAST_WAIT = 10 * MILLISECOND
"""Even when drawing takes long, keys are waited for."""
LONGEST_TICK = 250 * MILLISECOND
"""More real time than this does not count at once: the machine or the program slept."""


class Screen(Protocol):
    """Where a film is shown, and where keys come from."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""

    def show(self, lines: list[Line]) -> None:
        """Show these lines."""

    def keys(self, seconds: float | None) -> list[str]:
        """What is pressed within so many seconds (None: however long it takes)."""


@command(short_help="Replay a run in the terminal: pause, seek, change speed.")
@click.argument("files", nargs=-1, metavar="[PATH...]")
@click.option(
    "--speed", type=click.FloatRange(0.01, 100_000), metavar="N", help="Simulated seconds per second. Default: the whole run in 30 s."
)
@click.option("--pod", "globs", multiple=True, metavar="GLOB", help="Show only pods whose name or workload matches.")
@click.option("--since", metavar="DURATION", help="Start of the replay.")
@click.option("--until", metavar="DURATION", help="End of the replay. Default: when nothing new happens any more.")
@click.option("--all", "every", is_flag=True, help="Draw every pod, however many a workload has.")
@source_options()
def play(
    source: SourceOptions,
    files: tuple[str, ...],
    speed: float | None,
    globs: tuple[str, ...],
    since: str | None,
    until: str | None,
    every: bool,
) -> None:
    """Replay a run in the terminal: a growing timeline, `get pods` and the event log.

    Space pauses, the arrow keys seek and change the speed, n jumps to the next event, ? lists all keys, q quits. With --at, the
    replay is paused at that time.

    \b
    Examples:
      podsim play
      podsim play app.yaml --speed 10
      podsim play --from run.journal --pod 'web-*' --since 20s --until 1m
    """
    from simulator.cli import paint
    from simulator.views.play.film import film
    from simulator.views.play.player import Player, Tape
    from simulator.views.timeline.text import Focus

    with _keyboard() as keyboard:
        begin, end = parse_instant(since, "--since"), parse_instant(until, "--until")
        snapshot = journal_from(replace(source, paths=(*source.paths, *files))).at()
        if (begin or 0) >= (snapshot.t if end is None else end):
            raise UsageError("--since must come before the end")
        if source.at is not None and source.at > snapshot.t:
            raise UsageError(f"--at {short_duration(source.at)}: the run ended at {short_duration(snapshot.t)}")
        focus = Focus(tuple(glob.rpartition("/")[2] for glob in globs), begin, end, every)
        reel = film(snapshot, None if source.all_namespaces else source.namespace or None, focus)
        if reel is None:
            raise UsageError("no matching pod" if globs else "no pods and no Services in this run")
        pace = speed or Tape(reel.begin, reel.end).speed
        at = reel.begin if source.at is None else min(reel.end, max(reel.begin, source.at))
        from simulator.cli.terminal import Terminal

        with Terminal(keyboard, colour=paint.has_colour()) as terminal:
            watch(reel, Player(at, pace, paused=source.at is not None), terminal, time.monotonic_ns)


@contextmanager
def _keyboard() -> Iterator[int]:
    """Where keys come from: standard input, or the terminal itself when that is a journal. Raises UsageError without a terminal."""
    instead = "`podsim timeline` and `podsim story` show the run without one"
    try:
        import termios  # noqa: F401 (asked for here, so that what is missing is said before anything runs)
    except ImportError as error:
        raise UsageError(f"podsim play needs a Unix terminal: {instead}") from error
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        raise UsageError(f"podsim play needs a terminal that can move its cursor: {instead}")
    if sys.stdin.isatty():
        yield sys.stdin.fileno()
        return
    try:
        keyboard = os.open("/dev/tty", os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"podsim play needs a terminal for its keys: {instead}") from error
    try:
        yield keyboard
    finally:
        os.close(keyboard)


def watch(reel: Film, player: Player, screen: Screen, clock: Callable[[], int]) -> None:
    """Show frames until the user leaves. `clock` counts real nanoseconds."""
    from simulator.views.play.frame import Size, frame, tape
    from simulator.views.play.player import advance, press

    before = clock()
    while not player.over:
        size = Size(*screen.size)
        screen.show(frame(reel, player, size))
        spent = clock() - before
        keys = screen.keys(max(LEAST_WAIT, FRAME - spent) / SECOND if player.moves() else None)
        now = clock()
        player = advance(player, min(now - before, LONGEST_TICK), tape(reel, player, size))
        before = now
        for key in keys:
            player = press(player, key, tape(reel, player, size))


COMMANDS: list[click.Command] = [play]
