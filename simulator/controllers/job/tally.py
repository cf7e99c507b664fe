"""The state of a Job during one sync, and what its conditions become (job_controller.go syncJob). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.controllers.job import failures, indexes
from simulator.objects.base import evolve
from simulator.objects.batch import Job, JobCondition, JobStatus, UncountedTerminatedPods
from simulator.objects.conditions import condition_of, replaced
from simulator.objects.labels import JOB_TRACKING
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_succeeded, is_active, is_terminating
from simulator.units import SECOND, parse_time

COMPLETE, FAILED, TARGET, MET, SUSPENDED = "Complete", "Failed", "FailureTarget", "SuccessCriteriaMet", "Suspended"


class Verdict(NamedTuple):
    """How a Job ends: the final condition's type, its reason and message."""

    type: str
    reason: str
    message: str


class Tally(NamedTuple):
    """A Job's pods by state.

    Attributes:
        succeeded, failed: How many pods ever did.
        done, lost: Succeeded and failed indexes of an Indexed Job.
        busy: Indexes that need no pod now.
        delayed: The failed pods that are not counted before their index has another pod.
    """

    job: Job
    pods: list[Pod]
    active: list[Pod]
    new_succeeded: list[Pod]
    new_failed: list[Pod]
    succeeded: int
    failed: int
    done: set[int]
    lost: set[int]
    terminating: int
    busy: set[int]
    delayed: dict[int, Pod]


def is_finished(job: Job) -> bool:
    """Whether the Job is Complete or Failed."""
    return any(item.type in (COMPLETE, FAILED) and item.status == "True" for item in job.status.conditions)


def take_stock(job: Job, pods: list[Pod]) -> Tally:
    """Sort a Job's pods by state. A pod that still has the finalizer has not been counted."""
    uncounted = job.status.uncounted_terminated_pods or UncountedTerminatedPods()
    fresh = [pod for pod in pods if JOB_TRACKING in pod.metadata.finalizers and _has_valid_index(job, pod)]
    succeeded = [pod for pod in fresh if has_succeeded(pod) and pod.metadata.uid not in uncounted.succeeded]
    failed = [pod for pod in fresh if failures.is_failed(job, pod) and pod.metadata.uid not in uncounted.failed]
    counting = [pod for pod in failed if failures.judge(job, pod).counts]
    done, lost = _numbers(job, succeeded, failed)
    active, terminating = [pod for pod in pods if is_active(pod)], [pod for pod in pods if is_terminating(pod)]
    settled = done | lost | indexes.indexes_of(active)
    return Tally(
        job,
        pods,
        active,
        succeeded,
        failed,
        len(done) if indexes.is_indexed(job) else job.status.succeeded + len(succeeded) + len(uncounted.succeeded),
        job.status.failed + len(counting) + len(uncounted.failed),
        done,
        lost,
        len(terminating),
        settled | (indexes.indexes_of(terminating) if failures.only_replaces_failed(job) else set()),
        failures.delayed_pods(job, failed, settled),
    )


def _has_valid_index(job: Job, pod: Pod) -> bool:
    """Whether a pod counts: one of an Indexed Job needs a valid index."""
    number = indexes.index_of(pod)
    return not indexes.is_indexed(job) or (number is not None and number < (job.spec.completions or 0))


def _numbers(job: Job, succeeded: list[Pod], failed: list[Pod]) -> tuple[set[int], set[int]]:
    if not indexes.is_indexed(job):
        return set(), set()
    valid = range(job.spec.completions or 0)
    done = indexes.parse_indexes(job.status.completed_indexes)
    done |= {number for pod in succeeded if (number := indexes.index_of(pod)) in valid and number is not None}
    lost = indexes.parse_indexes(job.status.failed_indexes)
    limit = job.spec.backoff_limit_per_index
    for pod in failed if limit is not None else []:
        number, verdict = indexes.index_of(pod), failures.judge(job, pod)
        count = failures.noted_failures(pod).failed
        if number in valid and number is not None and (verdict.action == "FailIndex" or (verdict.counts and count >= (limit or 0))):
            lost.add(number)
    return done, lost


def verdict(tally: Tally, wall: int) -> Verdict | None:
    """How the Job ends, if it does before its pods are reconciled. `wall`: nanoseconds since the epoch."""
    job = tally.job
    for kind, final in ((MET, COMPLETE), (TARGET, FAILED)):
        target = true_condition(job, kind)
        if target is not None:
            return Verdict(final, target.reason, target.message)
    fatal = [failures.judge(job, pod).message for pod in tally.pods if failures.is_failed(job, pod)]
    message = next(filter(None, fatal), "")
    if message:
        return Verdict(FAILED, "PodFailurePolicy", message)
    if tally.failed > (job.spec.backoff_limit or 0) or failures.past_limit_on_failure(job, tally.pods):
        return Verdict(FAILED, "BackoffLimitExceeded", "Job has reached the specified backoff limit")
    left = deadline_left(job, wall)
    if left is not None and left <= 0:
        return Verdict(FAILED, "DeadlineExceeded", "Job was active longer than specified deadline")
    return _indexed_verdict(tally) if indexes.is_indexed(job) else None


def _indexed_verdict(tally: Tally) -> Verdict | None:
    spec = tally.job.spec
    if spec.backoff_limit_per_index is not None:
        if spec.max_failed_indexes is not None and len(tally.lost) > spec.max_failed_indexes:
            return Verdict(FAILED, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes")
        if tally.lost and len(tally.lost) + len(tally.done) >= (spec.completions or 0):
            return Verdict(FAILED, "FailedIndexes", "Job has failed indexes")
    rule = indexes.success_policy_rule(spec.success_policy, tally.done)
    return None if rule is None else Verdict(COMPLETE, "SuccessPolicy", f"Matched rules at index {rule}")


def is_complete(tally: Tally, active: int) -> bool:
    """Whether enough pods have succeeded and none is active."""
    completions = tally.job.spec.completions
    return active == 0 and (tally.succeeded > 0 if completions is None else tally.succeeded >= completions)


def desired_active(tally: Tally) -> int:
    """How many pods should be active."""
    spec = tally.job.spec
    parallelism = 1 if spec.parallelism is None else spec.parallelism
    if spec.completions is None:
        return len(tally.active) if tally.succeeded > 0 else parallelism
    return max(0, min(parallelism, spec.completions - tally.succeeded))


def deadline_left(job: Job, wall: int) -> int | None:
    """Nanoseconds until activeDeadlineSeconds expires; None without a deadline, or before the Job starts."""
    seconds, started = job.spec.active_deadline_seconds, job.status.start_time
    if seconds is None or started is None or job.spec.suspend:
        return None
    return parse_time(started) + seconds * SECOND - wall


def true_condition(job: Job, kind: str) -> JobCondition | None:
    """The condition of that type, if it is True."""
    item = condition_of(job.status, kind)
    return item if item is not None and item.status == "True" else None


def with_condition(status: JobStatus, kind: str, value: str, reason: str, message: str, timestamp: str) -> JobStatus:
    """The status with a condition; a new one is added only if it is not False."""
    old = condition_of(status, kind)
    if old is None and value == "False":
        return status
    if old is not None and (old.status, old.reason, old.message) == (value, reason, message):
        return status
    new = JobCondition(type=kind, status=value, reason=reason, message=message, last_probe_time=timestamp, last_transition_time=timestamp)
    return evolve(status, conditions=replaced(status.conditions, new))
