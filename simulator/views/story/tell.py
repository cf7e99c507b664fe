"""The story of some objects, or of all: records of the journal turned into entries, chosen, and folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from simulator.journal.records import Fact, LogLine, Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.event import Event
from simulator.objects.kinds import Key, Object
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.views.story import events, facts, objects, pods
from simulator.views.story.entry import Entry

REPEATING = frozenset(("probe", "event", "log", "wait", "pull", "back-off", "traffic"))
"""Things that may come again and again without anything else having happened."""


class Choice(NamedTuple):
    """What is told: things of `only` and components (globs; empty: all), from `since` to `until` (ns); `everything`: details, too."""

    only: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    everything: bool = False
    fold: bool = True


class Story(NamedTuple):
    """Entries in order, and how many details were left out."""

    entries: list[Entry]
    left_out: int = 0


def story(snapshot: Snapshot, about: Iterable[Key] | None = None, choice: Choice = Choice()) -> Story:  # noqa: B008 (a frozen value)
    """What happened up to the snapshot's instant; only to these objects and what they control, when some are given."""
    keys = None if about is None else family(snapshot, about)
    found = [entry for entry in _told(snapshot) if (keys is None or entry.about in keys) and _is_chosen(entry, choice)]
    shown = [entry for entry in found if choice.everything or not entry.detail or entry.thing in choice.only]
    return Story(folded(shown) if choice.fold else shown, len(found) - len(shown))


def _is_chosen(entry: Entry, choice: Choice) -> bool:
    if choice.only and entry.thing not in choice.only:
        return False
    if choice.components and not any(fnmatchcase(entry.component, glob) for glob in choice.components):
        return False
    return (choice.since is None or choice.since <= entry.t) and (choice.until is None or entry.t <= choice.until)


def _told(snapshot: Snapshot) -> Iterator[Entry]:
    """An entry for each thing that each record says."""
    last: dict[Key, Object] = {}
    known = facts.Known()
    exact = bool(snapshot.facts())
    for record in snapshot.records():
        if isinstance(record, Fact):
            entry = facts.told(record, known)
            if entry is not None:
                yield entry
        elif isinstance(record, LogLine):
            yield events.printed(record)
        else:
            if isinstance(record.item, Service) and record.item.spec.cluster_ip:
                known.addresses[record.item.spec.cluster_ip] = record.item.metadata.name
            yield from _write(record, last, exact=exact)


def _write(write: Write, last: dict[Key, Object], *, exact: bool) -> Iterator[Entry]:
    item, key = write.item, write.key
    if isinstance(item, Event):
        if write.type != "DELETED":
            yield events.told(write, item, exact=exact)
        return
    before = last.pop(key, None)
    if write.type != "DELETED":
        last[key] = item
    if isinstance(item, Pod):
        yield from pods.changes(write, item, before if isinstance(before, Pod) else None, exact=exact)
    else:
        yield from objects.changes(write, item, before, exact=exact)


def family(snapshot: Snapshot, about: Iterable[Key]) -> set[Key]:
    """These objects and everything that they control, directly or not, now or before."""
    children: dict[Key, set[Key]] = {}
    for write in snapshot.writes():
        for owner in write.item.metadata.owner_references:
            children.setdefault(Key(owner.kind, write.key.namespace, owner.name), set()).add(write.key)
    found: set[Key] = set()
    left = list(about)
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += children.get(key, ())
    return found


def repeats(entries: Sequence[Entry]) -> list[int]:
    """For each entry which one it repeats (itself: none): the same was told before, and nothing else happened to the object since."""
    found: list[int] = []
    going: dict[Key, dict[Entry, int]] = {}
    for i, entry in enumerate(entries):
        same = going.setdefault(entry.about, {})
        if entry.thing not in REPEATING:
            same.clear()
            found.append(i)
        else:
            found.append(same.setdefault(entry._replace(t=0), i))
    return found


def folded(entries: list[Entry]) -> list[Entry]:
    """Repetitions made one line: `×12 every 10s`."""
    found: dict[int, Entry] = {}
    for entry, first in zip(entries, repeats(entries), strict=True):
        before = found.get(first)
        found[first] = entry if before is None else before._replace(times=before.times + 1, last=entry.t)
    return list(found.values())
