"""A run prepared for replay: what is expensive is computed once, so that a frame at any instant is a lookup."""

from __future__ import annotations

from bisect import bisect_right

import msgspec

from simulator.journal.snapshot import Snapshot
from simulator.metrics.timeline import PodLane, Timeline, timeline
from simulator.objects.kinds import Key
from simulator.units import MILLISECOND
from simulator.views.story.collect import Choice, repeats
from simulator.views.story.collect import story as whole_story
from simulator.views.story.entry import Entry
from simulator.views.timeline.text import Focus, axis_end, chosen

TOGETHER = 100 * MILLISECOND
"""Entries closer together than this count as one stop when jumping from event to event."""


class Film(msgspec.Struct, frozen=True, eq=False):
    """A run from `begin` to `end` (nanoseconds). Films compare by identity, so that plans can be cached by film.

    `story` has all selected pods; `drawn` those that get bars, `hidden` the creation times of the others by workload.
    `entries` is the unfolded story; `first_of[i]` is the entry that the i-th repeats (itself: it is new).
    `stops` are the instants to jump to, `actions` those of the user's actions.
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

    def count_until(self, t: int) -> int:
        """The number of entries up to `t`."""
        return bisect_right(self.entries, t, key=lambda entry: entry.t)

    @property
    def most_pods(self) -> int:
        """The most pods that exist at once."""
        return most_at_once(self.story.pods)


def most_at_once(pods: tuple[PodLane, ...]) -> int:
    """The most of these pods that exist at once; a pod that goes at an instant does not overlap one that comes then."""
    changes = [(pod.life.begin, 1) for pod in pods] + [(pod.life.end, -1) for pod in pods if pod.life.end is not None]
    here = most = 0
    for _, change in sorted(changes):
        here += change
        most = max(most, here)
    return most


def film(snapshot: Snapshot, namespace: str | None = None, focus: Focus = Focus()) -> Film | None:  # noqa: B008 (a frozen value)
    """Prepare what the focus selects (its instants become begin and end); None when that is nothing."""
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
    entries = whole_story(snapshot, about, Choice(fold=False)).entries
    return [entry for entry in entries if namespace is None or entry.about.namespace in ("", namespace)]


def _stops(entries: tuple[Entry, ...], first_of: tuple[int, ...], begin: int, end: int) -> list[int]:
    """The last instant of each burst of new entries, rounded up to milliseconds so that all of the burst is shown there."""
    news = [entry.t for i, entry in enumerate(entries) if first_of[i] == i and entry.thing != "log"]
    lasts = [t for t, after in zip(news, [*news[1:], None], strict=True) if after is None or after - t > TOGETHER]
    return [stop for stop in (-(-t // MILLISECOND) * MILLISECOND for t in lasts) if begin <= stop <= end]
