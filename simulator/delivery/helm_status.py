"""The state of objects in the words of helm 4 (kstatus), with a sentence about each. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.objects.base import JSON
from simulator.objects.pod_facts import SUCCEEDED, is_terminal
from simulator.units import SECOND

CURRENT, IN_PROGRESS, FAILED, TERMINATING, NOT_FOUND = "Current", "InProgress", "Failed", "Terminating", "NotFound"
UNSCHEDULABLE_AFTER = 15 * SECOND


class Status(NamedTuple):
    """The state of an object in kstatus' words, and a sentence."""

    state: str
    message: str


READY = Status(CURRENT, "Resource is current")


def _waits(message: str) -> Status:
    return Status(IN_PROGRESS, message)


def condition(item: JSON, type_: str) -> JSON | None:
    """A condition of an object's status."""
    status = item.get("status") or {}
    return next((one for one in status.get("conditions") or [] if one.get("type") == type_), None)


def is_true(item: JSON, type_: str) -> bool:
    """Whether a condition is True."""
    return (condition(item, type_) or {}).get("status") == "True"


def number(item: JSON, part: str, name: str, default: int = 0) -> int:
    """A whole number in the spec or the status."""
    value = (item.get(part) or {}).get(name)
    return default if value is None else int(value)


# ---- helm 4


def status_of(item: JSON | None, age: int, *, jobs: bool) -> Status:
    """The state of an object `age` nanoseconds after its creation; with `jobs`, a Job has to be complete."""
    if item is None:
        return Status(NOT_FOUND, "Resource not found")
    meta, kind = item["metadata"], str(item["kind"])
    if meta.get("deletionTimestamp"):
        return Status(TERMINATING, "Resource scheduled for deletion")
    generation, observed = meta.get("generation"), (item.get("status") or {}).get("observedGeneration")
    if generation is not None and observed is not None and generation != observed:
        return _waits(f"{kind} generation is {generation}, but latest observed generation is {observed}")
    if kind == "Job" and jobs:
        return job_status(item)
    if kind == "Pod":
        return _pod(item, age)
    return (_RULES.get(kind) or _generic)(item)


def hook_status(item: JSON | None) -> Status:
    """The state of a hook: of Jobs and Pods, whether they are done; helm waits for no other kind."""
    if item is None:
        return Status(NOT_FOUND, "Resource not found")
    if item["kind"] == "Job":
        return job_status(item)
    if item["kind"] != "Pod":
        return READY
    phase, name = str((item.get("status") or {}).get("phase", "")), item["metadata"]["name"]
    if is_terminal(phase):
        return Status(CURRENT if phase == SUCCEEDED else FAILED, f"pod {name} {phase.lower()}")
    return _waits("Pod in progress")


def job_status(item: JSON) -> Status:
    """Whether a Job is complete."""
    completions = number(item, "spec", "completions", number(item, "spec", "parallelism", 1))
    if is_true(item, "Complete"):
        return Status(CURRENT, f"Job Completed. succeeded: {number(item, 'status', 'succeeded')}/{completions}")
    if is_true(item, "Failed"):
        return Status(FAILED, f"Job Failed. failed: {number(item, 'status', 'failed')}/{completions}")
    return _waits("Job in progress")


def _deployment(item: JSON) -> Status:
    progressing = condition(item, "Progressing") or {}
    if progressing.get("reason") == "ProgressDeadlineExceeded":
        return Status(FAILED, "Progress deadline exceeded")
    desired = number(item, "spec", "replicas", 1)
    there, updated, ready, available = (
        number(item, "status", name) for name in ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    )
    if desired > there:
        return _waits(f"Replicas: {there}/{desired}")
    if desired > updated:
        return _waits(f"Updated: {updated}/{desired}")
    if there > desired:
        return _waits(f"Pending termination: {there - desired}")
    if updated > available:
        return _waits(f"Available: {available}/{updated}")
    if desired > ready:
        return _waits(f"Ready: {ready}/{desired}")
    if progressing.get("status") != "True" or progressing.get("reason") != "NewReplicaSetAvailable":
        return _waits("ReplicaSet not Available")
    if not is_true(item, "Available"):
        return _waits("Deployment not Available")
    return Status(CURRENT, f"Deployment is available. Replicas: {there}")


