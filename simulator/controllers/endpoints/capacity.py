"""How many addresses Endpoints list at most (pkg/controller/endpoint truncateEndpoints). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

CAPACITY = 1000
TRUNCATED = "truncated"
"""The value of the annotation of Endpoints that do not list all addresses."""

Counts = tuple[int, int]
"""Of a subset: ready addresses, and those that are not."""


def truncated(subsets: Sequence[Counts]) -> list[Counts] | None:
    """How many addresses of each subset are listed; None: all.

    Ready ones come first. The rest is shared out in proportion, each share rounded up, so that the last subset may get less.
    """
    ready, unready = (sum(counts[side] for counts in subsets) for side in (0, 1))
    if ready + unready <= CAPACITY:
        return None
    if ready > CAPACITY:
        return [(count, 0) for count in _shares([counts[0] for counts in subsets], ready, CAPACITY)]
    shares = _shares([counts[1] for counts in subsets], unready, CAPACITY - ready)
    return [(counts[0], share) for counts, share in zip(subsets, shares, strict=True)]


def _shares(counts: Sequence[int], total: int, room: int) -> list[int]:
    shares, rest = [], room
    for count in counts:
        share = min(ceil(count / total * room), count, rest)
        shares.append(share)
        rest -= share
    return shares
