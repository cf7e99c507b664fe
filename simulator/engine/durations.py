"""How long something takes: a fixed time or a distribution, drawn from a named stream. All times in nanoseconds."""

from __future__ import annotations

import math
from typing import NamedTuple

from simulator.engine.streams import Streams


class Fixed(NamedTuple):
    """Always the same."""

    value: int

    def draw(self, streams: Streams, *name: str) -> int:
        """The value."""
        return self.value

    def median(self) -> int:
        """The value."""
        return self.value


class Uniform(NamedTuple):
    """Uniform over [low, high)."""

    low: int
    high: int

    def draw(self, streams: Streams, *name: str) -> int:
        """One value."""
        return streams.uniform(self.low, self.high, *name)

    def median(self) -> int:
        """The middle."""
        return (self.low + self.high) // 2


class Normal(NamedTuple):
    """Normal; values below 0 count as 0."""

    mean: int
    sd: int

    def draw(self, streams: Streams, *name: str) -> int:
        """One value."""
        return self.mean if streams.exact else max(0, round(streams.stream(*name).gauss(self.mean, self.sd)))

    def median(self) -> int:
        """The mean."""
        return self.mean


class Lognormal(NamedTuple):
    """Right-skewed, as start-up times are: the logarithm is normal with standard deviation `sigma`."""

    center: int
    sigma: float

    def draw(self, streams: Streams, *name: str) -> int:
        """One value."""
        return self.center if streams.exact else round(self.center * math.exp(streams.stream(*name).gauss(0, self.sigma)))

    def median(self) -> int:
        """The median that was given."""
        return self.center


class Exponential(NamedTuple):
    """Exponential: the time between events at a constant rate."""

    mean: int

    def draw(self, streams: Streams, *name: str) -> int:
        """One value."""
        return self.median() if streams.exact else round(streams.stream(*name).expovariate(1) * self.mean)

    def median(self) -> int:
        """ln 2 times the mean."""
        return round(self.mean * math.log(2))


class Choice(NamedTuple):
    """One of several, each as likely as the others."""

    values: tuple[int, ...]

    def draw(self, streams: Streams, *name: str) -> int:
        """One of them."""
        return self.median() if streams.exact else self.values[int(streams.stream(*name).random() * len(self.values))]

    def median(self) -> int:
        """The middle one in order of size (the lower of two)."""
        return sorted(self.values)[(len(self.values) - 1) // 2]


Duration = Fixed | Uniform | Normal | Lognormal | Exponential | Choice
ZERO = Fixed(0)
