"""When relists happen. Each starts 1 s after the one before has ended, so the longer one takes the later the next (generic.go).

A Scenario gives a phase and a period. A period of exactly 1 s contains no information about how long relists take. A period close to it was
fitted to a recorded kubelet, as a straight line through the relists during the life of a pod. But a kubelet whose pods all start at once
takes longest for its first relists, so the real curve is bent; `curve` reconstructs it from the line.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import accumulate

from simulator.engine.streams import Streams
from simulator.kubelet.config import FIRST_RELIST, KubeletConfig
from simulator.units import MICROSECOND, MILLISECOND, SECOND

FITTED = (990 * MILLISECOND, 1_030 * MILLISECOND)
"""Periods within these, other than 1 s itself, were fitted to a kubelet."""
LATE, SPREAD, STRAY_MAX = 12 * MILLISECOND, 35 * MILLISECOND, 100 * MILLISECOND
"""How far a relist strays from its regular instant when the period was not fitted: mean, deviation, limit (measured)."""
LATE_KNOWN, SPREAD_KNOWN, STRAY_MAX_KNOWN = 15 * MILLISECOND, 10 * MILLISECOND, 40 * MILLISECOND
"""The same around the curve of a period that was fitted (measured)."""
LOADED = 0.25
"""The share of kubelets under load. Not measured: chosen so that the slowest recorded kubelet can occur."""
HELD_UP, HELD_UP_LOADED, HELD_UP_MAX = 0.05, 0.3, 80 * MILLISECOND
"""The share of relists that are delayed in addition (of recorded ones 0.2 to 3 % come more than 45 ms late), the share on a kubelet
under load (also chosen), and the longest such delay."""

# By how many microseconds the gap between two relists is longer than 1 s: the first, the second, ... (measured).
FIRST_TAKE = (
    *(20_500, 20_000, 14_000, 11_000, 9_000, 7_500, 6_500, 6_000, 5_500, 5_200, 5_000),
    *(4_800, 4_600, 4_400, 4_200, 4_000, 3_800, 3_600, 3_400, 3_200, 3_000, 3_000),
)
LATER_TAKE = 2_800
"""The same for all later gaps (measured)."""

USUAL = 1_006_300 * MICROSECOND
"""The usual period (measured). No gap is shorter than 1 s: a fitted period below that comes from too few relists."""
RIGHT_AT = 10
"""The number of the relist at which such a line is right nevertheless (measured)."""
REMEMBERED = 16
"""How many instants a node remembers. It asks for those around the present, and each can be drawn again."""


class RelistTimes:
    """The instants of one node's relists, in nanoseconds since the start. Number 0 is the first at or after `begin`.

    A kubelet that starts during the run relists from its own start on, whatever the phase of the one before it.
    """

    def __init__(self, streams: Streams, config: KubeletConfig, node: str, begin: int) -> None:
        self._once = streams.once()
        self._node = node
        is_new = config.started_at >= begin
        self.origin = config.started_at + FIRST_RELIST if is_new else 0
        self._begin = 0 if is_new else begin
        self.phase, self.period = line(0 if is_new else config.relist_phase, config.relist_period)
        self._is_loaded = streams.coin(LOADED, "relists loaded", node)
        self._curve = curve(self.period, loaded=self._is_loaded) if is_fitted(config.relist_period) else ()
        self._shortest = min(self.period, SECOND + LATER_TAKE * MICROSECOND) if self._curve else self.period
        # With a clock that begins at 0, the phase itself is the first.
        self._before = -self._begin // self.period
        self._begins = lru_cache(REMEMBERED)(self._begins_at)

    def at(self, number: int) -> int:
        """When that relist begins; negative numbers lie before `begin`."""
        return self.origin + self._begin - 1 if number < 0 else self._begins(number)

    def last(self, t: int) -> int:
        """The number of the last relist that begins at or before `t`; -1 when there is none yet."""
        number = self._before + (t - self.origin - self.phase + STRAY_MAX) // self._shortest + 1
        while number >= 0 and self.at(number) > t:
            number -= 1
        return number

    def _begins_at(self, number: int) -> int:
        return self.origin + max(self._regular(number - self._before) + self._stray(number), self._begin)

    def _regular(self, number: int) -> int:
        """The regular instant of a relist, before it strays."""
        if not self._curve or number < 0:
            return self.phase + number * self.period
        known = min(number, len(self._curve) - 1)
        return self.phase + self._curve[known] + (number - known) * (SECOND + LATER_TAKE * MICROSECOND)

    def _stray(self, number: int) -> int:
        name = ("relist", self._node, str(number))
        if not self._curve:
            return _within(self._once.normal(LATE, SPREAD, *name), STRAY_MAX)
        held_up = self._once.coin(HELD_UP_LOADED if self._is_loaded else HELD_UP, *name, "held up")
        longer = self._once.uniform(0, HELD_UP_MAX, *name, "longer") if held_up else 0
        return _within(self._once.normal(LATE_KNOWN, SPREAD_KNOWN, *name), STRAY_MAX_KNOWN) + longer


def _within(value: int, limit: int) -> int:
    return min(max(value, -limit), limit)


def is_fitted(period: int) -> bool:
    """Whether a period was fitted to a recorded kubelet, so that it shows how long relists took."""
    return FITTED[0] <= period <= FITTED[1] and period != SECOND


def line(phase: int, period: int) -> tuple[int, int]:
    """The phase and period to use. A period below 1 s comes from too few relists: the line with the usual period takes its place."""
    if FITTED[0] <= period < SECOND:
        return phase - RIGHT_AT * (USUAL - period), USUAL
    return phase, period


@cache
def curve(period: int, *, loaded: bool) -> tuple[int, ...]:
    """The instants of the first relists, counted from the phase of the line that was fitted to them.

    The gaps shrink, so a long period comes from a line through few relists, or, when the kubelet was `loaded`, from relists that took
    longer; a short one from relists that took less time.
    """
    usual, _ = _fit(_instants(1.0), len(FIRST_TAKE))
    share = max((period - SECOND - LATER_TAKE * MICROSECOND) / (usual - SECOND - LATER_TAKE * MICROSECOND), 0.0)
    instants = _instants(share if loaded else min(share, 1.0))
    fits = [_fit(instants, count) for count in range(2, len(instants))]
    _, begin = min(fits, key=lambda fit: abs(fit[0] - period))
    return tuple(instant - round(begin) for instant in instants)


def _instants(share: float) -> list[int]:
    """The first relists, counted from number 0, if they take `share` of the measured extra time over later ones."""
    takes = (LATER_TAKE + round((take - LATER_TAKE) * share) for take in FIRST_TAKE)
    return list(accumulate((SECOND + take * MICROSECOND for take in takes), initial=0))


def _fit(instants: list[int], last: int) -> tuple[float, float]:
    """Slope and start of the straight line through the relists up to number `last` (least squares)."""
    middle, mean = last / 2, sum(instants[: last + 1]) / (last + 1)
    numbers = range(last + 1)
    slope = sum((k - middle) * (instants[k] - mean) for k in numbers) / sum((k - middle) ** 2 for k in numbers)
    return slope, mean - slope * middle
