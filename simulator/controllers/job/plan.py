"""Which pods a Job deletes and which it creates (job_controller.go manageJob). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.controllers.job import failures, indexes
from simulator.controllers.job.pods import new_pod
from simulator.controllers.job.tally import Tally, desired_active
from simulator.controllers.pod_ranks import pods_to_delete
from simulator.objects.pod import Pod

MAX_PODS = 500
"""MaxPodCreateDeletePerSync: no sync creates or deletes more."""


class PodsToCreate(NamedTuple):
    """New pods; none while a back-off lasts, which ends in `wait` nanoseconds."""

    pods: list[Pod]
    wait: int = 0


def surplus_pods(tally: Tally, wall: int) -> list[Pod]:
    """Active pods that are too many: first those whose index is invalid or taken by an older pod.

    Args:
        tally: The Job and its pods as this sync saw them.
        wall: Now, in nanoseconds since the epoch.
    """
    job = tally.job
    surplus = len(tally.active) - _desired(tally)
    misplaced = indexes.misplaced(job, tally.active) if indexes.is_indexed(job) and not job.spec.suspend else []
    rest = [pod for pod in tally.active if pod not in misplaced]
    more = max(0, surplus - len(misplaced))
    return [*misplaced, *(pods_to_delete(rest, rest, more, wall) if more else [])][:MAX_PODS]


def pods_to_create(tally: Tally, record: failures.BackOff, wall: int) -> PodsToCreate:
    """The pods that are missing.

    With `podReplacementPolicy: Failed` a terminating pod still counts. After failures the next pods wait: all of them, or with a back-off
    limit per index those of an index that failed.

    Args:
        tally: The Job and its pods as this sync saw them, none of which is surplus.
        record: Failures since the last success.
        wall: Now, in nanoseconds since the epoch.
    """
    job = tally.job
    terminating = tally.terminating if failures.only_replaces_failed(job) else 0
    missing = min(_desired(tally) - terminating - len(tally.active), MAX_PODS)
    if job.spec.suspend or missing <= 0:
        return PodsToCreate([])
    wait = failures.time_left(record, wall) if job.spec.backoff_limit_per_index is None else 0
    if not indexes.is_indexed(job):
        return PodsToCreate([], wait) if wait else PodsToCreate([new_pod(job, None)] * missing)
    pending = indexes.pending_indexes(job, tally.busy, missing)
    waits = {index: failures.time_left_for(tally.delayed.get(index), wall) for index in pending}
    due = [index for index in pending if waits[index] == 0]
    wait = wait or (0 if due else min(waits.values(), default=0))
    return PodsToCreate([], wait) if wait else PodsToCreate([_successor(tally, index) for index in due])


def _desired(tally: Tally) -> int:
    return 0 if tally.job.spec.suspend else desired_active(tally)


def _successor(tally: Tally, index: int) -> Pod:
    """The pod of an index, which notes how often the index has failed."""
    return new_pod(tally.job, index, failures.counts_of_successor(tally.job, tally.delayed.get(index)))
