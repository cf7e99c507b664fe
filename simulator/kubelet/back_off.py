"""Exponential back-off by key (client-go/util/flowcontrol/backoff.go). Times in nanoseconds since the start."""

from __future__ import annotations

from typing import NamedTuple


class Entry(NamedTuple):
    """How long to wait, and when that was decided (nanoseconds)."""

    delay: int
    updated: int


class BackOff:
    """Doubling delays from `initial` to `maximum`; an entry that was not used for twice the maximum expires."""

    def __init__(self, initial: int, maximum: int) -> None:
        self._initial = initial
        self._maximum = maximum
        self._entries: dict[str, Entry] = {}

    def delay(self, key: str) -> int:
        """The current delay; 0 when there is none."""
        entry = self._entries.get(key)
        return entry.delay if entry else 0

    def next(self, key: str, event_time: int, now: int) -> None:
        """Start the back-off at `now`, or double its delay. `event_time`: when the failure happened."""
        entry = self._entries.get(key)
        if entry is None or self._expired(entry, event_time):  # RST-10
            self._entries[key] = Entry(min(self._initial, self._maximum), now)
        else:
            self._entries[key] = Entry(min(2 * entry.delay, self._maximum), now)

    def waits_since(self, key: str, event_time: int, now: int) -> bool:
        """Whether the delay, counted from `event_time`, has not expired yet."""
        entry = self._entries.get(key)
        return entry is not None and not self._expired(entry, event_time) and now - event_time < entry.delay

    def waits_since_update(self, key: str, now: int) -> bool:
        """Whether the delay, counted from the time it was decided, has not expired yet."""
        entry = self._entries.get(key)
        return entry is not None and not self._expired(entry, now) and now - entry.updated < entry.delay

    def _expired(self, entry: Entry, event_time: int) -> bool:
        return event_time - entry.updated > 2 * self._maximum  # RST-11
