"""How many requests a client sends (client-go/util/flowcontrol, a token bucket). Pure."""

from __future__ import annotations

from simulator.units import SECOND


class RateLimit:
    """`qps` requests a second, and `burst` at once after a pause. Times in nanoseconds."""

    def __init__(self, qps: int, burst: int) -> None:
        self._interval = SECOND // qps
        self._burst = burst
        self._empty_at: int | None = None
        """When the bucket had or will have no token; None: it is full."""

    def wait(self, now: int) -> int:
        """How long the next request waits; 0: it is sent at once."""
        return 0 if self._empty_at is None else max(0, self._empty_at + self._interval - now)

    def spend(self, now: int, requests: int) -> None:
        """Note requests that are sent, also when there are fewer tokens: the requests after them wait the longer."""
        full = now - self._burst * self._interval
        self._empty_at = max(full if self._empty_at is None else self._empty_at, full) + requests * self._interval
