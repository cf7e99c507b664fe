"""Disruption budgets: how many disruptions they allow, and evictions that ask for one."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.api.eviction import evict
from simulator.controllers.disruption import Expectation, expectation
from simulator.objects.base import evolve
from simulator.objects.kinds import key_of
from simulator.objects.policy import PodDisruptionBudget, PodDisruptionBudgetSpec
from simulator.units import format_time
from tests.fake_cluster import FakeCluster, workload


@pytest.mark.parametrize(
    ("spec", "pods", "owners", "expected"),
    [
        ({"min_available": 3}, 5, 9, Expectation(5, 3)),
        ({"min_available": 3}, 1, 9, Expectation(1, 3)),
        ({"min_available": 0}, 5, 9, Expectation(5, 0)),
        ({"min_available": "28%"}, 5, 10, Expectation(10, 3)),
        ({"min_available": "30%"}, 5, 10, Expectation(10, 3)),
        ({"min_available": "31%"}, 5, 10, Expectation(10, 4)),
        ({"max_unavailable": 1}, 5, 10, Expectation(10, 9)),
        ({"max_unavailable": 11}, 5, 10, Expectation(10, 0)),
        ({"max_unavailable": "28%"}, 5, 7, Expectation(7, 5)),
        ({"max_unavailable": "30%"}, 5, 7, Expectation(7, 4)),
        ({"max_unavailable": 0, "min_available": 3}, 5, 7, Expectation(7, 7)),
        ({}, 5, 7, Expectation(5, 0)),
    ],
)
def test_expected_and_desired_pods(spec: dict[str, Any], pods: int, owners: int, expected: Expectation) -> None:
    """Percentages are rounded up, of pods that must be available as of pods that may be missing."""
    assert expectation(PodDisruptionBudget(spec=PodDisruptionBudgetSpec(**spec)), pods, owners) == expected


BUDGET = "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: b}, spec: {%s, selector: {matchLabels: {app: web}}}}"


@pytest.mark.parametrize(
    ("spec", "desired", "allowed"),
    [("minAvailable: 2", 2, 1), ("minAvailable: 100%", 3, 0), ("maxUnavailable: 1", 2, 1), ("maxUnavailable: 50%", 1, 2)],
)
def test_a_budget_counts(spec: str, desired: int, allowed: int) -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=3) + "---\n" + BUDGET % spec)
    cluster.run(5)
    status = cluster.get("PodDisruptionBudget", "b").status
    assert (status.current_healthy, status.desired_healthy, status.expected_pods, status.disruptions_allowed) == (3, desired, 3, allowed)


def test_a_budget_for_pods_that_nobody_owns_counts_them_only_if_it_says_a_number() -> None:
    cluster = FakeCluster()
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: p, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}"
    cluster.apply(pod + "\n---\n" + BUDGET % "maxUnavailable: 1")
    cluster.run(5)
    status = cluster.get("PodDisruptionBudget", "b").status
    assert (status.current_healthy, status.desired_healthy, status.expected_pods, status.disruptions_allowed) == (1, 0, 0, 0)
    selector = "&LabelSelector{MatchLabels:map[string]string{app: web,},MatchExpressions:[]LabelSelectorRequirement{},}"
    assert cluster.messages("UnmanagedPods")[0].startswith(f"Pods selected by this PodDisruptionBudget (selector: {selector}) were found ")


def test_a_budget_for_pods_of_what_has_no_scale_allows_nothing() -> None:
    cluster = FakeCluster()
    cluster.apply(workload("DaemonSet", replicas=None) + "---\n" + BUDGET % "maxUnavailable: 1")
    cluster.run(5)
    budget = cluster.get("PodDisruptionBudget", "b")
    why = "daemonsets.apps does not implement the scale subresource"
    assert [(item.status, item.reason, item.message) for item in budget.status.conditions] == [("False", "SyncFailed", why)]
    assert cluster.messages("CalculateExpectedPodCountFailed") == [f"Failed to calculate the number of expected pods: {why}"]


def test_an_eviction_takes_what_is_allowed_and_no_more() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=3) + "---\n" + BUDGET % "minAvailable: 2")
    cluster.run(5)
    first, second, _ = cluster.pods()
    evict(cluster.api, first, Deletion())
    with pytest.raises(ApiError, match="disruption budget") as refused:
        evict(cluster.api, second, Deletion())
    assert refused.value.reason == "TooManyRequests"
    gone = cluster.get("Pod", first.metadata.name)
    assert gone.metadata.deletion_timestamp is not None
    assert gone.status.conditions[-1].reason == "EvictionByEvictionAPI"
    cluster.run(10)
    evict(cluster.api, cluster.get("Pod", second.metadata.name), Deletion())


def budgeted(spec: str, replicas: int = 3, **kubelet: Any) -> FakeCluster:
    cluster = FakeCluster(**kubelet)
    cluster.apply(workload(replicas=replicas) + "---\n" + BUDGET % spec)
    return cluster.run(5)


def counts(cluster: FakeCluster) -> tuple[int, int, int]:
    """Healthy pods, expected pods, disruptions allowed."""
    status = cluster.get("PodDisruptionBudget", "b").status
    return status.current_healthy, status.expected_pods, status.disruptions_allowed


def test_a_terminating_pod_is_not_healthy() -> None:
    cluster = budgeted("minAvailable: 2", stop=10 * 10**9)
    assert counts(cluster) == (3, 3, 1)
    cluster.delete("Pod", cluster.pods()[0].metadata.name)
    cluster.kubelet.ready_after = None
    cluster.run(6)
    assert counts(cluster) == (2, 4, 0)


def test_a_pod_that_is_not_ready_is_not_healthy() -> None:
    cluster = budgeted("minAvailable: 1")
    pod = cluster.pods()[0]
    cluster.kubelet.set_ready(key_of(pod), pod.metadata.uid, "False")
    cluster.run(6)
    assert counts(cluster) == (2, 3, 1)


def test_a_pod_with_other_labels_or_of_another_namespace_does_not_count() -> None:
    cluster = budgeted("minAvailable: 1")
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: {app: %s}}, spec: {containers: [{name: c, image: i}]}}"
    cluster.apply("\n---\n".join([pod % ("a", "default", "db"), pod % ("b", "other", "web")]))
    cluster.run(10)
    assert counts(cluster) == (3, 3, 2)


def test_without_pods_nothing_is_allowed_and_an_event_says_so() -> None:
    cluster = FakeCluster()
    cluster.apply(BUDGET % "minAvailable: 0")
    cluster.run(1)
    assert (counts(cluster), cluster.messages("NoPods")) == ((0, 0, 0), ["No matching pods found"])


@pytest.mark.parametrize(("seconds", "counted"), [(119, False), (120, True)])
def test_an_evicted_pod_that_does_not_go_is_healthy_again_after_two_minutes(seconds: int, counted: bool) -> None:
    cluster = budgeted("minAvailable: 1")
    budget = cluster.get("PodDisruptionBudget", "b")
    name = cluster.pods()[0].metadata.name
    disrupted = {name: format_time(cluster.engine.wall), "gone": format_time(cluster.engine.wall)}
    cluster.api.update_status(evolve(budget, status=evolve(budget.status, disrupted_pods=disrupted)))
    cluster.run(5.5)
    assert counts(cluster) == (2, 3, 1)
    assert list(cluster.get("PodDisruptionBudget", "b").status.disrupted_pods) == [name], "pods that are gone are forgotten"
    cluster.run(5 + seconds + 0.5)
    assert counts(cluster) == ((3, 3, 2) if counted else (2, 3, 1))


def test_a_deployment_counts_for_its_replica_sets() -> None:
    """It may want more pods than there are."""
    cluster = budgeted("maxUnavailable: 1", replicas=3)
    cluster.kubelet.start_after = 100 * 10**9
    cluster.change("Deployment", "web", replicas=5)
    cluster.run(6)
    assert counts(cluster) == (3, 5, 0)


def test_the_condition_follows_what_is_allowed() -> None:
    cluster = budgeted("minAvailable: 2")

    def condition() -> tuple[str, str, str | None]:
        [item] = cluster.get("PodDisruptionBudget", "b").status.conditions
        return item.status, item.reason, item.last_transition_time

    allowed = condition()
    assert allowed[:2] == ("True", "SufficientPods")
    pods = cluster.pods()
    cluster.run(7)
    for pod in pods[:2]:
        cluster.kubelet.set_ready(key_of(pod), pod.metadata.uid, "False")
    cluster.run(8)
    assert condition() == ("False", "InsufficientPods", "2026-01-01T00:00:07Z")
    cluster.kubelet.set_ready(key_of(pods[2]), pods[2].metadata.uid, "False")
    cluster.run(9)
    assert condition() == ("False", "InsufficientPods", "2026-01-01T00:00:07Z"), "the time is that of the last change of its status"
