"""Why each object was as it was, from one change to the next."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.views.page.related import Changes
from simulator.views.timeline_text import plain
from simulator.views.why.lines import lines
from simulator.views.why.question import EXPLAINERS, why

WIDTH = 80
"""Columns of the text."""
MOST_QUESTIONS = 6000
"""As long as no more than so many have to be asked, each object is asked about at each instant at which anything happened; else only
when something happened to it."""


def reasons(end: Snapshot, changes: Changes, keys: list[Key]) -> dict[Key, list[tuple[int, str]]]:
    """For each object the instants (ns) since which a text holds, and the text."""
    asked = [key for key in keys if key.kind in EXPLAINERS]
    everything = _instants(end)
    about = _facts(end)
    if len(asked) * len(everything) > MOST_QUESTIONS:
        return {key: _of(end, key, sorted({*changes.instants.get(key, []), *about.get(key, [])})) for key in asked}
    return {key: _of(end, key, everything) for key in asked}


def _instants(end: Snapshot) -> list[int]:
    return sorted({t for t in ({write.t for write in end.writes()} | {fact.t for fact in end.facts()}) if t >= 0})


def _facts(end: Snapshot) -> dict[Key, list[int]]:
    found: dict[Key, list[int]] = {}
    for fact in end.facts():
        found.setdefault(fact.about, []).append(fact.t)
    return found


def _of(end: Snapshot, key: Key, instants: list[int]) -> list[tuple[int, str]]:
    told: list[tuple[int, str]] = []
    for t in instants:
        snapshot = end.at(t)
        text = plain(lines(why(snapshot, key), WIDTH)) if snapshot.get(*key) is not None else ""
        if not told or told[-1][1] != text:
            told.append((t, text))
    return told
