"""Pods that are resized in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.journal import Journal
from simulator.objects.conditions import condition_of
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from tests.kubelet.world import events, played, printed, statuses

Spec = dict[str, Any]
RESTARTS = [{"resourceName": "memory", "restartPolicy": "RestartContainer"}]


def amounts(cpu: str, memory: str = "1Gi") -> Spec:
    return {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu, "memory": memory}}


def resize(at: str, cpu: str, memory: str = "1Gi") -> Spec:
    patch = {"spec": {"containers": [{"name": "main", "resources": amounts(cpu, memory)}]}}
    return {"at": at, "patch": "pod/web", "with": patch, "subresource": "resize"}


def resized(folder: Path, release: str, *actions: Spec, others: tuple[Spec, ...] = (), **more: Any) -> Journal:
    container = {"name": "main", "resources": amounts("1"), "resizePolicy": RESTARTS}
    nodes = [{"name": "minikube", "cpu": "4", "memory": "8Gi"}]
    extra = {"cluster": {"nodes": nodes}, "kubernetes": release, "actions": list(actions), **more}
    return played(folder, {"containers": [container]}, *others, **extra)


def last(journal: Journal) -> Pod:
    return statuses(journal)[-1][1]


def neighbour(cpu: str) -> Spec:
    container = {"name": "main", "image": "app:1", "resources": amounts(cpu)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big"}, "spec": {"containers": [container]}}


@pytest.mark.rule("RSZ-01", "RSZ-03", "RSZ-06", "RSZ-08", "RSZ-09")
@pytest.mark.parametrize(("release", "told"), [("1.33", []), ("1.34", ["ResizeCompleted"]), ("1.36", ["ResizeStarted", "ResizeCompleted"])])
def test_cpu_changes_while_the_container_runs(tmp_path: Path, release: str, told: list[str]) -> None:
    journal = resized(tmp_path, release, resize("20s", "2"))
    status = last(journal).status.container_statuses[0]
    assert (status.restart_count, status.allocated_resources["cpu"]) == (0, "2")
    assert status.resources is not None
    assert status.resources.limits["cpu"] == "2"
    under_way = [t for t, pod in statuses(journal) if condition_of(pod.status, "PodResizeInProgress") is not None]
    assert under_way[0] == 20
    assert condition_of(last(journal).status, "PodResizeInProgress") is None
    assert [reason for reason in ("ResizeStarted", "ResizeCompleted") if events(journal, reason)] == told
    assert printed(journal) == ["pod/web patched"]


@pytest.mark.rule("RSZ-10")
def test_memory_restarts_the_container_if_its_policy_says_so(tmp_path: Path) -> None:
    journal = resized(tmp_path, "1.34", resize("20s", "1", "2Gi"))
    assert [event.message for _, event in events(journal, "Killing")] == ["Container main resize requires restart"]
    status = last(journal).status.container_statuses[0]
    assert status.restart_count == 1
    assert status.resources is not None
    assert status.resources.limits["memory"] == "2Gi"


@pytest.mark.rule("RSZ-02", "RSZ-04")
def test_a_resize_waits_for_capacity(tmp_path: Path) -> None:
    journal = resized(tmp_path, "1.36", resize("10s", "3"), {"at": "30s", "delete": "pod/big"}, others=(neighbour("2"),))
    waiting = [(t, condition_of(pod.status, "PodResizePending")) for t, pod in statuses(journal)]
    first = next(item for _, item in waiting if item is not None)
    assert (first.reason, first.message) == (
        "Deferred",
        "Node didn't have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000",
    )
    assert all(item is not None for t, item in waiting if 10.1 < t < 30)
    assert last(journal).status.container_statuses[0].allocated_resources["cpu"] == "3"
    assert 30 < events(journal, "ResizeStarted")[0][0] < 35
    assert events(journal, "ResizeDeferred")[0][1].message == (
        'Pod resize Deferred: {"containers":[{"name":"main","resources":{"limits":{"cpu":"3","memory":"1Gi"},"requests":{"cpu":"3",'
        '"memory":"1Gi"}}}],"generation":2,"error":"Node didn\'t have enough resource: cpu, requested: 3000, used: 2000, capacity: 4000"}'
    )


@pytest.mark.rule("RSZ-05")
def test_before_1_34_a_resize_is_tried_again_at_the_next_sync(tmp_path: Path) -> None:
    actions = resize("10s", "3"), {"at": "30s", "delete": "pod/big"}
    journal = resized(tmp_path, "1.33", *actions, others=(neighbour("2"),), duration="150s")
    done = next(t for t, pod in statuses(journal) if pod.status.container_statuses[:1] and _cpu(pod) == "3")
    assert 60 < done < 110


def _cpu(pod: Pod) -> str:
    resources = pod.status.container_statuses[0].resources
    return "" if resources is None else resources.limits.get("cpu", "")


def test_more_than_the_node_has(tmp_path: Path) -> None:
    journal = resized(tmp_path, "1.34", resize("10s", "5"))
    pending = condition_of(last(journal).status, "PodResizePending")
    assert pending is not None
    assert (pending.reason, pending.message) == ("Infeasible", "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000")
    assert _cpu(last(journal)) == "1"
    journal = resized(tmp_path, "1.36", resize("10s", "5"))
    assert printed(journal) == [
        'Error from server (Forbidden): pods "web" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 5000, '
        "allocatable: 4000"
    ]


@pytest.mark.rule("RSZ-07")
def test_a_limit_below_what_is_used(tmp_path: Path) -> None:
    programs = [{"match": {"container": "*"}, "runs": [{"memory": "600Mi"}]}]
    container = {"name": "main", "resources": {"limits": {"memory": "1Gi"}}}
    actions = [{"at": "10s", "patch": "pod/web", "subresource": "resize", "with": {"spec": {"containers": [
        {"name": "main", "resources": {"requests": {"memory": "512Mi"}, "limits": {"memory": "512Mi"}}}]}}}]  # fmt: skip
    journal = played(tmp_path, {"containers": [container]}, programs=programs, actions=actions)
    condition = condition_of(last(journal).status, "PodResizeInProgress")
    assert condition is not None
    assert condition.reason == "Error"
    assert condition.message == f'attempting to set container "main" memory limit ({512 * 2**20}) below current usage ({600 * 2**20})'
    assert last(journal).status.container_statuses[0].restart_count == 0


def test_a_larger_limit_saves_a_container_and_a_smaller_one_ends_it(tmp_path: Path) -> None:
    ramp = [{"match": {"container": "*"}, "runs": [{"memory": {"ramp": {"0s": "100Mi", "40s": "900Mi"}}}]}]
    ends = {}
    for limit in ("512Mi", "2Gi"):
        container = {"name": "main", "resources": {"limits": {"memory": "512Mi"}}}
        patch = {"spec": {"containers": [{"name": "main", "resources": {"limits": {"memory": limit}}}]}}
        actions = [{"at": "10s", "patch": "pod/web", "subresource": "resize", "with": patch}]
        journal = played(tmp_path, {"containers": [container]}, programs=ramp, actions=actions, duration="45s")
        ends[limit] = last(journal).status.container_statuses[0].restart_count
    assert ends == {"512Mi": 1, "2Gi": 0}


def test_the_scheduler_counts_what_containers_have(tmp_path: Path) -> None:
    """A pod waits until the containers of another have really become smaller."""
    pods = neighbour("4"), {**neighbour("2"), "metadata": {"name": "late"}}
    shrink = {"at": "20s", "patch": "pod/big", "subresource": "resize",
              "with": {"spec": {"containers": [{"name": "main", "resources": amounts("2")}]}}}  # fmt: skip
    nodes = [{"name": "minikube", "cpu": "4", "memory": "8Gi"}]
    container = {"name": "main", "resources": {}}
    journal = played(tmp_path, {"containers": [container]}, *pods, cluster={"nodes": nodes}, actions=[shrink])
    late = journal.at().get(Key("Pod", "default", "late"))
    assert isinstance(late, Pod)
    assert late.spec.node_name == "minikube"
    assert events(journal, "Scheduled")[-1][0] >= events(journal, "ResizeCompleted")[0][0]
