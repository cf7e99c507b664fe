"""The scheduler on a cluster: sentences, spreading, waiting, preempting."""

from __future__ import annotations

from collections import Counter

import pytest

from simulator.objects.base import evolve
from simulator.objects.event import Event
from simulator.objects.node import Taint
from simulator.objects.pod import Pod
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster, node, workload

BARE = "{apiVersion: v1, kind: Pod, metadata: {name: %s}, spec: {%s containers: [{name: c, image: i, resources: {requests: {cpu: '%s'}}}]}}"


def bare(name: str = "p", cpu: str = "100m", spec: str = "") -> str:
    return BARE % (name, spec, cpu)


def test_the_event_of_a_binding() -> None:
    cluster = FakeCluster()
    cluster.apply(bare())
    cluster.run(0)
    [event] = cluster.events("Scheduled")
    assert event.message == "Successfully assigned default/p to node-1"
    assert (event.action, event.reporting_component, event.reporting_instance) == ("Binding", "default-scheduler", "default-scheduler-test")
    assert (event.source.component, event.count, event.first_timestamp, event.last_timestamp) == ("", None, None, None)
    assert event.event_time == "2026-01-01T00:00:00.000000Z"
    condition = cluster.get("Pod", "p").status.conditions[0]
    assert (condition.type, condition.status) == ("PodScheduled", "True")
    assert cluster.get("Pod", "p").metadata.generation == 1


@pytest.mark.parametrize(
    ("release", "text"),
    [
        (
            "1.36",
            "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu. no new claims to deallocate, "
            "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
        ),
        (
            "1.32",
            "0/3 nodes are available: 1 Insufficient memory, 3 Insufficient cpu. "
            "preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
        ),
    ],
)
def test_the_sentence(release: str, text: str) -> None:
    cluster = FakeCluster(nodes=2, release=release)
    cluster.api.create(node("small", memory="1Gi"))
    cluster.apply(bare(cpu="100', memory: '2Gi"))
    cluster.run(1)
    assert cluster.messages("FailedScheduling") == [text]
    condition = cluster.get("Pod", "p").status.conditions[0]
    assert (condition.status, condition.reason, condition.message) == ("False", "Unschedulable", text)
    assert condition.observed_generation == (1 if release == "1.36" else None)


def test_a_daemon_is_only_asked_about_its_own_node() -> None:
    cluster = FakeCluster(nodes=3)
    cluster.apply(workload("DaemonSet", replicas=None, pod_spec="containers: [{name: c, image: i, resources: {requests: {cpu: '9'}}}]"))
    cluster.run(1)
    assert {item.partition(". ")[0] for item in cluster.messages("FailedScheduling")} == {
        "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]"
    }


def test_without_nodes() -> None:
    cluster = FakeCluster(nodes=0)
    cluster.apply(bare())
    cluster.run(1)
    assert cluster.messages("FailedScheduling") == ["no nodes available to schedule pods"]


def test_claims_that_are_missing() -> None:
    cluster = FakeCluster()
    volumes = "volumes: [{name: d, persistentVolumeClaim: {claimName: nosuch}}],"
    cluster.apply(bare(spec=volumes))
    cluster.run(1)
    assert cluster.messages("FailedScheduling") == ['0/1 nodes are available: persistentvolumeclaim "nosuch" not found. not found']


def test_a_storage_class_that_is_created_wakes_the_pod() -> None:
    """The claim's class makes it wait for its first consumer, so that the pod can have a node before the claim is bound."""
    cluster = FakeCluster()
    cluster.apply(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data},"
        " spec: {storageClassName: late, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}\n---\n"
        + bare(spec="volumes: [{name: d, persistentVolumeClaim: {claimName: data}}],")
    )
    cluster.run(10)
    [text] = cluster.messages("FailedScheduling")
    assert text.startswith("0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.")
    cluster.apply(
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: late},"
        " provisioner: rancher.io/local-path, volumeBindingMode: WaitForFirstConsumer}"
    )
    cluster.run(11)
    assert cluster.get("PersistentVolumeClaim", "data").metadata.annotations["volume.kubernetes.io/selected-node"] == "node-1"


