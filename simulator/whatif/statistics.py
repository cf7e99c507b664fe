"""Distributions of measured values. A missing value (None: did not happen during the run) ranks above all others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

Z95 = 1.959964
"""How many standard deviations hold 95 % of a normal distribution."""


class Interval(NamedTuple):
    """A share of runs with its 95 % confidence interval (Wilson's, which is accurate for shares near 0 and 1)."""

    share: float
    low: float
    high: float


class Distribution(NamedTuple):
    """Values of many runs. Percentiles are values that occurred (nearest rank); None: the value is missing in the run of that rank."""

    runs: int
    never: int
    p5: float | None
    p50: float | None
    p95: float | None
    most: float | None


def distribution(values: Sequence[float | None]) -> Distribution:
    """The distribution of at least one value."""
    known = sorted(value for value in values if value is not None)
    ranked: list[float | None] = [*known, *[None] * (len(values) - len(known))]
    return Distribution(
        len(values),
        len(values) - len(known),
        percentile(ranked, 5),
        percentile(ranked, 50),
        percentile(ranked, 95),
        ranked[-1],
    )


def percentile(ranked: Sequence[float | None], percent: float) -> float | None:
    """The value that `percent` of the sorted values do not exceed."""
    return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)]


def share(hits: int, count: int) -> Interval:
    """`hits` of `count` runs as a share with its interval."""
    p = hits / count
    spread = 1 + Z95**2 / count
    middle = (p + Z95**2 / (2 * count)) / spread
    half = Z95 * math.sqrt(p * (1 - p) / count + Z95**2 / (4 * count**2)) / spread
    return Interval(p, max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half)))


def mean_difference(first: Sequence[float], second: Sequence[float]) -> Interval:
    """How much larger the second values are on average, paired by seed, with a 95 % interval (normal approximation)."""
    differences = [b - a for a, b in zip(first, second, strict=True)]
    count = len(differences)
    mean = sum(differences) / count
    if count < 2:
        return Interval(mean, mean, mean)
    variance = sum((d - mean) ** 2 for d in differences) / (count - 1)
    half = Z95 * math.sqrt(variance / count)
    return Interval(mean, mean - half, mean + half)
