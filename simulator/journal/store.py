"""The store: the current state of every API object. Components communicate only through it; each write is a record of the journal."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, TypeVar

from simulator.journal.index import Census, Grouping, Index
from simulator.journal.journal import Journal
from simulator.journal.records import NO_CAUSE, Cause, ChangeType, Write
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, Object, key_of

K = TypeVar("K")
T = TypeVar("T", bound=Any)
Kept = TypeVar("Kept", Index, Census)
Watcher = Callable[[Write, Object | None], None]


class Store:
    """Objects by key. `put` and `remove` are for the API server; they set resourceVersion and notify the watchers.

    A watcher is called at once with the record and the object's previous state; it may only take notes (fill a queue), never write.
    """

    def __init__(self, journal: Journal, now: Callable[[], int]) -> None:
        self.journal = journal
        self.revision = 0
        self._now = now
        self._objects: dict[Key, Object] = {}
        self._by_kind: dict[str, dict[Key, Object]] = {}
        self._indexes: dict[str, dict[Grouping, Index]] = {}
        self._censuses: dict[str, dict[tuple[Grouping, Grouping], Census]] = {}
        self._watchers: dict[str, list[Watcher]] = {}
        self._group_watchers: dict[tuple[str, Grouping], dict[Hashable, list[Watcher]]] = {}

    def get(self, key: Key) -> Object | None:
        """The object of that key, or None."""
        return self._objects.get(key)

    def objects(self, kind: str, namespace: str | None = None) -> list[Object]:
        """All objects of a kind in order of creation; of one namespace when it is given."""
        if namespace is None:
            return list(self._by_kind.get(kind, {}).values())
        return self.group(kind, _namespace, namespace)

    def count(self, kind: str) -> int:
        """How many objects of a kind there are."""
        return len(self._by_kind.get(kind, {}))

    def group(self, kind: str, of: Grouping, value: Hashable) -> list[Any]:
        """The objects of a kind for which `of` returns `value`, in order of creation. Indexes are cached by `of`: pass no lambda."""
        return self._index(kind, of).group(value)

    def among(self, kind: str, of: Grouping, picks: Callable[[Any], bool]) -> list[Any]:
        """The objects of a kind for which `of` returns a group that `picks` selects, in order of creation."""
        return self._index(kind, of).among(picks)

    def groups(self, kind: str, of: Grouping, values: Iterable[Hashable]) -> list[Any]:
        """The objects of a kind for which `of` returns one of `values` (each given once), in order of creation."""
        return self._index(kind, of).groups(values)

    def census(self, kind: str, of: Grouping, sort: Grouping, value: Hashable) -> Mapping[Any, int]:
        """The number of objects of that group by sort; `sort` is a module-level function, too."""
        censuses = self._censuses.setdefault(kind, {})
        census = censuses.get((of, sort))
        if census is None:
            census = censuses[of, sort] = self._filled(Census(of, sort), kind)
        return census.counts(value)

    def _index(self, kind: str, of: Grouping) -> Index:
        indexes = self._indexes.setdefault(kind, {})
        index = indexes.get(of)
        if index is None:
            index = indexes[of] = self._filled(Index(of), kind)
        return index

    def _filled(self, index: Kept, kind: str) -> Kept:
        for key, item in self._by_kind.get(kind, {}).items():
            index.put(key, item)
        return index

    def _kept_by(self, kind: str) -> Iterable[Index | Census]:
        return (*self._indexes.get(kind, {}).values(), *self._censuses.get(kind, {}).values())

    def typed(self, kind: type[K], namespace: str | None = None) -> list[K]:
        """As `objects`, for one of our own types."""
        return [item for item in self.objects(kind.__name__, namespace) if isinstance(item, kind)]

    def kinds(self) -> list[str]:
        """The names of the kinds with at least one object."""
        return sorted(kind for kind, items in self._by_kind.items() if items)

    def known(self, kind: str | None = None) -> list[Key]:
        """Every key that was ever written, of one kind when it is given."""
        return self.journal.keys(kind)

    def watch(self, kinds: str | Iterable[str], watcher: Watcher) -> None:
        """Call `watcher` for every later write of these kinds (`*`: all kinds)."""
        for kind in [kinds] if isinstance(kinds, str) else kinds:
            self._watchers.setdefault(kind, []).append(watcher)

    def unwatch(self, kinds: Iterable[str], watcher: Watcher) -> None:
        """Do not call `watcher` for these kinds any more."""
        for kind in kinds:
            self._watchers[kind].remove(watcher)

    def watch_group(self, kind: str, of: Grouping, value: Hashable, watcher: Watcher) -> None:
        """Call `watcher` for every later write of an object of this kind for which `of` returns `value`; others cost it nothing."""
        groups = self._group_watchers.get((kind, of))
        if groups is None:
            groups = self._group_watchers[kind, of] = {}
            self.watch(kind, _dispatcher(of, groups))
        groups.setdefault(value, []).append(watcher)

    def unwatch_group(self, kind: str, of: Grouping, value: Hashable, watcher: Watcher) -> None:
        """Do not call `watcher` of that group any more."""
        self._group_watchers[kind, of][value].remove(watcher)

    def put(self, item: T, cause: Cause = NO_CAUSE) -> T:
        """Create or replace an object; returns it with its new resourceVersion."""
        key = key_of(item)
        before = self._objects.get(key)
        self.revision += 1
        stored: T = evolve(item, metadata=evolve(item.metadata, resource_version=str(self.revision)))
        self._objects[key] = stored
        self._by_kind.setdefault(key.kind, {})[key] = stored
        for index in self._kept_by(key.kind):
            index.put(key, stored)
        self._tell("MODIFIED" if before is not None else "ADDED", stored, before, cause)
        return stored

    def remove(self, key: Key, cause: Cause = NO_CAUSE) -> Object | None:
        """Delete an object; returns its last state, or None when there was none."""
        before = self._objects.pop(key, None)
        if before is None:
            return None
        del self._by_kind[key.kind][key]
        for index in self._kept_by(key.kind):
            index.remove(key)
        self.revision += 1
        last: Object = evolve(before, metadata=evolve(before.metadata, resource_version=str(self.revision)))
        self._tell("DELETED", last, before, cause)
        return last

    def _tell(self, change: ChangeType, item: Object, before: Object | None, cause: Cause) -> None:
        record = Write(self._now(), self.revision, change, item, cause)
        self.journal.append(record)
        for watcher in (*self._watchers.get(record.key.kind, ()), *self._watchers.get("*", ())):
            watcher(record, before)


def _dispatcher(of: Grouping, groups: Mapping[Hashable, list[Watcher]]) -> Watcher:
    def dispatch(write: Write, before: Object | None) -> None:
        for watcher in groups.get(of(write.item), ()):
            watcher(write, before)

    return dispatch


def _namespace(item: Object) -> str:
    return item.metadata.namespace
