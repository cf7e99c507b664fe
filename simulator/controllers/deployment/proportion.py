"""Scaling a Deployment that is on its way from one revision to the next: every ReplicaSet gets its share (sync.go scale). Pure."""

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


def proportional_sizes(replicas: int, surge: int, status_replicas: int, shares: Sequence[Share]) -> dict[str, int]:
    """The new size of each set, when `replicas` pods are wanted from now on.

    Larger sets come first; of equal ones the younger when pods are added and the older when they are removed. What rounding leaves over
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
    if ordered and to_add:
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
