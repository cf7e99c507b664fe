"""The explanation of each object at every change."""

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
"""Up to this many explanations, objects are explained whenever anything happens; beyond that only at their own changes."""


def reasons(end: Snapshot, changes: Changes, keys: list[Key]) -> dict[Key, list[tuple[int, str]]]:
    """For each object its texts, each with the instant (ns) from which on it holds."""
    versions: dict[Key, list[tuple[int, str]]] = {key: [] for key in keys if key.kind in EXPLAINERS}
    for t, due in _due_at(end, changes, list(versions)):
        snapshot = end.at(t)
        present = [key for key in due if snapshot.get(key) is not None]
        texts = dict.fromkeys(due, "") | dict(zip(present, (plain(lines(tree, WIDTH)) for tree in explain(snapshot, present)), strict=True))
        for key, text in texts.items():
            if not versions[key] or versions[key][-1][1] != text:
                versions[key].append((t, text))
    return versions


def _due_at(end: Snapshot, changes: Changes, keys: list[Key]) -> list[tuple[int, list[Key]]]:
    """The instants to explain, in order, with the objects to explain at each."""
    facts: dict[Key, set[int]] = {}
    for fact in end.facts():
        facts.setdefault(fact.about, set()).add(fact.t)
    everything = sorted(t for t in {write.t for write in end.writes()}.union(*facts.values()) if t >= 0)
    if len(keys) * len(everything) <= MOST_QUESTIONS:
        return [(t, keys) for t in everything]
    due: dict[int, list[Key]] = {}
    for key in keys:
        for t in {*changes.instants.get(key, []), *facts.get(key, ())}:
            due.setdefault(t, []).append(key)
    return sorted(due.items())
