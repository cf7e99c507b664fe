"""The journal as a stream: what a watch that was opened at some instant has received by now."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from simulator.journal.records import ChangeType, Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key, Object


class Change(NamedTuple):
    """An event of a watch: time (nanoseconds), type, and the object."""

    t: int
    type: ChangeType
    item: Object


def changes(kind: str, since: Snapshot, snapshot: Snapshot, matches: Callable[[Object], bool] = lambda _item: True) -> Iterator[Change]:
    """The changes of a kind between two instants, of objects that match.

    As the API server filters: an object that starts to match is ADDED, one that stops matching is DELETED, in its last matching state.
    """
    last: dict[Key, Object] = {}
    for write in _writes(kind, snapshot):
        key = write.key
        before, now = last.pop(key, None), matches(write.item)
        if now and write.type != "DELETED":
            last[key] = write.item
        if since.covers(write):
            continue
        if now:
            type_: ChangeType = write.type if write.type == "DELETED" else "MODIFIED" if before is not None else "ADDED"
            yield Change(write.t, type_, write.item)
        elif before is not None:
            yield Change(write.t, "DELETED", before)


def last_change(writes: Sequence[Write]) -> int:
    """When the spec of an object last changed, given all its writes; the creation is the first change."""
    if not writes:
        return 0
    changed = [after.t for before, after in pairwise(writes) if _version(after) != _version(before)]
    return changed[-1] if changed else writes[0].t


def _version(write: Write) -> tuple[str, int | None]:
    """What differs between two states of an object with different specs. A new object of the same name is a change, too."""
    return write.item.metadata.uid, write.item.metadata.generation


def _writes(kind: str, snapshot: Snapshot) -> list[Write]:
    """The writes of a kind, oldest first."""
    writes = [write for key in snapshot.known(kind) for write in snapshot.writes(key)]
    return sorted(writes, key=lambda write: (write.t, write.revision))
