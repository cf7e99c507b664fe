"""How simulated time advances: with the wall clock, only while every client waits, or only when someone asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic, time_ns
from typing import Literal, NamedTuple, Protocol

from simulator.errors import UsageError
from simulator.serve.app import App
from simulator.serve.http import Request
from simulator.serve.session import Moving
from simulator.serve.shift import Shift
from simulator.units import MINUTE, SECOND

IDLE = 0.03
"""Seconds without a request or an event after which every client is taken to wait."""
REST = 15 * MINUTE
"""Simulated time without a change after which a clock that follows its clients rests."""
REMEMBERED = 10_000
"""Questions that a clock remembers, to notice when one is repeated."""
TICK = 0.02
"""Seconds between two moves of a clock that follows the wall clock."""


class Pace(NamedTuple):
    """What `--clock` says: `real` with its speed, `auto` or `manual`."""

    mode: Literal["real", "auto", "manual"] = "real"
    speed: float = 1.0


def parse_pace(text: str) -> Pace:
    """`real`, `real:60`, `auto`, `manual`. Raises UsageError."""
    mode, colon, speed = text.partition(":")
    if mode == "auto" and not colon:
        return Pace("auto")
    if mode == "manual" and not colon:
        return Pace("manual")
    if mode == "real":
        try:
            value = float(speed) if colon else 1.0
        except ValueError:
            value = 0.0
        if 0 < value <= 100_000:
            return Pace("real", value)
    raise UsageError(f"--clock {text}: use real, real:N (N times as fast), auto or manual")


class Clock(Protocol):
    """Moves a session's time until it is cancelled."""

    async def run(self) -> None:
        """Move the time; comes back never."""
        ...


class RealClock:
    """`speed` times the wall clock. At speed 1 the simulated whole seconds are those of the wall, so that times read back as written."""

    def __init__(self, session: Moving, speed: float) -> None:
        self._session, self._speed = session, speed
        self._begin = session.now
        start = time_ns()
        self._wall = start // SECOND * SECOND if speed == 1 else start
        self._epoch = session.epoch
        session.shift_now = self.shift

    def shift(self) -> Shift:
        """From simulated time to the wall clock."""
        if self._speed == 1:
            return Shift(self._wall - (self._epoch + self._begin) // SECOND * SECOND)
        return live_shift(self._session)

    def due(self) -> int:
        """Where the simulation should be by now."""
        return self._begin + round((time_ns() - self._wall) * self._speed)

    async def run(self) -> None:
        """Follow the wall clock."""
        while True:
            await self._session.advance(self.due())
            await asyncio.sleep(TICK)


def live_shift(session: Moving, *, still: bool = False) -> Shift:
    """The distance to the wall clock as it is now, in whole seconds; `still`: times near the wall's present are the simulated one."""
    present = session.epoch + session.now
    offset = (time_ns() - present) // SECOND * SECOND
    return Shift(offset, present + offset if still else None)


class AutoClock:
    """Moves only while every client waits: to the next change, and a little further each time one of them asks the same again."""

    def __init__(self, session: Moving, app: App) -> None:
        self._session, self._traffic = session, app.traffic
        self._rested_at = -1
        self._answered: dict[tuple[str, str, str], int] = {}
        app.before_read = self.read
        session.shift_now = lambda: live_shift(session, still=True)

    async def run(self) -> None:
        """Watch the clients."""
        while True:
            await asyncio.sleep(IDLE / 3)
            if self._all_wait():
                await self.move()

    async def read(self, request: Request) -> None:
        """A client that asks the same again, and would get the same answer, waits for a change: there is one first."""
        key = (request.headers.get("user-agent", ""), request.path, str(request.query))
        if self._answered.get(key) == self._session.revision:
            await self._session.advance_to_write(self._session.now + REST)
        if len(self._answered) >= REMEMBERED:
            self._answered.clear()
        self._answered[key] = self._session.revision

    def _all_wait(self) -> bool:
        traffic = self._traffic
        idle = not traffic.requests and traffic.streams > 0 and monotonic() - traffic.last >= IDLE
        return idle and self._rested_at != self._session.now

    async def move(self) -> None:
        """To the next change; without one for 15 minutes the clock rests until something is written."""
        if await self._session.advance_to_write(self._session.now + REST):
            self._traffic.touch()
        else:
            self._rested_at = self._session.now


class ManualClock:
    """Stands still until it is asked to move."""

    def __init__(self, session: Moving) -> None:
        session.shift_now = lambda: live_shift(session, still=True)

    async def run(self) -> None:
        """Do nothing."""
        await asyncio.Event().wait()


def clock_for(pace: Pace, session: Moving, app: App) -> Clock:
    """The clock of a session."""
    makers: dict[str, Callable[[], Clock]] = {
        "real": lambda: RealClock(session, pace.speed),
        "auto": lambda: AutoClock(session, app),
        "manual": lambda: ManualClock(session),
    }
    return makers[pace.mode]()
