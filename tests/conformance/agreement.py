"""When a simulated pod agrees with a recorded one, and by how much it is off.

A moment that follows from the spec, the program and the relists must come within SHARP seconds. One that follows a back-off or
a failed sync, which the kubelet spreads at random over 10 to 15 s and a tick of 1 s, has LOOSE seconds more for each such wait so far.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import NamedTuple

from tests.conformance.series import AllSeries, Entry, Series

SHARP = 0.35
LOOSE = 16.5
COUNT_SLACK = 2
RANDOM_WAITS = {"BackOff", "Failed", "FailedCreatePodSandBox", "FailedMount", "FailedPostStartHook", "InspectFailed"}
"""Reasons of events after which the kubelet comes back at a random time."""


class Difference(NamedTuple):
    """A difference at a time (seconds), in words."""

    t: float
    text: str


class Verdict(NamedTuple):
    """What differs, first difference first, and the largest error in time (seconds) of what is due within SHARP."""

    differences: tuple[Difference, ...]
    largest_error: float

    @property
    def agrees(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


class Tolerance:
    """How far a moment may be off, given the random waits that the recording shows before it."""

    def __init__(self, real: AllSeries) -> None:
        self._waits = sorted(
            (entry.t, entry.repeats)
            for name, series in real.items()
            if name.startswith("events")
            for entry in series
            if entry.value[1] in RANDOM_WAITS
        )

    def waits(self, t: float) -> int:
        """How many random waits had begun before `t`."""
        return sum(repeats for begun, repeats in self._waits if begun < t)

    def at(self, t: float) -> float:
        """Seconds by which a moment at `t` may be off."""
        return SHARP + LOOSE * self.waits(t)


def compare(real: AllSeries, fake: AllSeries, horizon: float) -> Verdict:
    """Compare a simulation with a recording that ended at `horizon` seconds."""
    tolerance = Tolerance(real)
    differences: list[Difference] = []
    errors = [0.0]
    for name in sorted(real.keys() | fake.keys()):
        differences += _differences(name, real.get(name, Series()), fake.get(name, Series()), tolerance, horizon, errors)
    return Verdict(tuple(sorted(differences)), max(errors))


def _differences(name: str, real: Series, fake: Series, tolerance: Tolerance, horizon: float, errors: list[float]) -> Iterable[Difference]:
    size = max(len(real), len(fake))
    for i, (want, got) in enumerate(zip_longest(real, fake), start=1):
        if want is None or got is None:
            entry, side = (want, "missing") if got is None else (got, "extra")
            # The last one may lie behind the horizon on the other side.
            if entry.t < horizon - tolerance.at(entry.t):
                yield Difference(entry.t, f"{name}: {side} #{i} at {entry.t:.3f}s: {entry.value}")
            return
        slack = tolerance.at(want.t)
        if want.value != got.value:
            if max(want.t, got.t) < horizon - slack:
                yield Difference(want.t, f"{name}: #{i} at {want.t:.3f}s real {want.value} != simulated {got.value} at {got.t:.3f}s")
            return
        off = abs(want.t - got.t)
        if off > slack:
            yield Difference(want.t, f"{name}: #{i} {want.value} real {want.t:.3f}s, simulated {got.t:.3f}s (tolerance {slack:.2f}s)")
        elif slack == SHARP:
            errors.append(off)
        if name.startswith("events"):
            yield from _repeats(name, i, want, got, last=i == size, after_wait=bool(tolerance.waits(want.t)))


def _repeats(name: str, i: int, want: Entry, got: Entry, *, last: bool, after_wait: bool) -> Iterable[Difference]:
    """How often a message came: exactly, but for the last one, and for what random waits produce."""
    loose = after_wait or want.value[1] in RANDOM_WAITS
    allowed = COUNT_SLACK + want.repeats // 5 if loose else int(last)
    if abs(want.repeats - got.repeats) > allowed:
        yield Difference(want.t, f"{name}: #{i} {want.value} came {want.repeats} times, simulated {got.repeats}")
