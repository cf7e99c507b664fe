"""Caches results per API object until it is replaced: objects are immutable, a new version is another object.

When a run has come to its end, the caches are emptied: they would keep its objects for as long as the process lives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Any)
V = TypeVar("V")

MOST = 200_000
"""The most objects with cached results; beyond that the cache is emptied."""

_caches: list[dict[str, Any]] = []


class Remembered(Generic[T, V]):
    """A pure function of one object, whose result is cached for the object's current version."""

    def __init__(self, derive: Callable[[T], V]) -> None:
        self._derive = derive
        self._known: dict[str, tuple[T, V]] = {}
        _caches.append(self._known)

    def __call__(self, item: T) -> V:
        """The result for `item`."""
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
    """Decorates a pure function of one object."""
    return Remembered(derive)


def forget_all() -> None:
    """Empty all caches."""
    for cache in _caches:
        cache.clear()