def test_pods_of_a_set_spread_evenly() -> None:
    for seed in range(5):
        cluster = FakeCluster(nodes=3, seed=seed)
        cluster.apply(workload(replicas=9))
        cluster.run(0)
        assert sorted(Counter(pod.spec.node_name for pod in cluster.pods()).values()) == [3, 3, 3]


def test_luck_decides_between_equals_and_the_seed_decides_luck() -> None:
    def chosen(seed: int) -> str:
        cluster = FakeCluster(nodes=3, seed=seed)
        cluster.apply(bare())
        cluster.run(0)
        node_name: str = cluster.get("Pod", "p").spec.node_name
        return node_name

    assert chosen(1) == chosen(1)
    assert {chosen(seed) for seed in range(20)} == {"node-1", "node-2", "node-3"}


def test_a_gate_holds_a_pod_back() -> None:
    cluster = FakeCluster()
    cluster.apply(bare(spec="schedulingGates: [{name: wait}],"))
    cluster.run(5)
    pod = cluster.get("Pod", "p")
    assert (pod.spec.node_name, pod.status.conditions[0].reason) == ("", "SchedulingGated")
    assert cluster.events("FailedScheduling") == []
    cluster.change("Pod", "p", scheduling_gates=[])
    cluster.run(5)
    assert cluster.get("Pod", "p").spec.node_name == "node-1"


def test_another_scheduler_s_pods_are_left_alone() -> None:
    cluster = FakeCluster()
    cluster.apply(bare(spec="schedulerName: mine,"))
    cluster.run(5)
    assert cluster.get("Pod", "p").spec.node_name == ""


def test_a_node_that_gets_the_label_wakes_the_pod() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(bare(spec="nodeSelector: {disk: ssd},"))

    def label(name: str, **labels: str) -> None:
        item = cluster.get("Node", name, "")
        cluster.api.update(evolve(item, metadata=evolve(item.metadata, labels={**item.metadata.labels, **labels})))

    cluster.at(10, lambda: label("node-1", other="x"))
    cluster.at(20, lambda: label("node-2", disk="ssd"))
    cluster.run(15)
    assert len(cluster.events("FailedScheduling")) == 1, "the first label does not help"
    cluster.run(20)
    assert cluster.get("Pod", "p").spec.node_name == "node-2"


def test_room_that_gets_free_is_used() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(bare("big", "8") + "\n---\n" + bare("late", "4"))
    cluster.at(10, lambda: cluster.delete("Pod", "big"))
    cluster.run(10.9)
    assert cluster.get("Pod", "late").spec.node_name == ""
    cluster.run(11)
    assert cluster.get("Pod", "late").spec.node_name == "node-1"


def test_nobody_helps_and_after_five_minutes_it_is_tried_again() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(bare(cpu="100"))
    cluster.run(299)
    assert len(cluster.events("FailedScheduling")) == 1
    cluster.run(331)
    assert len(cluster.events("FailedScheduling")) == 2, "the pod has another version by now, so it is another series"


def important(name: str, cpu: str, priority: int, policy: str = "") -> str:
    more = f"preemptionPolicy: {policy}," if policy else ""
    return bare(name, cpu, f"priority: {priority}, {more}")


def test_the_less_important_makes_room() -> None:
    cluster = FakeCluster(nodes=1, stop=3 * SECOND)
    cluster.apply("\n---\n".join([important("low", "3", 10), important("middle", "3", 20)]))
    cluster.run(5)
    cluster.apply(important("high", "4", 100))
    cluster.run(5)
    high, low = cluster.get("Pod", "high"), cluster.get("Pod", "low")
    assert cluster.messages("FailedScheduling") == ["0/1 nodes are available: 1 Insufficient cpu."]
    assert high.status.nominated_node_name == "node-1"
    assert low.metadata.deletion_timestamp is not None
    assert low.status.conditions[-1].reason == "PreemptionByScheduler"
    assert cluster.get("Pod", "middle").metadata.deletion_timestamp is None
    [event] = cluster.events("Preempted")
    assert (event.involved_object.name, event.action) == ("low", "Preempting")
    assert event.message == f"Preempted by pod {high.metadata.uid} on node node-1"
    cluster.run(9)
    assert cluster.get("Pod", "high").spec.node_name == "node-1"


