"""Kubernetes releases and how they compare. A minor alone (`1.31`) means its last patch, or the one that was recorded."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

LAST_PATCH = 1_000_000
RECORDED = {(1, 36): 2}
"""Minors that changed back after the patch that was recorded; alone, they mean that patch."""


class Release(NamedTuple):
    """A release; `patch` is LAST_PATCH when only the minor was named."""

    major: int
    minor: int
    patch: int = LAST_PATCH

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}" + ("" if self.patch == LAST_PATCH else f".{self.patch}")


@lru_cache(maxsize=256)
def parse_release(text: str) -> Release:
    """The release in `1.32`, `v1.32.10` or `1.32.10+k3s1`. Raises ValueError."""
    match = re.match(r"v?(\d+)\.(\d+)(?:\.(\d+))?", text.strip())
    if match is None:
        raise ValueError(f"not a Kubernetes release: {text!r} (write 1.32 or 1.32.10)")
    major, minor, patch = match.groups()
    return Release(int(major), int(minor), LAST_PATCH if patch is None else int(patch))


@lru_cache(maxsize=4096)
def reached(release: Release, since: str) -> bool:
    """Whether `release` has a change that came with `since`.

    For a change that was backported to older minors, `since` has the patch of each: `1.30.10 1.31.6 1.32`.
    """
    if release.patch == LAST_PATCH:
        release = release._replace(patch=RECORDED.get(release[:2], LAST_PATCH))
    points = [parse_release(point)._replace(patch=0) if point.count(".") == 1 else parse_release(point) for point in since.split()]
    same_minor = [point for point in points if point[:2] == release[:2]]
    return release >= (same_minor[0] if same_minor else max(points))
