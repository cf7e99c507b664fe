"""The two values that a probe worker counts with. Pure: each step makes a new value."""

from __future__ import annotations

from typing import NamedTuple

from simulator.kubelet.prober.results import Result


class Count(NamedTuple):
    """How many times in a row (`run`) a probe has had its `last` result; None before the first one."""

    run: int = 0
    last: Result | None = None

    def after(self, result: Result) -> Count:
        """The count after one more result."""
        return Count(self.run + 1 if result is self.last else 1, result)

    def restarted(self) -> Count:
        """The count when the run of equal results starts over; the last result is remembered."""
        return Count(0, self.last)


class Tick(NamedTuple):
    """The next tick of a ticker and its period, in nanoseconds."""

    next: int
    period: int

    def restarted(self, now: int) -> Tick:
        """The ticker started at `now`: the first tick comes a period later (time.NewTicker, Ticker.Reset)."""
        return Tick(now + self.period, self.period)

    def after(self, now: int) -> Tick:
        """The tick after a turn that began at `now`. Of several ticks missed meanwhile only one was kept, and this turn was it."""
        if self.next > now:
            return self
        return Tick(self.next + (now - self.next) // self.period * self.period + self.period, self.period)

    def not_before(self, now: int) -> Tick:
        """The first tick at or after `now`, when all before it are skipped."""
        late = now - self.next
        return self if late <= 0 else Tick(self.next + -(-late // self.period) * self.period, self.period)
