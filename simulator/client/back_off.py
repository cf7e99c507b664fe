"""Back-off that doubles with each failure, per key (client-go/util/workqueue default_rate_limiters.go). Nanoseconds."""

from __future__ import annotations

from collections.abc import Hashable

from simulator.units import MILLISECOND, SECOND

BASE = 5 * MILLISECOND
MOST = 1000 * SECOND
"""The default of controllers (DefaultTypedControllerRateLimiter)."""


class ItemBackOff:
    """Delays of one queue: `base`, then twice as long each time, at most `most`."""

    def __init__(self, base: int = BASE, most: int = MOST) -> None:
        self._base = base
        self._most = most
        self._failures: dict[Hashable, int] = {}

    def next(self, key: Hashable) -> int:
        """Count a failure; returns how long to wait."""
        count = self._failures.get(key, 0)
        self._failures[key] = count + 1
        return exponential(self._base, self._most, count)

    def failures(self, key: Hashable) -> int:
        """The number of failures in a row."""
        return self._failures.get(key, 0)

    def forget(self, key: Hashable) -> None:
        """Forget the failures."""
        self._failures.pop(key, None)


def exponential(base: int, most: int, count: int) -> int:
    """`base` doubled `count` times, at most `most`."""
    return most if count >= most.bit_length() else min(base << count, most)
