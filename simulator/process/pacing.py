"""Loops without a sleep. Commands take no simulated time, so without this such a loop would never let time pass.

The first turns cost nothing: 100 when they leave everything but the output as it was, 5,000 otherwise, so that finite loops which compute
something stay instantaneous. From then on each turn takes twice as long as the one before: up to 30 s when it looks at nothing that can
change, else (the network, files, processes) up to 1 s, or 2 % of the time that the loop has run. A turn that takes 10 ms by itself needs
none of this: it sleeps or waits for an answer. podsim reports it in the container's log and among the assumptions.
"""

from __future__ import annotations

import msgspec

from simulator.process.effects import Effect, Effects, Sleep
from simulator.units import MILLISECOND, SECOND

EQUAL_TURNS, TURNS = 100, 5_000
"""How many turns of a loop take no time: of those that change nothing, and of all."""
FIRST_PAUSE = MILLISECOND
LONGEST_PAUSE, LONGEST_IDLE_PAUSE = SECOND, 30 * SECOND
SHARE = 50
"""A turn may take 1/50 of the time that its loop has run."""
UNPACED = 10 * MILLISECOND
"""A turn that takes so long by itself lets time pass."""
REMARK = "a loop without a sleep: its turns take longer and longer, so most of its output is left out from here on"


class ActivityCount(msgspec.Struct, frozen=True):
    """What the processes of a container have done so far.

    `now` is the instant in nanoseconds; `progress` counts reads that returned something, and writes into pipes and files; `queries` counts
    looks at what can change by itself: the network, the API, files, other processes.
    """

    now: int = 0
    progress: int = 0
    queries: int = 0


class Activity(Effect, frozen=True):
    """Answer: ActivityCount. A loop that finds nothing new in it has no effect but its output."""


class Remark(Effect, frozen=True):
    """Add a line of podsim's own to the container's log, and an assumption that `command` is simulated like this. Answer: None."""

    command: str
    text: str


class Turns:
    """The turns of one loop of `command`."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._state: object = None
        self._seen = ActivityCount()
        self._since = -1
        self._equal = self._turns = self._pause = 0

    def next(self, state: object) -> Effects[None]:
        """Let time pass before the next turn, if the loop itself does not.

        Args:
            state: What the process knows; when two turns end with equal states, the second one changed nothing.
        """
        before, seen = self._seen, (yield Activity())
        if self._since < 0 or seen.now - before.now >= UNPACED:
            self._since, self._equal, self._turns, self._pause = seen.now, 0, 0, 0
        changed = state != self._state or seen.progress != before.progress
        self._state, self._seen = state, seen
        self._equal = 0 if changed else self._equal + 1
        self._turns += 1
        if not self._pause and self._equal < EQUAL_TURNS and self._turns < TURNS:
            return
        if not self._pause:
            yield Remark(self._command, REMARK)
        longest = LONGEST_IDLE_PAUSE if seen.queries == before.queries else max(LONGEST_PAUSE, (seen.now - self._since) // SHARE)
        self._pause = min(max(2 * self._pause, FIRST_PAUSE), longest)
        yield Sleep(self._pause)
        self._seen = yield Activity()
