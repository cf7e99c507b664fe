"""Indexes of an Indexed Job, as the API writes them: `0-2,5` (indexed_job_utils.go). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from simulator.objects.batch import Job, SuccessPolicy
from simulator.objects.labels import JOB_COMPLETION_INDEX
from simulator.objects.pod import Pod


def is_indexed(job: Job) -> bool:
    """Whether the Job is Indexed."""
    return job.spec.completion_mode == "Indexed"


def index_of(pod: Pod) -> int | None:
    """The index of a pod; None when it has none."""
    text = pod.metadata.annotations.get(JOB_COMPLETION_INDEX, "")
    return int(text) if text.isdigit() else None


def parse_indexes(text: str) -> set[int]:
    """The indexes that a text lists."""
    parsed: set[int] = set()
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        parsed.update(range(int(first), int(last or first) + 1))
    return parsed


def format_indexes(numbers: Iterable[int]) -> str:
    """The text that lists these indexes."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}{',' if len(run) == 2 else '-'}{run[-1]}" for run in runs)


def indexes_of(pods: Iterable[Pod]) -> set[int]:
    """The indexes of pods."""
    return {index for pod in pods if (index := index_of(pod)) is not None}


def pending_indexes(job: Job, busy: set[int], count: int) -> list[int]:
    """The lowest `count` indexes that are not `busy`."""
    free = (number for number in range(job.spec.completions or 0) if number not in busy)
    return list(islice(free, count))


def misplaced(job: Job, active: list[Pod]) -> list[Pod]:
    """Pods without a valid index, and all but the oldest pod of each index."""
    oldest: dict[int, Pod] = {}
    for pod in sorted(active, key=lambda pod: pod.metadata.creation_timestamp or ""):
        number = index_of(pod)
        if number is not None and number < (job.spec.completions or 0):
            oldest.setdefault(number, pod)
    kept = {pod.metadata.uid for pod in oldest.values()}
    return [pod for pod in active if pod.metadata.uid not in kept]


def success_policy_rule(policy: SuccessPolicy | None, succeeded: set[int]) -> int | None:
    """The position of the first rule that these indexes satisfy; None when there is none."""
    for position, rule in enumerate(policy.rules if policy and succeeded else []):
        if rule.succeeded_indexes:
            required = parse_indexes(rule.succeeded_indexes)
            enough = len(required) if rule.succeeded_count is None else rule.succeeded_count
            if len(required & succeeded) >= enough:
                return position
        elif rule.succeeded_count is not None and len(succeeded) >= rule.succeeded_count:
            return position
    return None
