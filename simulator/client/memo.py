"""Answers about API objects that are kept until the object is replaced: objects never change, another version is another object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Any)
V = TypeVar("V")

MOST = 20_000
"""Objects whose answers are kept; beyond that all are forgotten, and worked out anew when they are asked for."""


class Remembered(Generic[T, V]):
    """A pure function of one object. Asked about the same version of it again, it gives the same answer without work."""

    def __init__(self, derive: Callable[[T], V]) -> None:
        self._derive = derive
        self._known: dict[str, tuple[T, V]] = {}

    def __call__(self, item: T) -> V:
        """The answer about `item`."""
        uid = item.metadata.uid
        known = self._known.get(uid)
        if known is not None and known[0] is item:
            return known[1]
        if len(self._known) >= MOST:
            self._known.clear()
        answer = self._derive(item)
        self._known[uid] = item, answer
        return answer


def remembered(derive: Callable[[T], V]) -> Remembered[T, V]:
    """As a decorator of a pure function of one object."""
    return Remembered(derive)
