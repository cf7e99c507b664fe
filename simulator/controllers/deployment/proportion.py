"""Scaling a Deployment during a rollout: every ReplicaSet gets its share (sync.go scale). Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple


class Share(NamedTuple):
    """An active ReplicaSet: name, size, age (a greater number is younger), and the most pods there could be when it got its size."""

    name: str
    replicas: int
    age: int
    max_before: int | None
    available: int = 0
    noted: int | None = None
    """The replicas of the Deployment when the set got its size."""


def sizes_after_scaling(
    replicas: int, surge: int, status_replicas: int, new: Share | None, old: Sequence[Share], *, rolls: bool
) -> dict[str, int]:
    """The sizes of ReplicaSets after the number of replicas has changed; `old` from the oldest. Sets that keep theirs may be left out.

    A single set with pods, or else the newest set, gets all replicas. A complete new set leaves none for the old ones. Otherwise a
    Deployment with rolling updates gives every set its share.
    """
    active = [item for item in [*old, *([] if new is None else [new])] if item.replicas]
    if len(active) <= 1:
        only = active[0] if active else new or (old[-1] if old else None)
        return {} if only is None else {only.name: replicas}
    if new is not None and (new.replicas, new.noted, new.available) == (replicas, replicas, replicas):
        return {item.name: 0 for item in old}
    return proportional_sizes(replicas, surge, status_replicas, active) if rolls else {}


def proportional_sizes(replicas: int, surge: int, status_replicas: int, shares: Sequence[Share]) -> dict[str, int]:
    """The new size of each set for the new number of `replicas`.

    Larger sets come first; of equal ones the younger when pods are added and the older when they are removed. The rest from rounding
    goes to the first.
    """
    to_add = (replicas + surge if replicas > 0 else 0) - sum(item.replicas for item in shares)
    direction = -1 if to_add > 0 else 1
    ordered = sorted(shares, key=lambda item: (-item.replicas, direction * item.age, item.name)) if to_add else list(shares)
    sizes, added = {}, 0
    for item in ordered:
        change = _proportion(item, replicas, surge, status_replicas, to_add, added)
        sizes[item.name] = item.replicas + change
        added += change
    if ordered:
        first = ordered[0].name
        sizes[first] = max(0, sizes[first] + to_add - added)
    return sizes


def _proportion(item: Share, replicas: int, surge: int, status_replicas: int, to_add: int, added: int) -> int:
    if item.replicas == 0 or to_add in (0, added):
        return 0
    fraction, allowed = _fraction(item, replicas, surge, status_replicas), to_add - added
    return min(fraction, allowed) if to_add > 0 else max(fraction, allowed)


def _fraction(item: Share, replicas: int, surge: int, status_replicas: int) -> int:
    if replicas == 0:
        return -item.replicas
    before = item.max_before or status_replicas
    if not before:
        return 0
    size = item.replicas * (replicas + surge) / before
    return math.floor(size + 0.5) - item.replicas
