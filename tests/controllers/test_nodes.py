"""Nodes that fall silent, taints, and who has to go."""

from __future__ import annotations

import pytest

from simulator.client.node_lease import NAMESPACE, NodeLease, lapsed_at
from simulator.controllers.nodes.eviction import toleration_time
from simulator.objects.affinity import Toleration
from simulator.objects.base import evolve
from simulator.objects.kinds import Key
from simulator.objects.node import NodeCondition, Taint
from simulator.units import SECOND, parse_time
from tests.fake_cluster import START, FakeCluster, node, workload

OUT = Taint(key="k", value="v", effect="NoExecute")


@pytest.mark.parametrize(
    ("tolerations", "expected"),
    [
        ([], 0),
        ([Toleration(key="k", operator="Exists")], None),
        ([Toleration(key="k", value="v", toleration_seconds=30)], 30 * SECOND),
        ([Toleration(key="k", value="other")], 0),
        ([Toleration(operator="Exists", toleration_seconds=5), Toleration(key="k", operator="Exists", toleration_seconds=9)], 5 * SECOND),
    ],
)
def test_how_long_a_pod_may_stay(tolerations: list[Toleration], expected: int | None) -> None:
    assert toleration_time([OUT], tolerations) == expected


def tainted(cluster: FakeCluster, name: str, taints: list[Taint]) -> None:
    item = cluster.get("Node", name, "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, taints=taints)))


def test_an_eviction_comes_when_patience_is_over_and_is_taken_back() -> None:
    cluster = FakeCluster(nodes=1)
    tolerations = "tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 10}]"
    cluster.apply(workload(replicas=1, pod_spec=tolerations))
    cluster.at(5, lambda: tainted(cluster, "node-1", [OUT]))
    cluster.at(12, lambda: tainted(cluster, "node-1", []))
    cluster.at(20, lambda: tainted(cluster, "node-1", [OUT]))
    cluster.run(13)
    [pod] = cluster.pods()
    name = f"default/{pod.metadata.name}"
    assert cluster.messages("TaintManagerEviction") == [f"Cancelling deletion of Pod {name}"]
    cluster.run(30)
    assert cluster.messages("TaintManagerEviction")[1] == f"Marking for deletion Pod {name}"
    marked = cluster.get("Pod", pod.metadata.name)
    assert marked.status.conditions[-1].reason == "DeletionByTaintManager"


def test_a_planned_eviction_of_a_pod_that_goes_anyway_is_taken_back_too() -> None:
    cluster = FakeCluster(nodes=1)
    tolerations = "tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 60}]"
    cluster.apply(workload(replicas=1, pod_spec=tolerations))
    cluster.at(5, lambda: tainted(cluster, "node-1", [OUT]))
    cluster.at(10, lambda: cluster.delete("Deployment", "web"))
    cluster.run(15)
    [event] = cluster.events("TaintManagerEviction")
    assert event.message.startswith("Cancelling deletion of Pod default/web-")
    assert event.involved_object.uid == ""


def silent_cluster(until: float, *, back_at: float | None = None) -> FakeCluster:
    cluster = FakeCluster(nodes=2)
    item = cluster.get("Node", "node-1", "")
    ready = NodeCondition(type="Ready", status="True", reason="KubeletReady")
    cluster.api.update_status(evolve(item, status=evolve(item.status, conditions=[ready])))
    lease = NodeLease(cluster.engine, cluster.api, "node-1")
    lease.hold()
    cluster.apply(workload(replicas=2))
    cluster.at(20, lease.lapse)
    if back_at is not None:
        cluster.at(back_at, lease.hold)
    return cluster.run(until)


def test_every_node_is_registered_once() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.run(1)
    cluster.api.create(node("late"))
    cluster.run(2)
    names = ("node-1", "node-2", "late")
    assert cluster.messages("RegisteredNode") == [f"Node {name} event: Registered Node {name} in Controller" for name in names]


def test_a_lease_is_quiet_while_it_is_held() -> None:
    cluster = silent_cluster(19)
    key = Key("Lease", NAMESPACE, "node-1")
    assert len(cluster.journal.writes_until(19 * SECOND, key)) == 1
    assert lapsed_at(cluster.store.get(key)) is None
    cluster.run(20)
    renewed = lapsed_at(cluster.store.get(key))
    assert renewed is not None
    assert 10 * SECOND < renewed - parse_time(START) <= 20 * SECOND


def test_a_silent_node_is_unknown_after_its_grace_and_its_pods_not_ready() -> None:
    cluster = silent_cluster(60)
    assert cluster.get("Node", "node-1", "").status.conditions[0].status == "True"
    cluster.run(81)
    silent = cluster.get("Node", "node-1", "")
    assert (silent.status.conditions[0].status, silent.status.conditions[0].reason) == ("Unknown", "NodeStatusUnknown")
    assert {(item.key, item.effect) for item in silent.spec.taints} == {
        ("node.kubernetes.io/unreachable", "NoSchedule"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
    }
    assert cluster.messages("NodeNotReady")[0] == "Node node-1 status is now: NodeNotReady"
    assert "Node is not ready" in cluster.messages("NodeNotReady")


def test_nobody_is_driven_out_when_no_node_is_ready() -> None:
    cluster = silent_cluster(81)
    other = cluster.get("Node", "node-2", "")
    unknown = NodeCondition(type="Ready", status="Unknown")
    cluster.api.update_status(evolve(other, status=evolve(other.status, conditions=[unknown])))
    cluster.run(90)
    effects = [[item.effect for item in cluster.get("Node", name, "").spec.taints] for name in ("node-1", "node-2")]
    assert effects == [["NoSchedule"], ["NoSchedule"]]
    other = cluster.get("Node", "node-2", "")
    cluster.api.update_status(evolve(other, status=evolve(other.status, conditions=[evolve(unknown, status="True")])))
    cluster.run(100)
    effects = [[item.effect for item in cluster.get("Node", name, "").spec.taints] for name in ("node-1", "node-2")]
    assert effects == [["NoSchedule", "NoExecute"], []]


def test_a_node_that_comes_back_in_time_is_fine() -> None:
    cluster = silent_cluster(100, back_at=50)
    assert cluster.get("Node", "node-1", "").status.conditions[0].status == "True"
    assert cluster.messages("NodeNotReady") == []


def test_a_cordon_is_a_taint() -> None:
    cluster = FakeCluster(nodes=1)
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, unschedulable=True)))
    cluster.run(1)
    assert [taint.key for taint in cluster.get("Node", "node-1", "").spec.taints] == ["node.kubernetes.io/unschedulable"]
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, unschedulable=None)))
    cluster.run(2)
    assert cluster.get("Node", "node-1", "").spec.taints == []


