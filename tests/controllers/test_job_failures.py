"""When a Job's pods count as failed, and how long the next one waits (cases of pkg/controller/job/*_test.go)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.job.failures import (
    BackOff,
    Counts,
    Verdict,
    counts_of_successor,
    delayed_pods,
    finished_at,
    is_failed,
    judge,
    next_back_off,
    past_limit_on_failure,
    time_left,
    time_left_for,
)
from simulator.objects.batch import Job
from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod
from simulator.units import SECOND, parse_time


def job(template: dict[str, Any] | None = None, **spec: Any) -> Job:
    data = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "pi"}, "spec": {"template": {"spec": template or {}}, **spec}}
    item = from_builtins(data)
    assert isinstance(item, Job)
    return item


def stamp(second: int) -> str:
    return f"2026-01-01T00:{second // 60:02}:{second % 60:02}Z"


def at(second: int) -> int:
    return parse_time(stamp(second))


def ended(second: int | None, code: int = 0, name: str = "c", restarts: int = 0) -> dict[str, Any]:
    """The status of a container that ended at a second; None: it runs."""
    state = {"running": {}} if second is None else {"terminated": {"exitCode": code, "finishedAt": stamp(second)}}
    return {"name": name, "state": state, "restartCount": restarts}


def pod(*statuses: dict[str, Any], phase: str = "Failed", name: str = "p", meta: dict[str, Any] | None = None, **status: Any) -> Pod:
    """A pod made at second 0."""
    data = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "n", "uid": name, "creationTimestamp": stamp(0), **(meta or {})},
        "spec": {"initContainers": [{"name": "init"}, {"name": "sidecar", "restartPolicy": "Always"}], "containers": [{"name": "c"}]},
        "status": {"phase": phase, "containerStatuses": list(statuses), **status},
    }
    item = from_builtins(data)
    assert isinstance(item, Pod)
    return item


def failing(*seconds: int) -> list[Pod]:
    return [pod(ended(second, 1), name=f"f{i}") for i, second in enumerate(seconds)]


@pytest.mark.parametrize(
    ("before", "succeeded", "failed", "after"),
    [
        pytest.param((0, 0), [], [10], (1, 10), id="the first failure"),
        pytest.param((0, 0), [], [11, 10], (2, 11), id="two"),
        pytest.param((0, 0), [12], [10, 11], (0, 0), id="a success after them"),
        pytest.param((0, 0), [10], [10], (0, 0), id="a failure in the second of the success"),
        pytest.param((0, 0), [10], [8, 9, 11], (1, 11), id="one after the success"),
        pytest.param((0, 0), [10], [12, 8, 11], (2, 12), id="two after the success"),
        pytest.param((0, 0), [8, 10], [9], (0, 0), id="the last success counts"),
        pytest.param((2, 5), [], [10], (3, 10), id="one more"),
        pytest.param((2, 5), [12], [10], (0, 0), id="a success resets"),
        pytest.param((2, 5), [], [], (2, 5), id="nothing new"),
        pytest.param((2, 5), [10], [], (0, 0), id="only a success"),
    ],
)
def test_the_record_of_failures(before: tuple[int, int], succeeded: list[int], failed: list[int], after: tuple[int, int]) -> None:
    """Failures since the last success, and when the last of them ended."""

    def record(pair: tuple[int, int]) -> BackOff:
        return BackOff(pair[0], at(pair[1]) if pair[1] else 0)

    successes = [pod(ended(second), phase="Succeeded", name=f"s{i}") for i, second in enumerate(succeeded)]
    assert next_back_off(record(before), successes, failing(*failed)) == record(after)


GOING = {"deletionTimestamp": stamp(50), "deletionGracePeriodSeconds": 30}
NOT_READY = {"conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": stamp(40)}]}
READY = {"conditions": [{"type": "Ready", "status": "True", "lastTransitionTime": stamp(40)}]}


@pytest.mark.parametrize(
    ("item", "second"),
    [
        pytest.param(pod(ended(9), ended(10), ended(8)), 10, id="the last container"),
        pytest.param(pod(ended(9), initContainerStatuses=[ended(12, name="sidecar"), ended(20, name="init")]), 12, id="or sidecar"),
        pytest.param(pod(ended(9), ended(None), **NOT_READY), 40, id="while one runs, since when it is not ready"),
        pytest.param(pod(ended(9), initContainerStatuses=[ended(None, name="sidecar")], **NOT_READY), 40, id="also a sidecar"),
        pytest.param(pod(ended(None), meta=GOING, **READY), 20, id="when it was deleted, before its grace period"),
        pytest.param(pod(ended(None), meta={"deletionTimestamp": stamp(50)}), 50, id="without a grace period"),
        pytest.param(pod(meta=GOING, **NOT_READY), 40, id="not ready comes first"),
        pytest.param(pod(), 0, id="else when it was created"),
    ],
)
def test_when_a_pod_finished(item: Pod, second: int) -> None:
    assert finished_at(item) == at(second)


@pytest.mark.parametrize(
    ("failures", "since", "left"),
    [(0, 0, 0), (1, 0, 10), (1, 5, 5), (1, 10, 0), (1, 15, 0), (2, 0, 20), (3, 10, 30), (6, 0, 320), (7, 0, 600), (50, 0, 600)],
)
def test_the_time_left(failures: int, since: int, left: int) -> None:
    assert time_left(BackOff(failures, at(60)), at(60 + since)) == left * SECOND


INDEX, FAILURES, IGNORED = (
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-index-failure-count",
    "batch.kubernetes.io/job-index-ignored-failure-count",
)


def indexed(index: int, second: int = 60, failures: int = 0, ignored: int = 0, name: str = "") -> Pod:
    notes = {INDEX: str(index), FAILURES: str(failures), **({IGNORED: str(ignored)} if ignored else {})}
    return pod(ended(second, 1), name=name or f"i{index}", meta={"annotations": notes})


@pytest.mark.parametrize(("failures", "ignored", "left"), [(0, 0, 10), (1, 0, 20), (1, 1, 40), (0, 2, 40), (9, 0, 600)])
def test_the_time_left_for_an_index(failures: int, ignored: int, left: int) -> None:
    """Ignored failures lengthen the back-off as well."""
    assert time_left_for(indexed(0, 60, failures, ignored), at(60)) == left * SECOND
    assert time_left_for(indexed(0, 60, failures, ignored), at(60 + left)) == 0
    assert time_left_for(None, at(60)) == 0


PER_INDEX = job(completions=4, completionMode="Indexed", backoffLimitPerIndex=1)


def names(delayed: dict[int, Pod]) -> dict[int, str]:
    return {index: item.metadata.name for index, item in delayed.items()}


@pytest.mark.parametrize(
    ("failed", "settled", "delayed"),
    [
        pytest.param([indexed(0), indexed(2)], set(), {0: "i0", 2: "i2"}, id="the failed pod of each index"),
        pytest.param([indexed(0), indexed(2)], {0}, {2: "i2"}, id="not of one that is settled or has a pod"),
        pytest.param([indexed(3), indexed(4)], set(), {3: "i3"}, id="not of an index beyond the completions"),
        pytest.param([pod()], set(), {}, id="nor of none"),
        pytest.param([indexed(0, 60, 0, name="a"), indexed(0, 70, 1, name="b")], set(), {0: "b"}, id="the one with more failures"),
        pytest.param([indexed(0, 70, 1, name="b"), indexed(0, 60, 0, name="a")], set(), {0: "b"}, id="in any order"),
        pytest.param([indexed(0, 60, 0, name="a"), indexed(0, 70, 0, name="b")], set(), {0: "b"}, id="then the later one"),
        pytest.param([indexed(0, 60, 0, name="a"), indexed(0, 60, 0, name="b")], set(), {0: "b"}, id="then the last one"),
    ],
)
def test_failed_pods_that_wait_for_their_successor(failed: list[Pod], settled: set[int], delayed: dict[int, str]) -> None:
    assert names(delayed_pods(PER_INDEX, failed, settled)) == delayed


def test_without_a_limit_per_index_no_pod_waits() -> None:
    assert delayed_pods(job(completions=4, completionMode="Indexed"), [indexed(0)], set()) == {}


def rules(*items: dict[str, Any], **spec: Any) -> Job:
    return job(podFailurePolicy={"rules": list(items)}, **spec)


def on_codes(action: str, operator: str, *values: int, container: str = "") -> dict[str, Any]:
    codes = {"operator": operator, "values": list(values), **({"containerName": container} if container else {})}
    return {"action": action, "onExitCodes": codes}


def on_condition(action: str, kind: str = "DisruptionTarget", status: str = "") -> dict[str, Any]:
    return {"action": action, "onPodConditions": [{"type": "Other"}, {"type": kind, **({"status": status} if status else {})}]}


DISRUPTED = {"conditions": [{"type": "DisruptionTarget", "status": "True"}]}
FAILED_WITH = "Container {} for pod n/p failed with exit code {} matching {} rule at index {}"


@pytest.mark.parametrize(
    ("item", "policy", "verdict"),
    [
        pytest.param(pod(ended(9, 1)), job(), Verdict("", True, ""), id="no policy"),
        pytest.param(
            pod(ended(9, 2)),
            rules(on_codes("FailJob", "In", 1, 2)),
            Verdict(FAILED_WITH.format("c", 2, "FailJob", 0), True, "FailJob"),
            id="In",
        ),
        pytest.param(pod(ended(9, 3)), rules(on_codes("FailJob", "In", 1, 2)), Verdict("", True, ""), id="not In"),
        pytest.param(
            pod(ended(9, 3)),
            rules(on_codes("FailJob", "NotIn", 1, 2)),
            Verdict(FAILED_WITH.format("c", 3, "FailJob", 0), True, "FailJob"),
            id="NotIn",
        ),
        pytest.param(pod(ended(9, 2)), rules(on_codes("FailJob", "NotIn", 1, 2)), Verdict("", True, ""), id="not NotIn"),
        pytest.param(pod(ended(9, 0)), rules(on_codes("FailJob", "NotIn", 1)), Verdict("", True, ""), id="0 never matches"),
        pytest.param(pod(ended(None)), rules(on_codes("FailJob", "NotIn", 1)), Verdict("", True, ""), id="nor does a running container"),
        pytest.param(pod(ended(9, 1)), rules(on_codes("Ignore", "In", 1)), Verdict("", False, "Ignore"), id="Ignore"),
        pytest.param(pod(ended(9, 1)), rules(on_codes("Count", "In", 1)), Verdict("", True, "Count"), id="Count"),
        pytest.param(pod(ended(9, 1)), rules(on_codes("FailIndex", "In", 1)), Verdict("", True, "FailIndex"), id="FailIndex"),
        pytest.param(
            pod(ended(9, 1)),
            rules(on_codes("FailJob", "In", 1, container="other"), on_codes("Ignore", "In", 1, container="c")),
            Verdict("", False, "Ignore"),
            id="of a named container",
        ),
        pytest.param(
            pod(ended(9, 0), initContainerStatuses=[ended(5, 7, "init")]),
            rules(on_codes("Count", "In", 9), on_codes("FailJob", "In", 7)),
            Verdict(FAILED_WITH.format("init", 7, "FailJob", 1), True, "FailJob"),
            id="an init container, the second rule",
        ),
        pytest.param(
            pod(ended(9, 1)),
            rules(on_codes("Count", "In", 1), on_codes("FailJob", "In", 1)),
            Verdict("", True, "Count"),
            id="the first rule that matches",
        ),
        pytest.param(
            pod(ended(9, 1), **DISRUPTED),
            rules(on_condition("FailJob")),
            Verdict("Pod n/p has condition DisruptionTarget matching FailJob rule at index 0", True, "FailJob"),
            id="a condition that is True",
        ),
        pytest.param(pod(ended(9, 1), **DISRUPTED), rules(on_condition("Ignore")), Verdict("", False, "Ignore"), id="a condition, ignored"),
        pytest.param(
            pod(ended(9, 1), **DISRUPTED),
            rules(on_condition("Ignore", status="False")),
            Verdict("", True, ""),
            id="another status",
        ),
        pytest.param(pod(ended(9, 1), **DISRUPTED), rules(on_condition("Ignore", "Ready")), Verdict("", True, ""), id="another condition"),
    ],
)
def test_failure_policies(item: Pod, policy: Job, verdict: Verdict) -> None:
    assert judge(policy, item) == verdict


@pytest.mark.parametrize(
    ("phase", "going", "replacement", "failed"),
    [
        ("Failed", False, "", True),
        ("Running", False, "", False),
        ("Running", True, "", True),
        ("Pending", True, "TerminatingOrFailed", True),
        ("Running", True, "Failed", False),
        ("Failed", True, "Failed", True),
        ("Succeeded", True, "", False),
        ("Succeeded", False, "", False),
    ],
)
def test_which_pods_count_as_failed(phase: str, going: bool, replacement: str, failed: bool) -> None:
    """A terminating pod does, unless podReplacementPolicy is Failed."""
    policy = {"podReplacementPolicy": replacement} if replacement else {}
    assert is_failed(job(**policy), pod(phase=phase, meta=GOING if going else {})) == failed


def test_counts_of_the_successor() -> None:
    policy = rules(on_codes("Ignore", "In", 5))
    assert counts_of_successor(policy, None) == Counts(0, 0)
    assert counts_of_successor(policy, indexed(0, failures=2, ignored=1)) == Counts(3, 1)
    ignored = pod(ended(9, 5), meta={"annotations": {INDEX: "0", FAILURES: "2"}})
    assert counts_of_successor(policy, ignored) == Counts(2, 1)


ON_FAILURE = {"restartPolicy": "OnFailure"}


@pytest.mark.parametrize(
    ("template", "limit", "items", "past"),
    [
        pytest.param(ON_FAILURE, 3, [pod(ended(None, restarts=3), phase="Running")], True, id="as many restarts as the limit"),
        pytest.param(ON_FAILURE, 3, [pod(ended(None, restarts=2), phase="Running")], False, id="one fewer"),
        pytest.param(ON_FAILURE, 0, [pod(ended(None, restarts=0), phase="Running")], False, id="limit 0, no restart"),
        pytest.param(ON_FAILURE, 0, [pod(ended(None, restarts=1), phase="Running")], True, id="limit 0, one restart"),
        pytest.param(
            ON_FAILURE,
            3,
            [pod(ended(None, restarts=1), phase="Running"), pod(initContainerStatuses=[ended(5, 1, "init", 2)], phase="Pending")],
            True,
            id="of all pods and of init containers",
        ),
        pytest.param(ON_FAILURE, 3, [pod(ended(9, 1, restarts=9))], False, id="not of pods that have ended"),
        pytest.param({"restartPolicy": "Never"}, 3, [pod(ended(None, restarts=9), phase="Running")], False, id="not with Never"),
    ],
)
def test_restarts_against_the_back_off_limit(template: dict[str, Any], limit: int, items: list[Pod], past: bool) -> None:
    assert past_limit_on_failure(job(template, backoffLimit=limit), items) == past
