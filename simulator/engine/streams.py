"""Named streams of random numbers: a draw from one does not affect the others."""

from __future__ import annotations

import hashlib
import random

GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it, modulo 1, are as far apart as can be."""


class Streams:
    """Random generators by name, all derived from one seed.

    With `exact`, jitter is switched off: every uniform draw gives its median.
    """

    def __init__(self, seed: int, *, exact: bool = False) -> None:
        self.seed = seed
        self.exact = exact
        self._streams: dict[tuple[str, ...], random.Random] = {}

    def stream(self, *name: str) -> random.Random:
        """The generator of that name; the same name continues where it was left."""
        if name not in self._streams:
            self._streams[name] = self._new(name)
        return self._streams[name]

    @property
    def kept(self) -> int:
        """How many generators are kept."""
        return len(self._streams)

    def exchange(self, streams: dict[tuple[str, ...], random.Random]) -> dict[tuple[str, ...], random.Random]:
        """Draw from other generators from now on; returns those so far, which a later call puts back."""
        before, self._streams = self._streams, streams
        return before

    def _new(self, name: tuple[str, ...]) -> random.Random:
        digest = hashlib.sha256(repr((self.seed, name)).encode()).digest()
        return random.Random(int.from_bytes(digest[:8], "big"))

    def once(self) -> Streams:
        """The same streams for names that are drawn from once: no generator is kept."""
        return _OnceStreams(self.seed, exact=self.exact)

    def uniform(self, low: int, high: int, *name: str) -> int:
        """A whole number of nanoseconds, uniform in [low, high); with `exact` the middle."""
        if self.exact or high <= low:
            return (low + high) // 2
        return low + int(self.stream(*name).random() * (high - low))

    def phase(self, period: int, *name: str) -> int:
        """An instant of a period, uniform over all seeds; with `exact` its middle.

        Consecutive seeds are spread evenly over the period, so that a few of them meet every case.
        """
        if self.exact:
            return period // 2
        digest = hashlib.sha256(repr(name).encode()).digest()
        first = int.from_bytes(digest[:8], "big") / 2**64
        return int((first + self.seed * GOLDEN) % 1 * period)

    def normal(self, mean: int, sd: int, *name: str) -> int:
        """A normal draw in whole nanoseconds; with `exact` the mean."""
        return mean if self.exact else round(self.stream(*name).gauss(mean, sd))

    def coin(self, probability: float, *name: str) -> bool:
        """True with that probability; with `exact`, the more likely value."""
        if self.exact:
            return probability > 0.5
        return self.stream(*name).random() < probability


class _OnceStreams(Streams):
    def stream(self, *name: str) -> random.Random:
        return self._new(name)
