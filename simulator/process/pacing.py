"""Loops without a sleep. Commands take no simulated time, so without this such a loop would never let time pass.

A turn that leaves everything but the output as it was takes 1 ms for each program that it starts; loops that compute something stay
instantaneous. After 20 such turns, or 5,000 of all that take no time, each turn takes twice as long as the one before: up to 30 s when it
looks at nothing that can change, else (the network, files) up to 1 s, or 2 % of the time that the loop has run. A turn that takes 50 ms by
itself needs none of this: it sleeps or waits for an answer. podsim reports it in the container's log and among the assumptions.

Of such slow turns most are not run: when a turn looked at what the turn before it looked at, and saw the same, podsim only looks again. As
soon as it sees something else, the turn runs, with what has been seen. So it does at every instant what it would have done, but prints
nothing meanwhile.
"""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.process.effects import Close, Effect, Effects, Sleep
from simulator.process.world import Connect
from simulator.units import MILLISECOND, SECOND

EQUAL_TURNS, TURNS = 20, 5_000
"""After how many turns a loop slows down: of those that change nothing, and of all that take no time."""
COMMAND = MILLISECOND
"""How long a turn takes for each program that it starts: about a fork and an exec."""
FIRST_PAUSE = MILLISECOND
LONGEST_PAUSE, LONGEST_IDLE_PAUSE = SECOND, 30 * SECOND
SHARE = 50
"""A turn may take 1/50 of the time that its loop has run."""
UNPACED = 50 * MILLISECOND
"""A turn that takes so long by itself lets time pass."""
REMARK = "a loop without a sleep: from here on its iterations take longer and longer, and print only what changes"


Look = tuple[Effect, Any]
"""An effect that asks what can change by itself, and its answer."""


class ActivityCount(msgspec.Struct, frozen=True):
    """What the processes of a container have done so far.

    `now` is the instant in nanoseconds; `progress` counts reads that returned something, and writes into pipes and files; `queries` counts
    looks at what can change by itself: the network, the API, files, other processes; `started` counts processes, `alive` are those that
    there are. `looks` are the looks since the last count; None: there were others, which podsim cannot repeat.
    """

    now: int = 0
    progress: int = 0
    queries: int = 0
    started: int = 0
    alive: int = 0
    looks: tuple[Look, ...] | None = None


class Activity(Effect, frozen=True):
    """Answer: ActivityCount. A loop that finds nothing new in it has no effect but its output. `looks` begin again."""


class FilesVersion(Effect, frozen=True):
    """Answer: a number that differs when any file may have changed."""


class Stopwatch(Effect, frozen=True):
    """Answer: nanoseconds on the simulated wall clock, of which only differences within a turn matter (see Now for the others)."""


class Foresee(Effect, frozen=True):
    """Give these answers to the next effects that are equal to theirs: they have been asked, and their time has passed. Answer: None."""

    looks: tuple[Look, ...]


class Remark(Effect, frozen=True):
    """Add a line of podsim's own to the container's log, and an assumption that `command` is simulated like this. Answer: None."""

    command: str
    text: str


class Turns:
    """The turns of one loop of `command`. `repeats`: turns that only see what the one before saw are not run."""

    repeats = True

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
        took = seen.now - before.now
        is_first = self._since < 0
        if is_first or took >= UNPACED:
            self._since, self._equal, self._turns, self._pause = seen.now, 0, 0, 0
        changed = state != self._state or seen.progress != before.progress
        self._state, self._seen = state, seen
        self._equal = 0 if changed else self._equal + 1
        self._turns += not took
        if not self._pause and self._equal < EQUAL_TURNS and self._turns < TURNS:
            if not (took or changed or is_first) and seen.started > before.started:
                yield Sleep(COMMAND * (seen.started - before.started))
                self._seen = yield Activity()
            return
        if not self._pause:
            yield Remark(self._command, REMARK)
        looks = seen.looks if self.repeats and not changed and seen.looks == before.looks and seen.alive == before.alive else None
        foreseen = yield from self._slow_down(looks, is_idle=seen.queries == before.queries)
        count = yield Activity()
        self._seen = msgspec.structs.replace(count, looks=seen.looks)
        if foreseen:
            yield Foresee(foreseen)

    def _slow_down(self, looks: tuple[Look, ...] | None, *, is_idle: bool) -> Effects[tuple[Look, ...]]:
        """Let the time of a turn pass; with `looks`, of all turns that see the same. What the next one has seen already."""
        now = self._seen.now
        while True:
            longest = LONGEST_IDLE_PAUSE if is_idle else max(LONGEST_PAUSE, (now - self._since) // SHARE)
            self._pause = min(max(2 * self._pause, FIRST_PAUSE), longest)
            if not (yield Sleep(self._pause)) or looks is None:
                return ()
            foreseen: list[Look] = []
            for effect, answer in looks:
                foreseen.append((effect, (yield from _look(effect))))
                if foreseen[-1][1] != answer:
                    return tuple(foreseen)
            now += self._pause + sum(effect.ns or 0 for effect, _ in looks if isinstance(effect, Sleep))


def _look(effect: Effect) -> Effects[Any]:
    """The answer now; of a connection only whether it could be made."""
    answer = yield effect
    if isinstance(effect, Connect) and isinstance(answer, int):
        yield Close(answer)
        return None
    return answer
