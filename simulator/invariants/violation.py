"""An invariant, and one place of a run where it does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.units import seconds, short_duration


class Violation(NamedTuple):
    """At `t` (nanoseconds since the start) something is not true of an object. `revision` is that of the write, 0: no write."""

    t: int
    about: Key
    message: str
    revision: int = 0


class Invariant(NamedTuple):
    """A rule of Kubernetes, or of the journal, that every run obeys. `violations` is pure."""

    name: str
    rule: str
    source: str
    violations: Callable[[Snapshot], Iterator[Violation]]


class Lasting:
    """Things that may be untrue for a moment, until a component notices, but not for longer than `patience`."""

    def __init__(self, patience: int) -> None:
        self._patience = patience
        self._since: dict[Key, tuple[int, str]] = {}

    def look(self, t: int, about: Key, problem: str) -> Iterator[Violation]:
        """`problem` is what is untrue of an object from `t` on, empty: nothing. Yields a violation when the last problem was too old."""
        yield from self._judge(t, about)
        if problem:
            self._since[about] = (t, problem)

    def end(self, t: int) -> Iterator[Violation]:
        """What is still untrue at the end, for too long."""
        for about in list(self._since):
            yield from self._judge(t, about)

    def _judge(self, t: int, about: Key) -> Iterator[Violation]:
        since, problem = self._since.pop(about, (t, ""))
        if problem and t - since > self._patience:
            yield Violation(since, about, f"{problem}, for {short_duration(t - since)}")


def named(words: Iterable[str]) -> str:
    """Names in a message, the first five."""
    names = sorted(words)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def at(t: int) -> str:
    """An instant in a message."""
    return f"{seconds(t):g}s"
