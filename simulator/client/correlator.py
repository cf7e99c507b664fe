"""How a component's recorder folds, counts and drops events before it sends them (client-go/tools/record/events_cache.go)."""

from __future__ import annotations

from typing import NamedTuple

from simulator.units import SECOND

MAX_SIMILAR = 10
"""After this many different messages within SIMILAR_WINDOW the next ones are 'combined from similar events'."""
SIMILAR_WINDOW = 600 * SECOND
SPAM_BURST = 25
SPAM_REFILL = 300 * SECOND
"""A source may send 25 events about one object at once, then one each 300 s."""

Who = tuple[str, ...]
"""Source, object, type: each has its own limit."""


class Observation(NamedTuple):
    """An event before correlation. `who` identifies source and object, `field_path` the part of the object."""

    who: Who
    field_path: str
    type: str
    reason: str
    message: str


class Outcome(NamedTuple):
    """The result for an event: its key, message and count, the time of the first one (ns), and whether it is sent."""

    key: Who
    message: str
    repeats: int
    first: int
    aggregated: bool
    sent: bool


class _Bucket(NamedTuple):
    tokens: float
    filled_at: int


class Correlator:
    """State of one recorder. Times are nanoseconds since the start."""

    def __init__(self, *, spam_by_type: bool) -> None:
        self._spam_by_type = spam_by_type
        self._messages: dict[Who, tuple[list[str], int]] = {}
        self._counts: dict[Who, tuple[int, int]] = {}
        self._buckets: dict[Who, _Bucket] = {}

    def correlate(self, seen: Observation, now: int) -> Outcome:
        """Aggregate, count, filter, in this order: a filtered event has still been counted."""
        group = (*seen.who, seen.type, seen.reason)
        aggregated = self._is_one_too_many(group, seen.message, now)
        key = group if aggregated else (*group, seen.field_path, seen.message)
        message = f"(combined from similar events): {seen.message}" if aggregated else seen.message
        count, first = self._counts.get(key, (0, now))  # EVT-01
        self._counts[key] = (count + 1, first)
        spammer = (*seen.who, seen.type) if self._spam_by_type else seen.who  # EVT-03
        return Outcome(key, message, count + 1, first, aggregated, self._has_token(spammer, now))

    def _is_one_too_many(self, group: Who, message: str, now: int) -> bool:
        messages, last = self._messages.get(group, ([], now))
        if now - last > SIMILAR_WINDOW:
            messages = []
        if message not in messages:
            messages = [*messages, message]
        full = len(messages) >= MAX_SIMILAR  # EVT-02
        # The set stays at its limit: one member is dropped for the new one.
        self._messages[group] = (messages[1:] if full else messages, now)
        return full

    def _has_token(self, who: Who, now: int) -> bool:
        bucket = self._buckets.get(who, _Bucket(SPAM_BURST, now))
        tokens = min(SPAM_BURST, bucket.tokens + (now - bucket.filled_at) / SPAM_REFILL)
        allowed = tokens >= 1
        self._buckets[who] = _Bucket(tokens - allowed, now)
        return allowed