def _stateful_set(item: JSON) -> Status:
    strategy = item["spec"].get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return Status(CURRENT, "StatefulSet is using the ondelete update strategy")
    desired, status = number(item, "spec", "replicas", 1), item.get("status") or {}
    there, ready, current, updated = (
        number(item, "status", name) for name in ("replicas", "readyReplicas", "currentReplicas", "updatedReplicas")
    )
    if desired > there:
        return _waits(f"Replicas: {there}/{desired}")
    if desired > ready:
        return _waits(f"Ready: {ready}/{desired}")
    if there > desired:
        return _waits(f"Pending termination: {there - desired}")
    partition = (strategy.get("rollingUpdate") or {}).get("partition")
    if partition is not None:
        if updated < desired - partition:
            return _waits(f"updated: {updated}/{desired - partition}")
        return Status(CURRENT, f"Partition rollout complete. updated: {updated}")
    if desired > current:
        return _waits(f"current: {current}/{desired}")
    if status.get("currentRevision") != status.get("updateRevision"):
        return _waits("Waiting for updated revision to match current")
    return Status(CURRENT, f"All replicas scheduled as expected. Replicas: {there}")


def _daemon_set(item: JSON) -> Status:
    status = item.get("status") or {}
    if status.get("observedGeneration") is None:
        return _waits("DaemonSet status.observedGeneration not found")
    desired = number(item, "status", "desiredNumberScheduled")
    counts = {"Current": "currentNumberScheduled", "Updated": "updatedNumberScheduled", "Available": "numberAvailable"}
    for word, name in {**counts, "Ready": "numberReady"}.items():
        if desired > (count := number(item, "status", name)):
            return _waits(f"{word}: {count}/{desired}")
    return Status(CURRENT, f"All replicas scheduled as expected. Replicas: {desired}")


def _replica_set(item: JSON) -> Status:
    if is_true(item, "ReplicaFailure"):
        return _waits("Replica Failure condition. Check Pods")
    desired = number(item, "spec", "replicas", 1)
    for word, name in {"Labelled": "fullyLabeledReplicas", "Available": "availableReplicas", "Ready": "readyReplicas"}.items():
        if desired > (count := number(item, "status", name)):
            return _waits(f"{word}: {count}/{desired}")
    there = number(item, "status", "replicas")
    return (
        _waits(f"Pending termination: {there - desired}")
        if there > desired
        else Status(CURRENT, f"ReplicaSet is available. Replicas: {there}")
    )


def _claim(item: JSON) -> Status:
    phase = (item.get("status") or {}).get("phase") or "unknown"
    return Status(CURRENT, "PVC is Bound") if phase == "Bound" else _waits(f"PVC is not Bound. phase: {phase}")


def _pod(item: JSON, age: int) -> Status:
    status = item.get("status") or {}
    phase = status.get("phase", "")
    if is_terminal(phase):
        return Status(CURRENT, f"Pod has completed{' successfully' if phase == SUCCEEDED else ', but not successfully'}")
    if phase == "Running":
        if is_true(item, "Ready"):
            return Status(CURRENT, "Pod is Ready")
        states = ((one["name"], (one.get("state") or {}).get("waiting") or {}) for one in status.get("containerStatuses") or [])
        looping = [name for name, waiting in states if waiting.get("reason") == "CrashLoopBackOff"]
        if looping:
            return Status(FAILED, f"Containers in CrashLoop state: {','.join(looping)}")
        return _waits("Pod is running but is not Ready")
    if phase == "Pending":
        scheduled = condition(item, "PodScheduled") or {}
        if scheduled.get("status") == "False" and scheduled.get("reason") == "Unschedulable":
            late = age > UNSCHEDULABLE_AFTER
            return Status(FAILED, "Pod could not be scheduled") if late else _waits("Pod has not been scheduled")
        return _waits("Pod is in the Pending phase")
    return _waits("Pod phase not available")


def _job_started(item: JSON) -> Status:
    """Without --wait-for-jobs a Job that has started will do, and one that has failed will not."""
    done = job_status(item)
    if done.state != IN_PROGRESS:
        return done
    started = (item.get("status") or {}).get("startTime")
    counts = ", ".join(f"{word} {number(item, 'status', name)}" for word, name in (("active:", "active"), ("failed:", "failed")))
    return (
        Status(CURRENT, f"Job in progress. success:{number(item, 'status', 'succeeded')}, {counts}")
        if started
        else _waits("Job not started")
    )


def _generic(item: JSON) -> Status:
    """Other kinds: what a condition Ready says, if there is one."""
    ready = condition(item, "Ready")
    return _waits(str(ready.get("message", ""))) if ready is not None and ready.get("status") != "True" else READY


_RULES: dict[str, Callable[[JSON], Status]] = {
    "Deployment": _deployment,
    "StatefulSet": _stateful_set,
    "DaemonSet": _daemon_set,
    "ReplicaSet": _replica_set,
    "PersistentVolumeClaim": _claim,
    "Job": _job_started,
}
