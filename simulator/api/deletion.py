"""Graceful deletion (apiserver/pkg/registry/rest/delete.go, pkg/registry/core/pod/strategy.go)."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.objects.base import evolve
from simulator.objects.config import Namespace
from simulator.objects.kinds import Object
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.units import SECOND, format_time, parse_time

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
DEFAULT_GRACE = 30
"""Seconds, for a pod without a grace period of its own."""


class Deletion(NamedTuple):
    """Options of a delete request: grace period in seconds (None: the object's own), precondition, propagation policy."""

    grace: int | None = None
    uid: str = ""
    propagation: str = ""


def graceful(item: Object, deletion: Deletion, wall: int) -> Any:
    """The object marked for deletion; unchanged when it is marked already with a grace period no longer than this.

    `wall` is the wall clock in nanoseconds since the epoch.
    """
    meta = item.metadata
    finalizers = _finalizers(meta.finalizers, deletion.propagation)
    if isinstance(item, Namespace):
        return item if is_being_deleted(item) else _terminating(item, wall)
    if meta.deletion_timestamp is None:
        grace = _grace_of(item, deletion)
        generation = {"generation": meta.generation + 1} if meta.generation else {}
        stamp = format_time(wall + grace * SECOND)
        marked = evolve(meta, deletion_timestamp=stamp, deletion_grace_period_seconds=grace, finalizers=finalizers, **generation)
        return evolve(item, metadata=marked)
    before, seconds = meta.deletion_grace_period_seconds or 0, _seconds(deletion)
    if seconds is None or seconds >= before:  # a grace period can only be shortened
        return item if finalizers == meta.finalizers else evolve(item, metadata=evolve(meta, finalizers=finalizers))
    end = parse_time(meta.deletion_timestamp) + (seconds - before) * SECOND
    if end < wall:  # a shorter one that has expired already leaves one second to stop the containers
        end, seconds = wall, min(seconds, 1)
    return evolve(item, metadata=evolve(meta, deletion_timestamp=format_time(end), deletion_grace_period_seconds=seconds))


def _terminating(item: Namespace, wall: int) -> Namespace:
    """A namespace marked for deletion: by a time alone, without a grace period (pkg/registry/core/namespace/storage)."""
    marked = evolve(item.metadata, deletion_timestamp=format_time(wall))
    return evolve(item, metadata=marked, status=evolve(item.status, phase="Terminating"))


def is_final(item: Object) -> bool:
    """Whether a marked object can be removed: no grace period and no finalizers are left."""
    meta = item.metadata
    held = meta.finalizers or (isinstance(item, Namespace) and item.spec.finalizers)
    return is_being_deleted(item) and not meta.deletion_grace_period_seconds and not held


def _grace_of(item: Object, deletion: Deletion) -> int:
    if not isinstance(item, Pod):
        return 0
    # A pod that was never bound or has ended has no containers to stop.
    if not item.spec.node_name or has_ended(item):
        return 0
    given = item.spec.termination_grace_period_seconds if deletion.grace is None else deletion.grace
    seconds = DEFAULT_GRACE if given is None else given
    return 1 if seconds < 0 else seconds


def _seconds(deletion: Deletion) -> int | None:
    """The requested grace period; a negative one is one second."""
    return 1 if deletion.grace is not None and deletion.grace < 0 else deletion.grace


def _finalizers(present: list[str], propagation: str) -> list[str]:
    added = {"Foreground": [FOREGROUND], "Orphan": [ORPHAN]}.get(propagation, [])
    return [*present, *(name for name in added if name not in present)]