@pytest.mark.parametrize(("release", "nomination"), [("1.36", ""), ("1.34", "node-1")])
def test_victims_are_evicted_one_after_the_other(release: str, nomination: str) -> None:
    """When the first is gone the preemptor is tried, and waits for the second."""
    cluster = FakeCluster(nodes=1, stop=3 * SECOND, release=release)
    cluster.apply("\n---\n".join([important("a", "4", 10), important("b", "4", 10)]))
    cluster.run(5)
    cluster.apply(important("high", "8", 100))
    cluster.run(9)
    why_not = "preemption: not eligible due to a terminating pod on the nominated node."
    assert [text.partition("no new claims to deallocate, ")[2] for text in cluster.messages("FailedScheduling")] == ["", why_not]
    assert len(cluster.events("Preempted")) == 2
    high = cluster.get("Pod", "high")
    assert (high.spec.node_name, high.status.nominated_node_name) == ("node-1", nomination)


def test_two_preemptors_take_a_node_each() -> None:
    cluster = FakeCluster(nodes=2, stop=3 * SECOND)
    cluster.apply("\n---\n".join([important("a", "8", 10), important("b", "8", 10)]))
    cluster.run(5)
    cluster.apply("\n---\n".join([important("first", "8", 100), important("second", "8", 100)]))
    cluster.run(9)
    assert {cluster.get("Pod", name).spec.node_name for name in ("first", "second")} == {"node-1", "node-2"}
    assert sum("not eligible" in text for text in cluster.messages("FailedScheduling")) == 1


