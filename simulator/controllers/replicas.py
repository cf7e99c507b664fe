"""Counts and conditions of ReplicaSets and ReplicationControllers (pkg/controller/replicaset/replica_set_utils.go). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeVar

from simulator.api import ApiError
from simulator.client.pods import Glance, available_after
from simulator.objects.base import evolve
from simulator.objects.selectors import matches_all

T = TypeVar("T", bound=Any)

FAILURE = "ReplicaFailure"


class Counts(NamedTuple):
    """Counts of a set's pods. `terminating` is None in releases that do not report it."""

    replicas: int
    fully_labeled: int
    ready: int
    available: int
    terminating: int | None


def count_pods(item: Any, active: Mapping[Glance, int], terminating: int | None, wall: int) -> Counts:
    """Counts of the active pods of a set, given by their facts; `wall` in nanoseconds since the epoch."""
    labels = item.spec.template.metadata.labels
    return Counts(
        sum(active.values()),
        sum(count for pod, count in active.items() if matches_all(labels, dict(pod.labels))),
        sum(count for pod, count in active.items() if pod.ready),
        sum(count for pod, count in active.items() if available_after(pod.ready_since, item.spec.min_ready_seconds, wall) == 0),
        terminating,
    )


def next_availability_check(active: Iterable[Glance], min_ready_seconds: int | None, wall: int) -> int | None:
    """In how many nanoseconds the next ready pod becomes available."""
    waits = [available_after(pod.ready_since, min_ready_seconds, wall) for pod in active]
    return min((wait for wait in waits if wait), default=None)


def with_counts(item: T, counts: Counts, conditions: list[Any]) -> T:
    """The set with its new status; the same object when the status has not changed."""
    old = item.status
    changes: dict[str, Any] = {
        "replicas": counts.replicas,
        "fully_labeled_replicas": counts.fully_labeled,
        "ready_replicas": counts.ready,
        "available_replicas": counts.available,
        "conditions": conditions,
    }
    if hasattr(old, "terminating_replicas"):
        changes["terminating_replicas"] = counts.terminating
    changed: T = evolve(item, status=evolve(old, **changes, observed_generation=item.metadata.generation or 0))
    return item if changed.status == old else changed


def failure_conditions(old: list[T], kind: type[T], error: ApiError | None, missing: int, timestamp: str) -> list[T]:
    """The conditions after a sync that ended with `error`; `missing` pods were to be created (negative: deleted)."""
    failed = next((item for item in old if item.type == FAILURE), None)
    if error is None:
        return [item for item in old if item.type != FAILURE]
    if failed is not None:
        return old  # the first failure stays until a sync succeeds
    reason = "FailedCreate" if missing > 0 else "FailedDelete" if missing < 0 else ""
    return [*old, kind(type=FAILURE, status="True", reason=reason, message=error.message, last_transition_time=timestamp)]
