"""DaemonSets: where pods belong, and how they are replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.cluster import simulate
from simulator.journal.records import Write
from simulator.objects.apps import ControllerRevision, DaemonSet
from simulator.objects.base import evolve
from simulator.objects.kinds import Key, key_of
from simulator.objects.meta import ObjectMeta
from simulator.objects.node import Taint
from simulator.scenario.inputs import Choices
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster, node, workload


def places(cluster: FakeCluster) -> list[str]:
    return sorted(pod.spec.node_name for pod in cluster.pods())


def test_a_pod_on_every_node_and_on_those_that_come() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.at(5, lambda: cluster.api.create(node("late")))
    cluster.run(10)
    assert places(cluster) == ["late", "node-1", "node-2"]
    status = cluster.get("DaemonSet", "web").status
    assert (status.desired_number_scheduled, status.number_ready, status.number_available, status.number_unavailable) == (3, 3, 3, 0)


def test_taints_keep_new_pods_away_and_only_no_execute_drives_them_out() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload("DaemonSet", replicas=None))

    def taint(name: str, effect: str) -> None:
        item = cluster.get("Node", name, "")
        cluster.api.update(evolve(item, spec=evolve(item.spec, taints=[Taint(key="k", effect=effect)])))

    cluster.at(5, lambda: taint("node-1", "NoSchedule"))
    cluster.at(10, lambda: taint("node-2", "NoExecute"))
    cluster.run(20)
    assert places(cluster) == ["node-1"]
    assert cluster.get("DaemonSet", "web").status.number_misscheduled == 1


def test_one_node_after_the_other_is_updated() -> None:
    cluster = FakeCluster(nodes=3)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.at(5, lambda: cluster.set_image("DaemonSet", "web", "app:2"))
    cluster.run(5)
    assert sum(pod.metadata.deletion_timestamp is not None for pod in cluster.pods()) == 1
    cluster.run(20)
    assert {pod.spec.containers[0].image for pod in cluster.pods()} == {"app:2"}
    assert cluster.get("DaemonSet", "web").status.updated_number_scheduled == 3
    assert cluster.get("DaemonSet", "web").metadata.annotations["deprecated.daemonset.template.generation"] == "2"


def test_with_surge_the_new_pod_comes_first() -> None:
    cluster = FakeCluster(nodes=1)
    strategy = {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    cluster.apply(workload("DaemonSet", replicas=None, updateStrategy=strategy))
    cluster.at(5, lambda: cluster.set_image("DaemonSet", "web", "app:2"))
    cluster.run(5.5)
    assert len(cluster.pods()) == 2
    assert all(pod.metadata.deletion_timestamp is None for pod in cluster.pods())
    cluster.run(10)
    assert [pod.spec.containers[0].image for pod in cluster.pods()] == ["app:2"]


def test_pods_that_fail_again_and_again_are_replaced_after_a_back_off() -> None:
    """It doubles from a second on. Each pod fails a quarter of a second after it was made."""
    cluster = FakeCluster(nodes=1, start=0, stop=0)
    cluster.kubelet.finish_after, cluster.kubelet.finish_phase = SECOND // 4, "Failed"
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(70)
    deleted = [record.t / SECOND for record in cluster.journal if isinstance(record, Write) and record.type == "DELETED"]
    failures = [0.25, *(at + 0.25 for at in deleted[:-1])]
    waits = [at - failure for failure, at in zip(failures, deleted, strict=True)]
    assert waits == [0, 1, 2, 4, 8, 16, 32]


def test_the_revision_of_the_template_is_kept_although_no_pod_has_it() -> None:
    cluster = FakeCluster(nodes=0)
    cluster.apply(workload("DaemonSet", replicas=None, revisionHistoryLimit=0))
    cluster.run(1)
    cluster.set_image("DaemonSet", "web", "app:2")
    cluster.run(2)
    [revision] = cluster.store.typed(ControllerRevision)
    assert revision.revision == 2


@pytest.mark.parametrize(("app", "owners"), [("web", ["DaemonSet"]), ("other", [])])
def test_a_pod_without_an_owner_that_the_selector_matches_is_adopted(app: str, owners: list[str]) -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(5)
    [own] = cluster.pods()
    meta = ObjectMeta(name="orphan", namespace="default", labels={**own.metadata.labels, "app": app})
    cluster.api.create(evolve(own, metadata=meta))
    cluster.run(5.5)
    assert [ref.kind for ref in cluster.get("Pod", "orphan").metadata.owner_references] == owners


def test_pods_are_labelled_with_the_generation_of_their_template() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(5)
    assert [pod.metadata.labels.get("pod-template-generation") for pod in cluster.pods()] == ["1"]
    cluster.set_image("DaemonSet", "web", "app:2")
    cluster.run(12)
    assert [pod.metadata.labels.get("pod-template-generation") for pod in cluster.pods()] == ["2"]


def test_a_failed_pod_is_replaced() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(5)
    [pod] = cluster.pods()
    key = next(key for key in cluster.store._objects if key.kind == "Pod")
    cluster.kubelet.finish(key, pod.metadata.uid, "Failed")
    cluster.run(10)
    [new] = cluster.pods()
    assert new.metadata.uid != pod.metadata.uid
    assert cluster.messages("FailedDaemonPod") == [
        f"Found failed daemon pod default/{pod.metadata.name} on node node-1, will try to kill it"
    ]


def test_a_set_whose_pods_are_refused_says_how_many_it_wants(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text(workload("DaemonSet", replicas=None, pod_spec="{serviceAccountName: nobody}"), encoding="utf-8")
    journal = simulate([str(path)], Choices(duration=5 * SECOND))
    found = journal.at(journal.end).get(Key("DaemonSet", "default", "web"))
    assert isinstance(found, DaemonSet)
    assert (found.status.desired_number_scheduled, found.status.current_number_scheduled) == (1, 0)


def test_a_pod_for_a_node_that_is_gone_before_it_was_bound_goes_too() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.api.create(node("full", cpu="1m"))
    cluster.apply(workload("DaemonSet", replicas=None, pod_spec="containers: [{name: c, image: i, resources: {requests: {cpu: 100m}}}]"))
    cluster.run(5)
    assert places(cluster) == ["", "node-1"]
    cluster.api.delete(Key("Node", "", "full"))
    cluster.run(6)
    assert places(cluster) == ["", "node-1"]  # nobody hears of a node that goes
    cluster.set_image("DaemonSet", "web", "app:2")
    cluster.run(12)
    assert places(cluster) == ["node-1"]


def test_a_set_that_is_being_deleted_counts_no_more() -> None:
    cluster = FakeCluster(nodes=1, stop=5 * SECOND)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.at(5, lambda: cluster.delete("DaemonSet", "web", "Foreground"))
    cluster.at(6, lambda: cluster.kubelet.set_ready(key_of(cluster.pods()[0]), cluster.pods()[0].metadata.uid, "False"))
    cluster.run(7)
    assert cluster.get("DaemonSet", "web").status.number_ready == 1
    cluster.run(12)
    assert cluster.get("DaemonSet", "web") is None


@pytest.mark.parametrize(("release", "counts"), [("1.32", (1, 1)), ("1.36", (2, 0))])
def test_that_a_node_wants_no_more_daemons_is_noticed_late(release: str, counts: tuple[int, int]) -> None:
    cluster = FakeCluster(nodes=2, release=release)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(5)
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, taints=[Taint(key="k", effect="NoSchedule")])))
    cluster.run(6)
    status = cluster.get("DaemonSet", "web").status
    assert (status.desired_number_scheduled, status.number_misscheduled) == counts
    assert places(cluster) == ["node-1", "node-2"]


def test_a_set_deletes_its_pod_before_the_taint_does() -> None:
    cluster = FakeCluster(nodes=1)
    cluster.apply(workload("DaemonSet", replicas=None))
    cluster.run(5)
    item = cluster.get("Node", "node-1", "")
    cluster.api.update(evolve(item, spec=evolve(item.spec, taints=[Taint(key="k", effect="NoExecute")])))
    cluster.run(5.5)
    assert [event.reason for event in cluster.events()][-2:] == ["SuccessfulDelete", "TaintManagerEviction"]