def test_a_claim_for_one_pod_holds_back_the_next_one_until_the_first_is_gone() -> None:
    cluster = FakeCluster(nodes=2, stop=3 * SECOND)
    cluster.apply(
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {accessModes: [ReadWriteOncePod], "
        "resources: {requests: {storage: 1Gi}}}}\n---\n"
        "{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {accessModes: [ReadWriteOncePod], "
        "capacity: {storage: 1Gi}, hostPath: {path: /disk}}}"
    )
    cluster.run(31)
    user = "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}],"
    cluster.apply("\n---\n".join([bare("first", spec=user), bare("second", spec=user)]))
    cluster.run(35)
    in_use = "2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
    assert cluster.messages("FailedScheduling")[0].startswith(f"0/2 nodes are available: {in_use}.")
    cluster.delete("Pod", "first")
    cluster.run(50)
    assert cluster.get("Pod", "second").spec.node_name
    assert len(cluster.messages("FailedScheduling")) == 1, "it is tried when the claim is free, not before"


def test_room_that_was_promised_is_kept() -> None:
    cluster = FakeCluster(nodes=1, stop=3 * SECOND)
    cluster.apply(important("low", "8", 10))
    cluster.run(2)
    cluster.apply(important("high", "8", 100) + "\n---\n" + important("sneaky", "1", 5))
    cluster.run(10)
    assert cluster.get("Pod", "high").spec.node_name == "node-1"
    assert cluster.get("Pod", "sneaky").spec.node_name == ""


def test_a_nominated_node_that_has_become_infeasible_is_not_used() -> None:
    cluster = FakeCluster(nodes=2, stop=20 * SECOND)
    cluster.apply(important("low", "6", 10) + "\n---\n" + important("other", "6", 200))
    cluster.run(2)
    cluster.apply(important("high", "8", 100))
    cluster.run(3)
    nominated = cluster.get("Pod", "high").status.nominated_node_name
    assert nominated == cluster.get("Pod", "low").spec.node_name
    item = cluster.get("Node", nominated, "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, taints=[Taint(key="k", effect="NoSchedule")])))
    cluster.run(60)
    assert cluster.get("Pod", "high").spec.node_name == ""


@pytest.mark.parametrize(("priority", "node"), [(5, ""), (99, ""), (100, ""), (101, "node-1")])
def test_a_nominated_pod_counts_for_pods_of_the_same_or_a_lower_priority(priority: int, node: str) -> None:
    cluster = FakeCluster(nodes=1, stop=20 * SECOND)
    cluster.apply(important("low", "6", 10))
    cluster.run(2)
    cluster.apply(important("high", "8", 100))
    cluster.run(3)
    assert cluster.get("Pod", "high").status.nominated_node_name == "node-1"
    cluster.apply(important("late", "2", priority))
    cluster.run(10)
    assert cluster.get("Pod", "late").spec.node_name == node


def test_a_new_pod_of_the_same_name_is_not_nominated() -> None:
    """The nomination ends with the pod; a pod that takes its name and waits at a gate holds no room."""
    cluster = FakeCluster(nodes=1, stop=20 * SECOND)
    cluster.apply(important("low", "6", 10))
    cluster.run(2)
    cluster.apply(important("high", "8", 100))
    cluster.run(3)
    assert cluster.get("Pod", "high").status.nominated_node_name == "node-1"
    cluster.delete("Pod", "high")
    cluster.run(4)
    cluster.apply(bare("high", "8", "priority: 100, schedulingGates: [{name: wait}],"))
    cluster.apply(important("late", "2", 5))
    cluster.run(10)
    assert cluster.get("Pod", "late").spec.node_name == "node-1"


@pytest.mark.parametrize(
    ("pod", "text"),
    [
        (important("p", "4", 5), "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."),
        (important("p", "4", 100, "Never"), "preemption: not eligible due to preemptionPolicy=Never."),
    ],
)
def test_why_preemption_does_not_help(pod: str, text: str) -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(important("there", "6", 10))
    cluster.run(2)
    cluster.apply(pod)
    cluster.run(3)
    assert cluster.messages("FailedScheduling")[0].endswith(text)


def test_a_series_keeps_its_text_and_counts() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(bare(cpu="100"))
    cluster.run(1)
    pod = cluster.get("Pod", "p")
    recorder = cluster.scheduler._recorder
    for text in ("one", "two", "three"):
        recorder.event(pod, "Warning", "FailedScheduling", "Scheduling", text)
    [event] = [item for item in cluster.store.typed(Event) if item.message == "one"]
    assert event.series is not None
    assert event.series.count == 2, "the third is only counted"
    recorder.event(pod, "Warning", "Other", "Scheduling", "x" * 2000)
    [event] = cluster.events("Other")
    assert len(event.message) == 1024
    assert event.message.endswith(" ...")


def test_every_pod_has_a_node_or_a_reason() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload(replicas=20, pod_spec="containers: [{name: c, image: i, resources: {requests: {cpu: '1'}}}]"))
    cluster.run(3)
    bound = [pod for pod in cluster.store.typed(Pod) if pod.spec.node_name]
    assert len(bound) == 16
    waiting = [pod for pod in cluster.pods() if not pod.spec.node_name]
    assert all(pod.status.conditions[0].reason == "Unschedulable" for pod in waiting)


def test_when_a_cordon_ends_its_taint_is_met_first() -> None:
    cluster = FakeCluster(nodes=1)
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, unschedulable=True)))
    cluster.run(1)
    cluster.apply(workload(replicas=1))
    cluster.run(20)
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, unschedulable=None)))
    cluster.run(21)
    said = [text.partition(". ")[0] for text in cluster.messages("FailedScheduling")]
    assert said == [f"0/1 nodes are available: 1 {why}" for why in ("node(s) were unschedulable", "node(s) had untolerated taint(s)")]
    assert cluster.pods()[0].spec.node_name == "node-1"
