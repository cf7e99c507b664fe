"""The story of some objects, or of all: records of the journal turned into entries, selected and folded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from simulator.journal.records import Fact, LogLine, Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.event import Event
from simulator.objects.globs import glob_matches
from simulator.objects.kinds import Key, Object
from simulator.objects.pod import Pod
from simulator.objects.service import Service
from simulator.views.story import events, facts, objects, pods
from simulator.views.story.entry import Entry

REPEATING = frozenset(("probe", "event", "log", "wait", "pull", "back-off", "traffic"))
"""Things that may repeat without anything else having happened."""


class Choice(NamedTuple):
    """Which entries to show: the kinds in `only` and the components (globs; empty: all), from `since` to `until` (ns).

    `everything`: include details. `fold`: make one line of repetitions.
    """

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
    """What happened up to the snapshot's instant; when objects are given, only to them and to what they control."""
    keys = None if about is None else family(snapshot, about)
    entries = _entries(snapshot, keys)
    selected = [entry for entry in entries if (keys is None or entry.about in keys) and _is_chosen(entry, choice)]
    shown = [entry for entry in selected if choice.everything or not entry.detail or entry.thing in choice.only]
    return Story(folded(shown) if choice.fold else shown, len(selected) - len(shown))


def _is_chosen(entry: Entry, choice: Choice) -> bool:
    if choice.only and entry.thing not in choice.only:
        return False
    if choice.components and not any(glob_matches(entry.component, glob) for glob in choice.components):
        return False
    return (choice.since is None or choice.since <= entry.t) and (choice.until is None or entry.t <= choice.until)


def _entries(snapshot: Snapshot, keys: set[Key] | None) -> Iterator[Entry]:
    """The entries of every record, in order; of those about some objects if they are given."""
    last: dict[Key, Object] = {}
    context = facts.Context()
    exact = bool(snapshot.facts())
    for service in () if keys is None else snapshot.known("Service"):
        for write in snapshot.writes(service):
            _note_address(write, context)
    for record in snapshot.records() if keys is None else snapshot.records_about(keys):
        if isinstance(record, Fact):
            entry = facts.fact_entry(record, context)
            if entry is not None:
                yield entry
        elif isinstance(record, LogLine):
            yield events.log_entry(record)
        else:
            _note_address(record, context)
            yield from _write(record, last, exact=exact)


def _note_address(write: Write, context: facts.Context) -> None:
    if isinstance(write.item, Service) and write.item.spec.cluster_ip:
        context.addresses[write.item.spec.cluster_ip] = write.item.metadata.name


def _write(write: Write, last: dict[Key, Object], *, exact: bool) -> Iterator[Entry]:
    item, key = write.item, write.key
    if isinstance(item, Event):
        if write.type != "DELETED":
            yield events.event_entry(write, item, exact=exact)
        return
    before = last.pop(key, None)
    if write.type != "DELETED":
        last[key] = item
    if isinstance(item, Pod):
        yield from pods.changes(write, item, before if isinstance(before, Pod) else None, exact=exact)
    else:
        yield from objects.changes(write, item, before, exact=exact)


def family(snapshot: Snapshot, about: Iterable[Key]) -> set[Key]:
    """These objects and everything they control or controlled, directly or not."""
    members: set[Key] = set()
    left = list(about)
    while left:
        key = left.pop()
        if key not in members:
            members.add(key)
            left += snapshot.controlled(key)
    return members


def repeats(entries: Sequence[Entry]) -> list[int]:
    """For each entry the index of the entry it repeats (its own: none): an equal one, with no other change of the object in between."""
    result: list[int] = []
    active: dict[Key, dict[Entry, int]] = {}
    for i, entry in enumerate(entries):
        same = active.setdefault(entry.about, {})
        if entry.thing not in REPEATING:
            same.clear()
            result.append(i)
        else:
            result.append(same.setdefault(entry._replace(t=0), i))
    return result


def folded(entries: list[Entry]) -> list[Entry]:
    """Repetitions folded into one line: `×12 every 10s`."""
    lines: dict[int, Entry] = {}
    for entry, first in zip(entries, repeats(entries), strict=True):
        before = lines.get(first)
        lines[first] = entry if before is None else before._replace(times=before.times + 1, last=entry.t)
    return list(lines.values())
