"""Which pods a kubelet admits, and what happens to the others."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import simulate
from simulator.journal.records import Fact
from simulator.kubelet.admission import refusal, requests_of
from simulator.objects.base import evolve
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.scenario.inputs import Choices
from tests.fake_cluster import node as real_node
from tests.kubelet.cases import pod_of
from tests.kubelet.world import POD, events, played, statuses

TINY = {"containers": [{"name": "main"}]}
GPU = {"containers": [{"name": "main", "resources": {"requests": {"example.com/gpu": "1"}, "limits": {"example.com/gpu": "1"}}}]}
PORT = {"containers": [{"name": "main", "ports": [{"containerPort": 80, "hostPort": 8080}]}]}


def asking(**requests: str) -> dict[str, Any]:
    return {"containers": [{"name": "main", "resources": {"requests": requests}}]}


def other(**spec: Any) -> dict[str, Any]:
    """A pod that is on the node before `web`."""
    containers = [{"image": "app:1", **item} for item in spec.pop("containers")]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "first"},
        "spec": {"nodeName": "minikube", "containers": containers, **spec},
    }


def node(**more: Any) -> dict[str, Any]:
    return {"cluster": {"nodes": [{"name": "minikube", "cpu": "1", "memory": "1Gi", "pods": 3, **more}]}}


REFUSED_PODS = [
    pytest.param({**TINY, "os": {"name": "windows"}}, [], {}, "PodOSNotSupported", "OS field", marks=pytest.mark.rule("ADM-01")),
    pytest.param(
        asking(cpu="600m"),
        [other(**asking(cpu="500m"))],
        node(),
        "OutOfcpu",
        "Node didn't have enough resource: cpu, requested: 600, used: 500, capacity: 1000",
        marks=pytest.mark.rule("ADM-02"),
    ),
    pytest.param(
        asking(memory="2Gi", cpu="1"),
        [],
        node(),
        "OutOfmemory",
        "memory, requested: 2147483648, used: 0, capacity: 1073741824",
        marks=pytest.mark.rule("ADM-02"),
    ),
    pytest.param(
        TINY, [other(**TINY)], node(pods=1), "OutOfpods", "pods, requested: 1, used: 1, capacity: 1", marks=pytest.mark.rule("ADM-02")
    ),
    pytest.param(
        {**TINY, "nodeSelector": {"disk": "ssd"}},
        [],
        node(),
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
        marks=pytest.mark.rule("ADM-03"),
    ),
    pytest.param(
        PORT, [other(**PORT)], node(), "NodePorts", "node(s) didn't have free ports for the requested", marks=pytest.mark.rule("ADM-04")
    ),
    pytest.param(
        TINY,
        [],
        node(taints=[{"key": "gone", "effect": "NoExecute"}]),
        "TaintToleration",
        "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
        marks=pytest.mark.rule("ADM-05"),
    ),
]


@pytest.mark.parametrize(("spec", "others", "scenario", "reason", "message"), REFUSED_PODS)
def test_a_pod_that_is_not_admitted_fails(
    tmp_path: Path, spec: dict[str, Any], others: list[dict[str, Any]], scenario: dict[str, Any], reason: str, message: str
) -> None:
    journal = played(tmp_path, spec, *others, **scenario)
    refusals = events(journal, reason)
    assert [event.type for _, event in refusals] == ["Warning"]
    assert message in refusals[0][1].message
    last = statuses(journal)[-1][1].status
    assert (last.phase, last.reason, last.message) == ("Failed", reason, f"Pod was rejected: {refusals[0][1].message}")


@pytest.mark.rule("ADM-06")
def test_no_container_of_a_rejected_pod_starts_and_it_can_be_deleted(tmp_path: Path) -> None:
    delete = [{"at": 10, "delete": "pod/web"}]
    journal = played(tmp_path, asking(cpu="600m"), other(**asking(cpu="500m")), **node(), actions=delete)
    last = statuses(journal)[-1][1].status
    assert (last.conditions, last.container_statuses, last.start_time is not None) == ([], [], True)
    assert not [fact for fact in journal if isinstance(fact, Fact) and fact.about == POD and fact.what == "container.program"]
    own = [item.reason for item in journal.at().objects("Event") if isinstance(item, Event) and item.involved_object.name == "web"]
    assert own == ["OutOfcpu"]
    assert journal.at(9 * 10**9).get(Key("Pod", "default", "web")) is not None
    assert journal.at(11 * 10**9).get(Key("Pod", "default", "web")) is None


@pytest.mark.parametrize(
    ("spec", "others", "scenario"),
    [
        pytest.param(asking(cpu="500m"), [other(**asking(cpu="500m"))], node(), id="it fits exactly"),
        pytest.param(GPU, [], node(), id="a resource that the node does not list"),
        pytest.param(TINY, [], node(taints=[{"key": "gone", "effect": "NoSchedule"}]), id="a taint for the scheduler"),
    ],
)
def test_a_pod_that_fits_is_admitted(tmp_path: Path, spec: dict[str, Any], others: list[dict[str, Any]], scenario: dict[str, Any]) -> None:
    assert statuses(played(tmp_path, spec, *others, **scenario))[-1][1].status.phase == "Running"


def test_a_pod_that_has_ended_uses_no_resources(tmp_path: Path) -> None:
    (tmp_path / "first.yaml").write_text(json.dumps(other(**asking(cpu="500m"), restartPolicy="Never")))
    done = [{"match": {"pod": "first"}, "runs": [{"exitAfter": 5}]}]
    scenario = {"before": {"manifests": ["first.yaml"], "since": "30s"}, "programs": done}
    assert statuses(played(tmp_path, asking(cpu="600m"), **node(), **scenario))[-1][1].status.phase == "Running"


def test_a_controller_that_replaces_rejected_pods_waits_for_each_rejection(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(
        """
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {nodeName: minikube, containers: [{name: a, image: nginx, resources: {requests: {memory: 900Gi}}}]}
"""
    )
    journal = simulate([str(tmp_path / "web.yaml")], Choices(duration=10**9))
    pods = journal.at().typed(Pod)
    assert 60 < len(pods) < 70
    assert Counter(pod.status.reason for pod in pods) == {"OutOfmemory": len(pods) - 1, "": 1}


@pytest.mark.rule("ADM-02")
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"amd.com/gpu": "1", "ephemeral-storage": "2Gi", "memory": "2Gi", "cpu": "2"}, "cpu"),
        ({"amd.com/gpu": "1", "ephemeral-storage": "2Gi", "memory": "2Gi"}, "memory"),
        ({"amd.com/gpu": "1", "ephemeral-storage": "2Gi"}, "ephemeral-storage"),
        ({"nvidia.com/gpu": "1", "amd.com/gpu": "1"}, "amd.com/gpu"),
    ],
)
def test_the_node_s_own_resources_are_counted_before_extended_ones(asked: dict[str, str], first: str) -> None:
    """The order of fitsRequest (plugins/noderesources/fit.go): cpu, memory, ephemeral storage, and then all others."""
    has = {"cpu": "1", "memory": "1Gi", "ephemeral-storage": "1Gi", "pods": "10", "amd.com/gpu": "0", "nvidia.com/gpu": "0"}
    item = real_node("minikube")
    item = evolve(item, status=evolve(item.status, allocatable=has, capacity=has))
    refused = refusal(requests_of(pod_of(asking(**asked))), [], item)
    assert refused is not None
    assert refused.reason == f"OutOf{first}"