def test_a_pod_that_goes_while_its_node_is_not_ready_cancels_its_eviction() -> None:
    """A node that is not ready yet after it was unreachable: its pods, also terminating ones, may stay as long as they tolerate that."""
    cluster = FakeCluster(nodes=1, stop=4 * SECOND, admission=True)
    cluster.apply(workload(replicas=1))
    cluster.run(5)
    [pod] = cluster.pods()
    cluster.delete("Deployment", "web")
    cluster.delete("Pod", pod.metadata.name)
    tainted(cluster, "node-1", [Taint(key="node.kubernetes.io/not-ready", effect="NoExecute")])
    cluster.run(10)
    assert cluster.messages("TaintManagerEviction") == [f"Cancelling deletion of Pod default/{pod.metadata.name}"]


def test_pods_of_a_node_that_is_gone_for_good_go_by_force() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload("StatefulSet", "db", replicas=2, podManagementPolicy="Parallel"))
    cluster.run(5)
    [lost] = [pod for pod in cluster.pods() if pod.spec.node_name == "node-1"]
    cluster.kubelet.stop_after = 10**15  # nobody is there to stop it
    cluster.api.delete(Key("Node", "", "node-1"))
    cluster.run(44)
    assert cluster.get("Pod", lost.metadata.name).metadata.uid == lost.metadata.uid
    cluster.run(70)
    assert cluster.get("Pod", lost.metadata.name).spec.node_name == "node-2"
    last = [write.item for write in cluster.journal.writes_until(70 * SECOND, Key("Pod", "default", lost.metadata.name))]
    marked = next(item for item in last if item.status.phase == "Failed")
    assert [item.reason for item in marked.status.conditions if item.type == "DisruptionTarget"] == ["DeletionByPodGC"]


def test_a_node_that_comes_back_in_time_keeps_its_pods() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload(replicas=2))
    cluster.run(5)
    before = {pod.metadata.uid for pod in cluster.pods()}
    cluster.api.delete(Key("Node", "", "node-1"))
    cluster.at(30, lambda: cluster.api.create(node("node-1")))
    cluster.run(100)
    assert {pod.metadata.uid for pod in cluster.pods()} == before
