"""How much CPU or memory one start of a container uses: at an instant, and in all until then. Amounts in nanocores or bytes."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import NamedTuple

from simulator.units import SECOND


class Curve(NamedTuple):
    """An amount over time: `points` are (nanoseconds since the start of the work, amount). Before the first one it is nothing.

    Between points it stays, or with `ramps` changes evenly.
    """

    points: tuple[tuple[int, int], ...]
    ramps: bool = False

    def at(self, age: int) -> int:
        """The amount at an age."""
        index = sum(at <= age for at, _ in self.points) - 1
        if index < 0:
            return 0
        begin, amount = self.points[index]
        if not self.ramps or index + 1 == len(self.points):
            return amount
        end, following = self.points[index + 1]
        return amount + (following - amount) * (age - begin) // (end - begin)

    def total(self, age: int) -> int:
        """The amount times seconds until an age: nanoseconds of CPU time for nanocores."""
        edges = [at for at, _ in self.points if at < age] + [age]
        sums = 0
        for begin, end in itertools.pairwise(edges):
            mean = (self.at(begin) + self.at(end)) // 2 if self.ramps else self.at(begin)
            sums += mean * (end - begin)
        return sums // SECOND

    def passes(self, limit: int) -> int | None:
        """The age at which it first is more than a limit; None: never."""
        for index, (at, amount) in enumerate(self.points):
            if amount > limit:
                before = self.points[index - 1] if self.ramps and index else None
                if before is None:
                    return at
                return before[0] + (limit - before[1]) * (at - before[0]) // (amount - before[1]) + 1
        return None


class Load:
    """The use of one resource by one start: a curve, and what each request that it answers adds."""

    def __init__(self, curve: Curve, per_request: int) -> None:
        self.curve = curve
        self._per_request = per_request
        self._served: Counter[int] = Counter()

    def serve(self, t: int) -> None:
        """Count a request."""
        if self._per_request:
            self._served[t // SECOND] += 1

    def at(self, age: int, t: int) -> int:
        """The amount at an instant; requests count with those of the second before."""
        return self.curve.at(age) + self._per_request * self._served[t // SECOND - 1]

    def total(self, age: int, t: int) -> int:
        """The CPU time until an instant, in nanoseconds. Requests of a second are spread evenly over it."""
        second, rest = divmod(t, SECOND)
        served = sum(count for at, count in self._served.items() if at < second)
        return self.curve.total(age) + self._per_request * served + self._per_request * self._served[second] * rest // SECOND
