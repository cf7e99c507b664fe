"""What becomes of an expectation: whether it holds, what happened instead, why, and the commands that show it."""

from __future__ import annotations

from typing import NamedTuple

from simulator.metrics import Story
from simulator.metrics.selection import Selection
from simulator.metrics.timeline import Span
from simulator.objects.kinds import Key, kind_of_key
from simulator.scenario.spec import Expectation
from simulator.units import MILLISECOND, short_duration

MOST_NAMED = 5
"""Objects that a sentence names; the rest is counted."""


class Case(NamedTuple):
    """An expectation, and the run that it is held against. `chosen` are those that it is about; `end` is the last instant of the run."""

    expectation: Expectation
    story: Story
    chosen: Selection
    end: int

    def option(self, name: str) -> int | None:
        """An instant or a duration that is given, in nanoseconds."""
        found = self.expectation.options.get(name)
        return found if isinstance(found, int) else None

    @property
    def window(self) -> Span:
        """When it is to hold: at an instant, or from `from` until `until`; else during the whole run."""
        at = self.option("at")
        if at is not None:
            return Span(at, at)
        begin, until = self.option("from"), self.option("until")
        return Span(self.story.snapshot.writes()[0].t if begin is None else begin, self.end if until is None else until)

    def name(self, key: Key) -> str:
        """An object as a user names it: `pod/web-1`, with its namespace where that is not the run's own."""
        text = f"{kind_of_key(key).singular}/{key.name}"
        home = self.story.snapshot.header.namespace or "default"
        return text if key.namespace in ("", home) else f"{key.namespace}/{text}"

    @property
    def too_late(self) -> int | None:
        """An instant that it asks about and that the run did not reach; None: there is none."""
        return self.expectation.latest if self.expectation.latest > self.end else None


class Finding(NamedTuple):
    """What a check finds: whether it holds, sentences about what happened, and whom to ask why, at which instant."""

    holds: bool
    happened: tuple[str, ...]
    blame: Key | None = None
    t: int | None = None


class Verdict(NamedTuple):
    """The end of it, in words only. `shows` are commands; `why` is a tree as lines; `seeds` those with which it does not hold."""

    text: str
    file: str
    line: int
    holds: bool
    expected: str
    happened: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    seeds: tuple[int, ...] = ()

    @property
    def place(self) -> str:
        """Where it is written: `web.podsim.yaml:7`."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file

    def lines(self) -> list[str]:
        """All of it, for reading."""
        found = [f"expected  {self.expected}"]
        if self.seeds:
            found.append(f"seeds     does not hold under {', '.join(str(seed) for seed in self.seeds)}")
        for title, texts in (("happened", self.happened), ("why", self.why), ("show", self.shows)):
            found += [f"{title if i == 0 else '':<10}{text}" for i, text in enumerate(texts)]
        return found


def instant(t: int) -> str:
    """An instant, to the millisecond: `31.2s`."""
    return short_duration(round(t / MILLISECOND) * MILLISECOND)


def few(texts: list[str]) -> tuple[str, ...]:
    """The first ones, and how many more there are."""
    more = len(texts) - MOST_NAMED
    return (*texts[:MOST_NAMED], f"and {more} more") if more > 0 else tuple(texts)
