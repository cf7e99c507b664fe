"""Why each object was as it was, from one change to the next."""

from __future__ import annotations

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.views.page.related import Changes
from simulator.views.styled import plain
from simulator.views.why.lines import lines
from simulator.views.why.question import EXPLAINERS, explain

WIDTH = 80
"""Columns of the text."""
MOST_QUESTIONS = 6000
"""As long as no more than so many have to be asked, each object is asked about at each instant at which anything happened; else only
when something happened to it."""


def reasons(end: Snapshot, changes: Changes, keys: list[Key]) -> dict[Key, list[tuple[int, str]]]:
    """For each object the instants (ns) since which a text holds, and the text."""
    told: dict[Key, list[tuple[int, str]]] = {key: [] for key in keys if key.kind in EXPLAINERS}
    for t, asked in _questions(end, changes, list(told)):
        snapshot = end.at(t)
        present = [key for key in asked if snapshot.get(key) is not None]
        texts = dict.fromkeys(asked, "") | dict(
            zip(present, (plain(lines(tree, WIDTH)) for tree in explain(snapshot, present)), strict=True)
        )
        for key, text in texts.items():
            if not told[key] or told[key][-1][1] != text:
                told[key].append((t, text))
    return told


def _questions(end: Snapshot, changes: Changes, keys: list[Key]) -> list[tuple[int, list[Key]]]:
    """The instants at which to ask, in order, and about which objects."""
    facts: dict[Key, set[int]] = {}
    for fact in end.facts():
        facts.setdefault(fact.about, set()).add(fact.t)
    everything = sorted(t for t in {write.t for write in end.writes()}.union(*facts.values()) if t >= 0)
    if len(keys) * len(everything) <= MOST_QUESTIONS:
        return [(t, keys) for t in everything]
    asked: dict[int, list[Key]] = {}
    for key in keys:
        for t in {*changes.instants.get(key, []), *facts.get(key, ())}:
            asked.setdefault(t, []).append(key)
    return sorted(asked.items())
