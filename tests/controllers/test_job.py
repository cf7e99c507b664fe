"""Jobs: numbers, back-off, limits, policies, indexes."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.job.failures import BackOff, time_left
from simulator.controllers.job.indexes import format_indexes, parse_indexes
from simulator.objects.base import evolve
from simulator.objects.batch import Job, JobCondition
from simulator.objects.kinds import Key, from_builtins, key_of
from simulator.objects.labels import JOB_COMPLETION_INDEX as INDEX
from simulator.objects.labels import JOB_INDEX_FAILURE_COUNT as FAILURES
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster, workload


def job(**spec: Any) -> str:
    return workload("Job", "pi", replicas=None, pod_spec="restartPolicy: Never", **spec)


def cluster_with(phase: str = "Succeeded", after: float = 2, **more: Any) -> FakeCluster:
    cluster = FakeCluster(**more)
    cluster.kubelet.finish_after, cluster.kubelet.finish_phase = round(after * SECOND), phase
    return cluster


def succeeded(cluster: FakeCluster, name: str, annotations: dict[str, str], owner: str = "pi", uid: str = "") -> Any:
    """A pod of the Job that another client made and that has succeeded."""
    item = cluster.get("Job", "pi")
    meta = {
        "name": name,
        "namespace": "default",
        "labels": item.spec.selector.match_labels,
        "annotations": annotations,
        "finalizers": ["batch.kubernetes.io/job-tracking"],
        "ownerReferences": [{"apiVersion": "batch/v1", "kind": "Job", "name": owner, "uid": uid or item.metadata.uid, "controller": True}],
    }
    spec = {"containers": [{"name": "c", "image": "i"}]}
    pod: Any = cluster.api.create(from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec}))
    return cluster.api.update_status(evolve(pod, status=evolve(pod.status, phase="Succeeded")))


def conditions(cluster: FakeCluster) -> list[str]:
    return [f"{item.type} {item.reason}" for item in cluster.get("Job", "pi").status.conditions]


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([0, 1], "0,1"), ([0, 1, 2, 5], "0-2,5"), ([1, 3, 4, 5, 7, 8], "1,3-5,7,8")]
)
def test_indexes_as_text(numbers: list[int], text: str) -> None:
    assert format_indexes(numbers) == text
    assert parse_indexes(text) == set(numbers)


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 10), (2, 20), (3, 40), (7, 600), (20, 600)])
def test_back_off_doubles_up_to_ten_minutes(failures: int, seconds: int) -> None:
    assert time_left(BackOff(failures, 100 * SECOND), 100 * SECOND) == seconds * SECOND
    assert time_left(BackOff(failures, 100 * SECOND), 1000 * SECOND) == 0


def test_three_completions_two_at_a_time() -> None:
    cluster = cluster_with()
    cluster.apply(job(completions=3, parallelism=2))
    cluster.run(1)
    assert cluster.get("Job", "pi").status.active == 2
    cluster.run(20)
    status = cluster.get("Job", "pi").status
    assert (status.succeeded, status.active, status.failed) == (3, 0, 0)
    assert conditions(cluster) == ["SuccessCriteriaMet CompletionsReached", "Complete CompletionsReached"]
    assert cluster.messages("Completed") == ["Job completed"]
    assert all(not pod.metadata.finalizers for pod in cluster.pods())


def test_an_older_release_does_not_give_reasons() -> None:
    cluster = cluster_with(release="1.30")
    cluster.apply(job())
    cluster.run(10)
    assert conditions(cluster) == ["Complete "]


def test_a_job_fails_after_its_back_off_limit() -> None:
    cluster = cluster_with("Failed")
    cluster.apply(job(backoffLimit=1))
    cluster.run(40)
    status = cluster.get("Job", "pi").status
    assert (status.failed, status.active) == (2, 0)
    assert conditions(cluster) == ["FailureTarget BackoffLimitExceeded", "Failed BackoffLimitExceeded"]
    created = sorted(pod.metadata.creation_timestamp or "" for pod in cluster.pods())
    assert created == ["2026-01-01T00:00:00Z", "2026-01-01T00:00:13Z"], "ten seconds after the first had failed"


def test_a_deadline_ends_what_is_at_work() -> None:
    cluster = FakeCluster()
    cluster.apply(job(activeDeadlineSeconds=5))
    cluster.run(10)
    assert conditions(cluster) == ["FailureTarget DeadlineExceeded", "Failed DeadlineExceeded"]
    assert cluster.pods() == []
    assert cluster.get("Job", "pi").status.failed == 1


def test_a_failure_policy_that_ignores() -> None:
    cluster = cluster_with("Failed")
    rules = [{"action": "Ignore", "onPodConditions": [{"type": "Ready", "status": "False"}]}]
    cluster.apply(job(backoffLimit=0, podFailurePolicy={"rules": rules}))
    cluster.run(30)
    assert conditions(cluster) == []
    assert cluster.get("Job", "pi").status.failed == 0


def test_indexed_pods_have_numbers() -> None:
    cluster = cluster_with()
    cluster.apply(job(completions=3, parallelism=3, completionMode="Indexed"))
    cluster.run(0)
    assert [pod.metadata.annotations["batch.kubernetes.io/job-completion-index"] for pod in cluster.pods()] == ["0", "1", "2"]
    assert [pod.spec.hostname for pod in cluster.pods()] == ["pi-0", "pi-1", "pi-2"]
    assert cluster.pods()[0].metadata.name.startswith("pi-0-")
    assert cluster.pods()[0].spec.containers[0].env[0].name == "JOB_COMPLETION_INDEX"
    cluster.run(20)
    assert cluster.get("Job", "pi").status.completed_indexes == "0-2"


def test_a_limit_per_index_fails_only_that_index() -> None:
    cluster = cluster_with("Failed")
    cluster.apply(job(completions=2, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=0))
    cluster.run(20)
    assert cluster.get("Job", "pi").status.failed_indexes == "0,1"
    assert conditions(cluster) == ["FailureTarget FailedIndexes", "Failed FailedIndexes"]


def test_a_success_policy_needs_only_some() -> None:
    cluster = cluster_with()
    policy = {"rules": [{"succeededIndexes": "0"}]}
    cluster.apply(job(completions=3, parallelism=1, completionMode="Indexed", successPolicy=policy))
    cluster.run(20)
    assert conditions(cluster) == ["SuccessCriteriaMet SuccessPolicy", "Complete SuccessPolicy"]
    assert cluster.get("Job", "pi").status.succeeded == 1


def test_suspend_and_resume() -> None:
    cluster = cluster_with(after=5)
    cluster.apply(job())
    cluster.at(2, lambda: cluster.change("Job", "pi", suspend=True))
    cluster.run(5)
    assert conditions(cluster) == ["Suspended JobSuspended"]
    assert cluster.get("Job", "pi").status.start_time is None
    assert cluster.get("Job", "pi").status.failed == 0
    assert cluster.pods() == []
    cluster.change("Job", "pi", suspend=False)
    cluster.run(20)
    assert conditions(cluster)[-1] == "Complete CompletionsReached"
    assert cluster.messages("Resumed") == ["Job resumed"]


def test_before_1_36_a_suspended_job_keeps_its_start() -> None:
    cluster = cluster_with(after=5, release="1.34")
    cluster.apply(job())
    cluster.at(2, lambda: cluster.change("Job", "pi", suspend=True))
    cluster.run(5)
    assert cluster.get("Job", "pi").status.start_time is not None


def test_pods_that_are_too_many_do_not_count_as_failed() -> None:
    cluster = cluster_with(after=60)
    cluster.apply(job(completions=4, parallelism=4))
    cluster.at(5, lambda: cluster.change("Job", "pi", parallelism=1))
    cluster.run(20)
    status = cluster.get("Job", "pi").status
    assert (status.active, status.failed) == (1, 0)


def test_pods_without_an_index_or_beyond_the_completions_do_not_count() -> None:
    """The Job is Indexed, so it needs pods of its own for its indexes 0 and 1."""
    cluster = cluster_with(after=5)
    cluster.apply(job(completions=2, parallelism=2, completionMode="Indexed"))
    for number in ("", "2", "7"):
        succeeded(cluster, f"other-{number}", {INDEX: number} if number else {})
    cluster.run(2)
    assert cluster.get("Job", "pi").status.succeeded == 0
    cluster.run(20)
    assert cluster.get("Job", "pi").status.succeeded == 2
    assert cluster.get("Job", "pi").status.completed_indexes == "0,1"


@pytest.mark.parametrize(("extra", "warned"), [(0, False), (1, True)])
def test_more_successes_than_completions_are_reported(extra: int, *, warned: bool) -> None:
    cluster = cluster_with()
    cluster.apply(job(completions=1))
    for number in range(1 + extra):
        succeeded(cluster, f"pi-{number}", {})
    cluster.run(10)
    assert cluster.get("Job", "pi").status.succeeded == 1 + extra
    text = "Too many succeeded pods running after completion count reached"
    assert cluster.messages("TooManySucceededPods") == [text] * warned
    assert cluster.messages("Completed") == ["Job completed"]


def test_time_to_live() -> None:
    cluster = cluster_with()
    cluster.apply(job(ttlSecondsAfterFinished=10))
    cluster.run(12.9)
    assert cluster.get("Job", "pi") is not None
    cluster.run(16)
    assert cluster.get("Job", "pi") is None
    assert cluster.pods() == []


def test_only_a_finished_job_has_a_time_to_live() -> None:
    cluster = FakeCluster()
    cluster.apply(job(ttlSecondsAfterFinished=0))
    cluster.run(5)
    item = cluster.get("Job", "pi")
    stamp = cluster.engine.timestamp()
    unmet = JobCondition(type="Complete", status="False", last_transition_time=stamp)
    cluster.api.update_status(evolve(item, status=evolve(item.status, conditions=[unmet])))
    cluster.run(60)
    assert cluster.get("Job", "pi") is not None


def test_a_pod_whose_job_is_gone_is_no_longer_tracked_and_can_be_deleted() -> None:
    cluster = FakeCluster()
    cluster.apply(job(suspend=True))
    pod = succeeded(cluster, "lost", {}, uid="gone", owner="gone")
    cluster.run(2)
    assert cluster.get("Pod", pod.metadata.name) is None


def test_a_deleted_job_takes_its_pods_along() -> None:
    cluster = FakeCluster()
    cluster.apply(job(parallelism=2))
    cluster.at(5, lambda: cluster.delete("Job", "pi"))
    cluster.run(10)
    assert cluster.store.typed(Job) == []
    assert cluster.pods() == []


def test_a_pod_that_is_deleted_counts_as_failed_at_once() -> None:
    cluster = cluster_with(after=60)
    cluster.apply(job())
    cluster.run(3)
    cluster.delete("Pod", cluster.pods()[0].metadata.name)
    cluster.run(5)
    assert cluster.get("Job", "pi").status.failed == 1


def test_in_back_off_the_status_forgets_who_is_still_at_work() -> None:
    cluster = FakeCluster(start=0)
    cluster.apply(job(completions=2, parallelism=2))
    cluster.run(3)
    assert cluster.get("Job", "pi").status.active == 2
    first = cluster.pods()[0].metadata
    cluster.kubelet.finish(Key("Pod", "default", first.name), first.uid, "Failed")
    cluster.run(6)
    assert (cluster.get("Job", "pi").status.active, cluster.get("Job", "pi").status.failed) == (0, 1)
    cluster.run(15)
    assert cluster.get("Job", "pi").status.active == 2


def test_with_a_limit_per_index_a_failure_counts_when_its_successor_is_there() -> None:
    cluster = cluster_with("Failed")
    cluster.apply(job(completions=3, parallelism=1, completionMode="Indexed", backoffLimitPerIndex=1))
    cluster.run(10)
    assert (cluster.get("Job", "pi").status.failed, len(cluster.pods())) == (0, 1)
    cluster.run(15.5)
    [first, second] = cluster.pods()
    assert [pod.metadata.annotations[FAILURES] for pod in (first, second)] == ["0", "1"]
    assert cluster.get("Job", "pi").status.failed == 1
    cluster.run(18)
    assert (cluster.get("Job", "pi").status.failed, cluster.get("Job", "pi").status.failed_indexes) == (2, "0")
    assert [pod.metadata.labels[INDEX] for pod in cluster.pods()] == ["0", "0", "1"]  # the next number waited for its turn


@pytest.mark.parametrize(("release", "active"), [("1.36", [2, 0]), ("1.32", [2, 0]), ("1.31", [0, 0])])
def test_a_status_in_back_off_is_refused_while_pods_are_ready(release: str, active: list[int]) -> None:
    """The controller reports no active pods then, and the API server refuses more ready ones (kubernetes#139428)."""
    cluster = FakeCluster(admission=True, release=release)
    cluster.apply(job(completions=3, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1))
    cluster.run(3)
    first, second = (key_of(pod) for pod in cluster.pods())
    cluster.kubelet.finish(first, cluster.get("Pod", first.name).metadata.uid, "Failed")
    cluster.run(6)
    seen = [cluster.get("Job", "pi").status.active]
    cluster.kubelet.set_ready(second, cluster.get("Pod", second.name).metadata.uid, "False")
    cluster.run(11)
    assert [*seen, cluster.get("Job", "pi").status.active] == active


def test_an_index_in_back_off_keeps_its_slot() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply(job(completions=5, parallelism=2, completionMode="Indexed", backoffLimitPerIndex=1))
    cluster.run(3)
    first, second = (key_of(pod) for pod in cluster.pods())
    cluster.kubelet.finish(first, cluster.get("Pod", first.name).metadata.uid, "Failed")
    cluster.run(8)
    assert [pod.metadata.labels[INDEX] for pod in cluster.pods()] == ["0", "1"], "index 2 waits"
    cluster.kubelet.finish(second, cluster.get("Pod", second.name).metadata.uid, "Succeeded")
    cluster.run(12)
    assert [pod.metadata.labels[INDEX] for pod in cluster.pods()] == ["0", "1", "2"]


def test_pods_whose_number_is_gone_are_let_go_first() -> None:
    cluster = FakeCluster(start=0)
    cluster.apply(job(completions=3, parallelism=3, completionMode="Indexed"))
    cluster.at(5, lambda: cluster.change("Job", "pi", completions=1, parallelism=1))
    cluster.run(10)
    assert [pod.metadata.labels[INDEX] for pod in cluster.pods()] == ["0"]
    assert cluster.get("Job", "pi").status.failed == 0


def test_refused_pods_are_asked_for_again_after_one_second_two_four() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: '0'}}")
    cluster.run(0)
    cluster.apply(job())
    cluster.run(20)
    stamps = [event.first_timestamp for event in cluster.events("FailedCreate")]
    assert [stamp[-4:-1] for stamp in stamps if stamp] == [":00", ":01", ":03", ":07", ":15"]
