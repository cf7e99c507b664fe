"""The cheapest candidate of a range that is good enough, tried as few times as possible. Pure.

`holds` must change at most once over the range; each candidate is asked at most a handful of times, so it should remember its answers.
"""

from __future__ import annotations

from collections.abc import Callable

Holds = Callable[[int], bool]


def smallest(holds: Holds, first: int, last: int) -> int | None:
    """The smallest of `first` to `last` that holds, where larger ones hold too; None: not even `last` does.

    Doubles until one holds, then halves what lies between: small candidates are usually enough, and the costly large ones are not tried.
    """
    bad, good = first - 1, first
    while not holds(good):
        if good >= last:
            return None
        bad, good = good, min(last, max(2 * good, 1))
    return between(holds, good, bad)


def largest(holds: Holds, first: int, last: int) -> int | None:
    """The largest of `first` to `last` that holds, where smaller ones hold too; None: not even `first` does."""
    if not holds(first):
        return None
    good, bad, step = first, last + 1, max(1, first)
    while good + step < bad:
        if not holds(good + step):
            bad = good + step
            break
        good, step = good + step, step * 2
    return between(holds, good, bad)


def between(holds: Holds, good: int, bad: int) -> int:
    """The candidate nearest to `bad` that holds, by halving; `good` holds and `bad` does not, on either side of it."""
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good
