"""When a pod of a Job counts as failed, what follows, and how long to wait (pod_failure_policy.go, backoff_utils.go). Pure."""

from __future__ import annotations

from typing import NamedTuple

from simulator.client.back_off import exponential
from simulator.controllers.job import indexes
from simulator.objects.batch import Job, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule
from simulator.objects.conditions import READY, condition_of
from simulator.objects.labels import JOB_INDEX_FAILURE_COUNT, JOB_INDEX_IGNORED_FAILURE_COUNT
from simulator.objects.meta import is_being_deleted
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_failed, has_succeeded, sidecars
from simulator.objects.pod_status import ContainerStatus
from simulator.units import MINUTE, SECOND, parse_time

FIRST_BACK_OFF = 10 * SECOND
MOST_BACK_OFF = 10 * MINUTE


class BackOff(NamedTuple):
    """Failures since the last success, and when the last of them ended (ns since the epoch)."""

    failures: int = 0
    last: int = 0


class Verdict(NamedTuple):
    """The failure policy's verdict on a pod: why the whole Job fails (empty: it does not), whether the pod counts, the rule's action."""

    message: str
    counts: bool
    action: str


class Counts(NamedTuple):
    """Failures of an index: those that count, and those that the failure policy ignores."""

    failed: int
    ignored: int


def only_replaces_failed(job: Job) -> bool:
    """Whether a terminating pod is replaced only when it has ended."""
    return job.spec.pod_replacement_policy == "Failed"


def is_failed(job: Job, pod: Pod) -> bool:
    """Whether a pod counts as failed: it has failed, or it is being deleted before it succeeded."""
    if has_failed(pod):
        return True
    return is_being_deleted(pod) and not has_succeeded(pod) and not only_replaces_failed(job)


def judge(job: Job, pod: Pod) -> Verdict:
    """The first rule of the failure policy that matches a failed pod."""
    policy = job.spec.pod_failure_policy
    for index, rule in enumerate(policy.rules if policy else []):
        matched = _match(rule, pod, index)
        if matched is not None:
            return Verdict(matched if rule.action == "FailJob" else "", rule.action != "Ignore", rule.action)
    return Verdict("", counts=True, action="")


def _match(rule: PodFailurePolicyRule, pod: Pod, index: int) -> str | None:
    """The message about why a rule matches; None when it does not."""
    name = f"{pod.metadata.namespace}/{pod.metadata.name}"
    if rule.on_exit_codes is not None:
        for status in [*pod.status.container_statuses, *pod.status.init_container_statuses]:
            code = _exit_code(status, rule.on_exit_codes)
            if code is not None:
                return f"Container {status.name} for pod {name} failed with exit code {code} matching {rule.action} rule at index {index}"
        return None
    for condition in pod.status.conditions:
        if any(condition.type == item.type and condition.status == (item.status or "True") for item in rule.on_pod_conditions):
            return f"Pod {name} has condition {condition.type} matching {rule.action} rule at index {index}"
    return None


def _exit_code(status: ContainerStatus, rule: PodFailurePolicyOnExitCodesRequirement) -> int | None:
    ended = status.state.terminated
    if ended is None or ended.exit_code == 0 or rule.container_name not in ("", status.name):
        return None
    return ended.exit_code if (ended.exit_code in (rule.values or [])) == (rule.operator == "In") else None


def finished_at(pod: Pod) -> int:
    """When a pod finished: when its last container ended, else when it became unready, was deleted, or was created (ns)."""
    names = {item.name for item in sidecars(pod.spec)}
    counted = [*pod.status.container_statuses, *(item for item in pod.status.init_container_statuses if item.name in names)]
    ends = [item.state.terminated.finished_at if item.state.terminated else None for item in counted]
    if ends and all(ends):
        return max(parse_time(end) for end in ends if end)
    ready = condition_of(pod.status, READY)
    if ready is not None and ready.status == "False" and ready.last_transition_time:
        return parse_time(ready.last_transition_time)
    meta = pod.metadata
    if meta.deletion_timestamp:
        return parse_time(meta.deletion_timestamp) - (meta.deletion_grace_period_seconds or 0) * SECOND
    return parse_time(meta.creation_timestamp or "1970-01-01T00:00:00Z")


def next_back_off(old: BackOff, succeeded: list[Pod], failed: list[Pod]) -> BackOff:
    """The record after these pods have finished: a success resets it, failures after the success count."""
    ends = sorted(finished_at(pod) for pod in failed)
    if not succeeded:
        return BackOff(old.failures + len(ends), ends[-1]) if ends else old
    success = max(finished_at(pod) for pod in succeeded)
    after = [end for end in ends if end > success]
    return BackOff(len(after), after[-1]) if after else BackOff()


def time_left(record: BackOff, wall: int) -> int:
    """Nanoseconds until the next pod may be created."""
    if record.failures == 0:
        return 0
    return max(0, record.last + exponential(FIRST_BACK_OFF, MOST_BACK_OFF, record.failures - 1) - wall)


def noted_failures(pod: Pod) -> Counts:
    """How often the index of a pod had failed before."""
    annotations = pod.metadata.annotations
    return Counts(int(annotations.get(JOB_INDEX_FAILURE_COUNT, "0")), int(annotations.get(JOB_INDEX_IGNORED_FAILURE_COUNT, "0")))


def counts_of_successor(job: Job, pod: Pod | None) -> Counts:
    """The counts that the successor of a failed pod notes."""
    if pod is None:
        return Counts(0, 0)
    before, counts = noted_failures(pod), judge(job, pod).counts
    return Counts(before.failed + counts, before.ignored + (not counts))


def time_left_for(pod: Pod | None, wall: int) -> int:
    """Nanoseconds until the index of a failed pod may be tried again."""
    return 0 if pod is None else time_left(BackOff(sum(noted_failures(pod)) + 1, finished_at(pod)), wall)


def delayed_pods(job: Job, failed: list[Pod], settled: set[int]) -> dict[int, Pod]:
    """With a back-off limit per index: the last failed pod of each index that is not `settled`."""
    if job.spec.backoff_limit_per_index is None:
        return {}
    last: dict[int, Pod] = {}
    for pod in failed:
        number = indexes.index_of(pod)
        if number is None or number in settled or number >= (job.spec.completions or 0):
            continue
        other = last.get(number)
        if other is None or (sum(noted_failures(other)) <= sum(noted_failures(pod)) and finished_at(pod) >= finished_at(other)):
            last[number] = pod
    return last


def past_limit_on_failure(job: Job, pods: list[Pod]) -> bool:
    """Whether containers have restarted as often as the back-off limit, which counts with `restartPolicy: OnFailure`."""
    if job.spec.template.spec.restart_policy != "OnFailure":
        return False
    alive = [pod.status for pod in pods if pod.status.phase in ("Running", "Pending")]
    restarts = sum(item.restart_count for status in alive for item in [*status.init_container_statuses, *status.container_statuses])
    limit = job.spec.backoff_limit or 0
    return restarts > 0 if limit == 0 else restarts >= limit
