"""The explanation of each object at every change, and of everything that is not ready."""

from __future__ import annotations

from bisect import bisect_left

import msgspec

from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.views.page.related import Changes, sampled
from simulator.views.styled import plain
from simulator.views.why.because import Because
from simulator.views.why.lines import lines
from simulator.views.why.question import EXPLAINERS, explain, explain_unready

WIDTH = 80
"""Columns of the text."""
MOST_QUESTIONS = 6000
"""Up to this many explanations, objects are explained whenever anything happens; beyond that only at their own changes."""


FEW_KEYS, FEW = 200, 20
"""With more objects than this, they are explained at so many instants of the run."""
EVERYTHING = Key("", "", "")
"""Stands for all objects: why pods are not ready."""


class Reason(msgspec.Struct, frozen=True):
    """An explanation, from when on it holds (nanoseconds), and the places that it names (`app.yaml:31`): the root cause's first."""

    t: int
    text: str
    places: tuple[str, ...] = ()


def reasons(end: Snapshot, changes: Changes, keys: list[Key]) -> dict[Key, list[Reason]]:
    """For each object its explanations; those of `EVERYTHING` only for runs of moderate size."""
    versions: dict[Key, list[Reason]] = {key: [] for key in keys if key.kind in EXPLAINERS}
    due_at, is_small = _due_at(end, changes, list(versions))
    if is_small:
        versions[EVERYTHING] = []
    for t, due in due_at:
        snapshot = end.at(t)
        present = [key for key in due if snapshot.get(key) is not None]
        current = {key: Reason(t, "") for key in due}
        current |= {key: _reason(t, [tree]) for key, tree in zip(present, explain(snapshot, present), strict=True)}
        if is_small:
            current[EVERYTHING] = _reason(t, explain_unready(snapshot, None))
        for key, reason in current.items():
            last = versions[key][-1] if versions[key] else None
            if last is None or (last.text, last.places) != (reason.text, reason.places):
                versions[key].append(reason)
    return versions


def _reason(t: int, trees: list[Because]) -> Reason:
    places = [tree.root_cause.place for tree in trees] + [node.place for tree in trees for node in tree.walk()]
    text = "".join(plain(lines(tree, WIDTH)) for tree in trees)
    return Reason(t, text, tuple(dict.fromkeys(place for place in places if place)))


def _due_at(end: Snapshot, changes: Changes, keys: list[Key]) -> tuple[list[tuple[int, list[Key]]], bool]:
    """The instants to explain, in order, with the objects to explain at each; and whether these are all objects at all instants.

    A large run has `FEW` instants: each object is explained at the next one after each of its changes.
    """
    facts: dict[Key, set[int]] = {}
    for fact in end.facts():
        facts.setdefault(fact.about, set()).add(fact.t)
    everything = sorted(t for t in {write.t for write in end.writes()}.union(*facts.values()) if t >= 0)
    if len(keys) * len(everything) <= MOST_QUESTIONS:
        return [(t, keys) for t in everything], True
    instants = everything if len(keys) <= FEW_KEYS else sampled(everything, FEW)
    due: dict[int, list[Key]] = {}
    for key in keys:
        own = {*changes.instants.get(key, []), *facts.get(key, ())}
        for i in {min(bisect_left(instants, t), len(instants) - 1) for t in own}:
            due.setdefault(instants[i], []).append(key)
    return sorted(due.items()), False
