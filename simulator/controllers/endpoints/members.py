"""The pods behind a Service and what each adds to its endpoints, updated with each change. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")


class Change(NamedTuple, Generic[V]):
    """What a pod added to the endpoints and what it adds now; None: nothing. `rank` is its place in the order of creation."""

    rank: int
    before: V | None
    after: V | None


class Members(Generic[V]):
    """What each pod adds, by uid. Pods get their rank when they are first put: put them in order of creation."""

    def __init__(self, pods: Iterable[tuple[str, V | None]] = ()) -> None:
        self._ranks: dict[str, int] = {}
        self._values: dict[str, V] = {}
        self._count = 0
        for uid, value in pods:
            self.put(uid, value)

    def put(self, uid: str, value: V | None) -> Change[V]:
        """A pod was created or changed."""
        rank = self._ranks.get(uid)
        if rank is None:
            self._count += 1
            rank = self._ranks[uid] = self._count
        before = self._values.pop(uid, None)
        if value is not None:
            self._values[uid] = value
        return Change(rank, before, value)

    def remove(self, uid: str) -> Change[V]:
        """A pod is gone; nothing changes when it was never put."""
        return Change(self._ranks.pop(uid, 0), self._values.pop(uid, None), None)

    def ranked(self) -> list[tuple[int, V]]:
        """What the pods add, with their ranks, in order of creation."""
        return sorted(((self._ranks[uid], value) for uid, value in self._values.items()), key=itemgetter(0))
