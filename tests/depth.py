"""How much the longest tests try: a part of it with every change, all of it by `make test-deep` before a release."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

DEEP = bool(os.environ.get("PODSIM_TEST_DEEP"))
PART = 3
"""With every change, one of so many is tried."""


def tries(number: int) -> int:
    """How many examples to try of so many."""
    return number if DEEP else -(-number // PART)


def some(items: Sequence[T]) -> Sequence[T]:
    """All of them, or every third one, evenly spread."""
    return items if DEEP else items[::PART]
