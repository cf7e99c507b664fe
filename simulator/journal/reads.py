"""What can be read from a cluster, running or recorded: the store and a snapshot both satisfy it."""

from __future__ import annotations

from typing import Protocol, TypeVar

from simulator.objects.kinds import Key, Object

K = TypeVar("K")


class Reads(Protocol):
    """The objects at one instant. A store gives them in order of creation, a snapshot by namespace and name."""

    def get(self, key: Key) -> Object | None:
        """The object of that key, or None."""

    def typed(self, kind: type[K], namespace: str | None = None) -> list[K]:
        """All objects of one of our own types, of one namespace when it is given."""

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind, of one namespace when it is given."""

    def known(self, kind: str | None = None) -> list[Key]:
        """Every key that was written so far, those of deleted objects included; of one kind when it is given."""
