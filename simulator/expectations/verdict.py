"""The verdict on an expectation: whether it holds, what happened instead, why, and the commands that show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from simulator.metrics import Story
from simulator.metrics.selection import Selection
from simulator.metrics.timeline import Span
from simulator.objects.kinds import Key, kind_of_key
from simulator.scenario.spec import Expectation
from simulator.units import MILLISECOND, short_duration

MOST_NAMED = 5
"""How many objects a sentence names; the others are counted."""


class Case(NamedTuple):
    """An expectation and the run it is about. `chosen`: the objects it selects; `end`: the last time of the run."""

    expectation: Expectation
    story: Story
    chosen: Selection
    end: int

    def option(self, name: str) -> int | None:
        """A time or a duration of the expectation, in nanoseconds."""
        value = self.expectation.options.get(name)
        return value if isinstance(value, int) else None

    @property
    def window(self) -> Span:
        """When it must hold: at a time, or from `from` until `until`; by default during the whole run."""
        at = self.option("at")
        if at is not None:
            return Span(at, at)
        begin, until = self.option("from"), self.option("until")
        return Span(self.story.snapshot.writes()[0].t if begin is None else begin, self.end if until is None else until)

    def name(self, key: Key) -> str:
        """An object as a user names it: `pod/web-1`, with its namespace where that is not the default of the run."""
        text = f"{kind_of_key(key).singular}/{key.name}"
        home = self.story.snapshot.header.namespace or "default"
        return text if key.namespace in ("", home) else f"{key.namespace}/{text}"

    @property
    def too_late(self) -> int | None:
        """A time that the expectation names and the run did not reach; None: there is none."""
        return self.expectation.latest if self.expectation.latest > self.end else None


class Finding(NamedTuple):
    """What a check found: whether it holds, sentences about what happened, and the object and time that `podsim why` explains."""

    holds: bool
    happened: tuple[str, ...]
    blame: Key | None = None
    t: int | None = None


class Failure(NamedTuple):
    """One object for which an expectation does not hold: what happened, and when."""

    text: str
    key: Key
    t: int


def failed(failures: Sequence[Failure]) -> Finding:
    """The finding that these objects fail; the first one is explained."""
    return Finding(False, few([failure.text for failure in failures]), failures[0].key, failures[0].t)


class Verdict(NamedTuple):
    """The result in words only. `shows`: commands; `why`: a tree as lines; `seeds`: those with which it does not hold.

    `rests_on`: the assumptions that it rests on, in words: of the workloads it is about, and of those they waited for.
    """

    text: str
    file: str
    line: int
    holds: bool
    expected: str
    happened: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()
    rests_on: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where the expectation is: `web.podsim.yaml:7`."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    def lines(self) -> list[str]:
        """All of it as text."""
        rows = [f"expected  {self.expected}"]
        if self.seeds:
            rows.append(f"seeds     failed with {', '.join(str(seed) for seed in self.seeds)}")
        for title, texts in (("happened", self.happened), ("why", self.why), ("show", self.shows)):
            rows += [f"{title if i == 0 else '':<10}{text}" for i, text in enumerate(texts)]
        return rows

    @property
    def strict(self) -> Verdict:
        """The same, but it does not hold when it rests on an assumption."""
        if not self.holds or not self.rests_on:
            return self
        happened = f"it holds, but rests on {len(self.rests_on)} assumption{'s' if len(self.rests_on) > 1 else ''}:"
        return self._replace(holds=False, happened=(happened, *few(list(self.rests_on))))


def instant(t: int) -> str:
    """A time to the millisecond: `31.2s`."""
    return short_duration(round(t / MILLISECOND) * MILLISECOND)


def few(texts: list[str]) -> tuple[str, ...]:
    """The first few, and how many more there are."""
    more = len(texts) - MOST_NAMED
    return (*texts[:MOST_NAMED], f"and {more} more") if more > 0 else tuple(texts)
