"""A run prepared for playing: what costs time to read is read once, so that a frame at any instant is a look-up."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import PodLane, Timeline, timeline
from simulator.objects.kinds import Key
from simulator.units import MILLISECOND
from simulator.views.story.entry import Entry
from simulator.views.story.tell import Choice, repeats
from simulator.views.story.tell import story as tell
from simulator.views.timeline_text import Focus, axis_end, chosen

TOGETHER = 100 * MILLISECOND
"""Things that follow each other faster than this are one event to somebody who jumps from event to event."""


@dataclass(frozen=True, eq=False)
class Film:
    """A run from `begin` to `end` (nanoseconds). Two films are equal only if they are the same one, so that plans can be kept by film.

    `story` has all pods that are asked for; `drawn` those of them that get bars, `hidden` the births of the others by workload.
    `entries` tells what happened, repetitions one by one; `first_of[i]` is the entry that the i-th repeats (itself: it is new).
    `stops` are the instants to jump to, `actions` those at which the user did something.
    """

    snapshot: Snapshot
    namespace: str | None
    story: Timeline
    drawn: tuple[PodLane, ...]
    hidden: dict[str, tuple[int, ...]]
    begin: int
    end: int
    entries: tuple[Entry, ...]
    first_of: tuple[int, ...]
    stops: tuple[int, ...]
    actions: tuple[int, ...]

    def told(self, t: int) -> int:
        """How many entries there are up to `t`."""
        return bisect_right(self.entries, t, key=lambda entry: entry.t)

    @property
    def most_pods(self) -> int:
        """How many pods there are at once, at most."""
        return most_at_once(self.story.pods)


def most_at_once(pods: tuple[PodLane, ...]) -> int:
    """How many of these pods there are at once, at most: who goes makes room before who comes."""
    changes = [(pod.life.begin, 1) for pod in pods] + [(pod.life.end, -1) for pod in pods if pod.life.end is not None]
    here = most = 0
    for _, change in sorted(changes):
        here += change
        most = max(most, here)
    return most


def film(snapshot: Snapshot, namespace: str | None = None, focus: Focus = Focus()) -> Film | None:  # noqa: B008 (a frozen value)
    """Prepare what the focus asks for (its instants become begin and end); None when there is nothing of that to show."""
    whole = timeline(snapshot, namespace)
    story = whole._replace(pods=tuple(pod for pod in whole.pods if focus.shows(pod)))
    if not story.pods and (focus.pods or not story.services):
        return None
    drawn, hidden = (list(story.pods), dict[str, int]()) if focus.every else chosen(story)
    there = {pod.key for pod in drawn}
    births = {name: tuple(pod.life.begin for pod in story.pods if pod.workload == name and pod.key not in there) for name in hidden}
    end = axis_end(story) if focus.until is None else min(focus.until, story.end)
    begin = min(focus.since or 0, end - 1)
    about = {pod.key for pod in story.pods} if focus.pods else None
    entries = tuple(_entries(snapshot, about, namespace))
    first_of = tuple(repeats(entries))
    return Film(
        snapshot,
        namespace,
        story,
        tuple(drawn),
        births,
        begin,
        end,
        entries,
        first_of,
        tuple(_stops(entries, first_of, begin, end)),
        tuple(fact.t for fact in snapshot.facts("action")),
    )


def _entries(snapshot: Snapshot, about: set[Key] | None, namespace: str | None) -> list[Entry]:
    told = tell(snapshot, about, Choice(fold=False)).entries
    return [entry for entry in told if namespace is None or entry.about.namespace in ("", namespace)]


def _stops(entries: tuple[Entry, ...], first_of: tuple[int, ...], begin: int, end: int) -> list[int]:
    """The last instant of each burst of news: in whole milliseconds, rounded up, so that what is told then has happened."""
    news = [entry.t for i, entry in enumerate(entries) if first_of[i] == i and entry.thing != "log"]
    lasts = [t for t, after in zip(news, [*news[1:], None], strict=True) if after is None or after - t > TOGETHER]
    return [stop for stop in (-(-t // MILLISECOND) * MILLISECOND for t in lasts) if begin <= stop <= end]
