"""Clients look at their own clocks: times in answers are moved so that the simulated present is their present, and back in requests."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from simulator.units import SECOND, format_micro_time, format_time, parse_time

FIELDS = (
    "acquireTime", "completionTime", "creationTimestamp", "deletionTimestamp", "eventTime", "expirationTimestamp", "finishedAt",
    "firstTimestamp", "lastHeartbeatTime", "lastObservedTime", "lastProbeTime", "lastScheduleTime", "lastSuccessfulTime", "lastTimestamp",
    "lastTransitionTime", "lastUpdateTime", "renewTime", "startTime", "startedAt", "time", "timestamp",
)  # fmt: skip
"""Fields of the API that are times."""
_TIME = rb'"(?:' + "|".join(FIELDS).encode() + rb')":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"'
_IN_TEXT = re.compile(_TIME)
_VALUE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
NEAR = 2 * SECOND


class Shift(NamedTuple):
    """How far clients' clocks are ahead of the simulated one: whole seconds, in nanoseconds.

    `now`: the clients' present, if simulated time stands still meanwhile.
    """

    offset: int = 0
    now: int | None = None

    def outward(self, text: bytes) -> bytes:
        """JSON with the times of API fields as clients shall see them."""
        if not self.offset:
            return text
        return _IN_TEXT.sub(lambda match: match[0].replace(match[1], self.moved(match[1].decode(), self.offset).encode()), text)

    def time(self, text: str) -> str:
        """One time as clients shall see it."""
        return self.moved(text, self.offset) if self.offset else text

    def inward(self, value: Any, name: str = "") -> Any:
        """The value of a request with simulated times."""
        if not self.offset:
            return value
        if isinstance(value, dict):
            return {key: self.inward(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self.inward(item) for item in value]
        if isinstance(value, str) and name in FIELDS and _VALUE.fullmatch(value):
            return self._back(value)
        return value

    def _back(self, text: str) -> str:
        """A client's time as a simulated one. Its present is the simulated present exactly where that stands still, so that runs repeat."""
        if self.now is not None and abs(parse_time(text) - self.now) <= NEAR:
            present = self.now - self.offset
            return format_micro_time(present) if "." in text else format_time(present)
        return self.moved(text, -self.offset)

    @staticmethod
    def moved(text: str, by: int) -> str:
        """A time moved by nanoseconds, with as many digits as it had."""
        t = parse_time(text) + by
        return format_micro_time(t) if "." in text else format_time(t)


NO_SHIFT = Shift()
