"""Invariants of every write: time, revisions, identity, deletion, owners. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.invariants.violation import Lasting, Violation, at, named
from simulator.journal.records import Write
from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key, Object
from simulator.objects.meta import is_being_deleted
from simulator.units import SECOND

JOURNAL = Key("Journal", "", "journal")
"""What a record is about that is about no object."""
COLLECTION = 30 * SECOND
"""The garbage collector marks what has lost its owners within a moment; a graceful end of the owner takes longer."""


def time_never_goes_back(run: Snapshot) -> Iterator[Violation]:
    """Records are in order of time."""
    last: int | None = None
    for record in run.records():
        if last is not None and record.t < last:
            yield Violation(record.t, record.key if isinstance(record, Write) else JOURNAL, f"written after a record of {at(last)}")
        last = record.t


def revisions_rise(run: Snapshot) -> Iterator[Violation]:
    """Each write has a higher revision than the one before, and the object's resourceVersion is the revision of its last write."""
    last = 0
    for write in run.writes():
        if write.revision <= last:
            yield Violation(write.t, write.key, f"revision {write.revision} after {last}", write.revision)
        elif write.type != "DELETED" and write.item.metadata.resource_version != str(write.revision):
            message = f"resourceVersion is {write.item.metadata.resource_version or 'empty'} at revision {write.revision}"
            yield Violation(write.t, write.key, message, write.revision)
        last = max(last, write.revision)


def no_write_after_deletion(run: Snapshot) -> Iterator[Violation]:
    """An object is created once, then changed, then deleted once. After that only another object, with a uid of its own, has its name."""
    uids: dict[Key, str] = {}
    gone: set[str] = set()
    for write in run.writes():
        key, uid = write.key, write.item.metadata.uid
        if write.type == "ADDED":
            if key in uids:
                yield Violation(write.t, key, "created, but it exists", write.revision)
            if uid in gone:
                yield Violation(write.t, key, f"created with the uid of a deleted object, {uid}", write.revision)
            uids[key] = uid
            continue
        verb = "changed" if write.type == "MODIFIED" else "deleted"
        if key not in uids:
            yield Violation(write.t, key, f"{verb}, but it does not exist", write.revision)
        elif uids[key] != uid:
            yield Violation(write.t, key, f"{verb} with the uid {uid}, but it was created with {uids[key]}", write.revision)
        if write.type == "DELETED":
            gone.add(uids.pop(key, uid))


def deletion_is_final(run: Snapshot) -> Iterator[Violation]:
    """An object that is being deleted keeps its deletionTimestamp, its grace period never grows, and no finalizer is added."""
    marked: dict[Key, Object] = {}
    for write in run.writes():
        key, meta = write.key, write.item.metadata
        before = marked.pop(key, None)
        if before is not None and write.type == "MODIFIED":
            old = before.metadata
            if meta.deletion_timestamp is None:
                yield Violation(write.t, key, "its deletionTimestamp is removed", write.revision)
            elif (meta.deletion_grace_period_seconds or 0) > (old.deletion_grace_period_seconds or 0):
                message = f"its grace period grows from {old.deletion_grace_period_seconds} s to {meta.deletion_grace_period_seconds} s"
                yield Violation(write.t, key, message, write.revision)
            elif added := set(meta.finalizers) - set(old.finalizers):
                yield Violation(write.t, key, f"finalizers are added while it is being deleted: {named(added)}", write.revision)
        if write.type != "DELETED" and is_being_deleted(write.item):
            marked[key] = write.item


def owners_live(run: Snapshot) -> Iterator[Violation]:
    """An object whose owners are all gone is deleted, too, or is being deleted."""
    owners: set[str] = set()
    dependents: dict[str, set[Key]] = {}
    items: dict[Key, Object] = {}
    lasting = Lasting(COLLECTION)
    for write in run.writes():
        key, meta = write.key, write.item.metadata
        lives = write.type != "DELETED"
        (owners.add if lives else owners.discard)(meta.uid)
        for ref in meta.owner_references:
            dependents.setdefault(ref.uid, set()).add(key)
        if meta.owner_references or key in items:
            items[key] = write.item
            yield from lasting.look(write.t, key, _orphaned(write.item, owners) if lives else "")
        if not lives:
            items.pop(key, None)
            for dependent in sorted(dependents.get(meta.uid, set()) & items.keys()):
                yield from lasting.look(write.t, dependent, _orphaned(items[dependent], owners))
    yield from lasting.end(run.t)


def _orphaned(item: Object, owners: set[str]) -> str:
    refs = item.metadata.owner_references
    if not refs or is_being_deleted(item) or any(ref.uid in owners for ref in refs):
        return ""
    return f"no owner exists ({named(f'{ref.kind.lower()}/{ref.name}' for ref in refs)})"
