"""Dry runs: requests are carried out over a store that forgets what they write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from simulator.api.server import ApiServer
from simulator.journal.records import NO_CAUSE, Cause
from simulator.journal.store import Store
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of

T = TypeVar("T", bound=Any)


@contextmanager
def dry_run(api: ApiServer) -> Iterator[ApiServer]:
    """The API as it answers `dryRun=All`: nothing is stored, no watcher is called, and no later random draw changes."""
    streams = api.engine.streams
    kept = streams.exchange({})
    try:
        yield api.over(_DryStore(api.store))
    finally:
        streams.exchange(kept)


class _DryStore(Store):
    """Reads the objects of a store. `get` also sees what was written here, which the store never learns."""

    def __init__(self, real: Store) -> None:
        vars(self).update(vars(real))
        self._written: dict[Key, Object | None] = {}

    def get(self, key: Key) -> Object | None:
        return self._written[key] if key in self._written else super().get(key)

    def put(self, item: T, cause: Cause = NO_CAUSE) -> T:
        """Returns the object with the version of the one that is stored."""
        before = super().get(key_of(item))
        version = before.metadata.resource_version if before is not None else ""
        stored: T = evolve(item, metadata=evolve(item.metadata, resource_version=version))
        self._written[key_of(item)] = stored
        return stored

    def remove(self, key: Key, cause: Cause = NO_CAUSE) -> Object | None:
        before = self.get(key)
        self._written[key] = None
        return before
