"""Objects of a kind in groups, updated with each write, so that lookups do not go through all objects.

An `Index` has the members of a group, a `Census` their number by sort.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from simulator.objects.kinds import Key, Object

Grouping = Callable[[Any], Hashable]
"""The group of an object: a pure function of the object."""


class Index:
    """The groups of one kind by one function; each group is in order of creation."""

    def __init__(self, of: Grouping) -> None:
        self._of = of
        self._count = 0
        self._known: dict[Key, tuple[int, Hashable]] = {}
        self._groups: dict[Hashable, dict[Key, Object]] = {}
        self._unsorted: set[Hashable] = set()

    def put(self, key: Key, item: Object) -> None:
        """An object was created or changed; one that moves to another group keeps its place in the order of creation."""
        group = self._of(item)
        known = self._known.get(key)
        if known is None:
            self._count += 1
            self._known[key] = (self._count, group)
        elif known[1] != group:
            self._groups[known[1]].pop(key)
            self._known[key] = (known[0], group)
            self._unsorted.add(group)
        self._groups.setdefault(group, {})[key] = item

    def remove(self, key: Key) -> None:
        """An object was deleted."""
        _, group = self._known.pop(key)
        self._groups[group].pop(key)
        if not self._groups[group]:
            del self._groups[group]

    def among(self, picks: Callable[[Any], bool]) -> list[Object]:
        """The objects of all groups that `picks` selects."""
        return self.groups([value for value in self._groups if picks(value)])

    def groups(self, values: Iterable[Hashable]) -> list[Object]:
        """The objects of several groups, each named once."""
        present = [value for value in values if value in self._groups]
        if len(present) == 1:
            return self.group(present[0])
        members = [(self._known[key][0], item) for value in present for key, item in self._groups[value].items()]
        return [item for _, item in sorted(members, key=itemgetter(0))]

    def group(self, value: Hashable) -> list[Object]:
        """The objects of one group."""
        if value in self._unsorted:
            self._unsorted.discard(value)
            members = self._groups.get(value, {})
            self._groups[value] = {key: members[key] for key in sorted(members, key=lambda one: self._known[one][0])}
        return list(self._groups.get(value, {}).values())


class Census:
    """The number of objects in each group by what `sort` returns for them."""

    def __init__(self, of: Grouping, sort: Grouping) -> None:
        self._of = of
        self._sort = sort
        self._known: dict[Key, tuple[Hashable, Hashable]] = {}
        self._counts: dict[Hashable, dict[Hashable, int]] = {}

    def put(self, key: Key, item: Object) -> None:
        """An object was created or changed."""
        place = self._of(item), self._sort(item)
        if self._known.get(key) == place:
            return
        if key in self._known:
            self.remove(key)
        self._known[key] = place
        group = self._counts.setdefault(place[0], {})
        group[place[1]] = group.get(place[1], 0) + 1

    def remove(self, key: Key) -> None:
        """An object was deleted."""
        group, sort = self._known.pop(key)
        counts = self._counts[group]
        counts[sort] -= 1
        if not counts[sort]:
            del counts[sort]
        if not counts:
            del self._counts[group]

    def counts(self, value: Hashable) -> Mapping[Any, int]:
        """The sorts of one group."""
        return dict(self._counts.get(value, {}))
