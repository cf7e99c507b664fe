"""Owners and dependents (pkg/controller/garbagecollector/graph_builder.go)."""

from __future__ import annotations

from simulator.objects.kinds import Key, Object


class Graph:
    """Dependents by the uid of their owner, which need not exist."""

    def __init__(self) -> None:
        self._dependents: dict[str, dict[Key, None]] = {}
        self._owners: dict[Key, tuple[str, ...]] = {}

    def note(self, key: Key, item: Object) -> None:
        """Add an object, or update its owners."""
        owners = tuple(ref.uid for ref in item.metadata.owner_references)
        if self._owners.get(key, ()) == owners:
            return
        self.forget(key)
        self._owners[key] = owners
        for uid in owners:
            self._dependents.setdefault(uid, {})[key] = None

    def forget(self, key: Key) -> None:
        """Remove an object."""
        for uid in self._owners.pop(key, ()):
            self._dependents.get(uid, {}).pop(key, None)

    def dependents(self, uid: str) -> list[Key]:
        """The dependents of an object, in order of creation."""
        return list(self._dependents.get(uid, {}))
