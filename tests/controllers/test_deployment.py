"""Deployments on a cluster whose pods take a second to start and a second to go."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.controllers.deployment.revisions import fnv1a, safe_hash
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.base import evolve
from simulator.objects.labels import REVISION
from simulator.objects.pod import Pod
from tests.fake_cluster import FakeCluster, workload


def sizes(cluster: FakeCluster) -> list[int]:
    return [item.spec.replicas or 0 for item in cluster.store.typed(ReplicaSet)]


def conditions(item: Deployment) -> dict[str, tuple[str, str]]:
    return {one.type: (one.status, one.reason) for one in item.status.conditions}


def test_a_new_deployment_makes_a_set_and_its_pods_at_once() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=3))
    cluster.run(0)
    [owned] = cluster.store.typed(ReplicaSet)
    hashed = owned.metadata.labels["pod-template-hash"]
    assert owned.metadata.name == f"web-{hashed}"
    assert set(hashed) <= set("456789bcdf")
    assert owned.metadata.annotations[REVISION] == "1"
    assert owned.metadata.owner_references[0].controller
    assert [pod.spec.node_name for pod in cluster.pods()] == ["node-1"] * 3
    assert cluster.messages("ScalingReplicaSet") == [f"Scaled up replica set {owned.metadata.name} from 0 to 3"]
    assert conditions(cluster.get("Deployment", "web"))["Available"] == ("False", "MinimumReplicasUnavailable")
    cluster.run(5)
    status = cluster.get("Deployment", "web").status
    assert (status.replicas, status.ready_replicas, status.available_replicas, status.unavailable_replicas) == (3, 3, 3, 0)
    assert conditions(cluster.get("Deployment", "web"))["Progressing"] == ("True", "NewReplicaSetAvailable")


def test_older_releases_word_a_scaling_differently() -> None:
    cluster = FakeCluster(release="1.31")
    cluster.apply(workload(replicas=2))
    cluster.at(5, lambda: cluster.change("Deployment", "web", replicas=3))
    cluster.run(6)
    name = cluster.store.typed(ReplicaSet)[0].metadata.name
    assert cluster.messages("ScalingReplicaSet") == [f"Scaled up replica set {name} to 2", f"Scaled up replica set {name} to 3 from 2"]
    assert cluster.get("Deployment", "web").status.terminating_replicas is None


def test_a_hash_that_is_taken_gets_another_name() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1))
    taken = f"web-{safe_hash(cluster.get('Deployment', 'web').spec.template)}"
    cluster.apply(workload("ReplicaSet", name=taken, replicas=0))
    cluster.run(5)
    assert cluster.get("Deployment", "web").status.collision_count == 1
    assert len(cluster.pods()) == 1
    assert cluster.pods()[0].metadata.name.rpartition("-")[0] not in ("", taken)


def test_the_hash_is_fnv1a() -> None:
    assert fnv1a(b"") == 2166136261
    assert fnv1a(b"a") == 0xE40C292C


def test_a_rolling_update_keeps_what_it_promises_and_its_history() -> None:
    cluster = FakeCluster(nodes=2)
    cluster.apply(workload(replicas=4, revisionHistoryLimit=1))
    for i, t in enumerate((10, 30, 50), start=2):
        cluster.at(t, lambda i=i: cluster.set_image("Deployment", "web", f"app:{i}"))
    cluster.run(70)
    assert [(item.spec.replicas, item.metadata.annotations[REVISION]) for item in cluster.store.typed(ReplicaSet)] == [(0, "3"), (4, "4")]
    assert {pod.spec.containers[0].image for pod in cluster.pods()} == {"app:4"}
    assert cluster.get("Deployment", "web").metadata.annotations[REVISION] == "4"


def test_back_to_an_old_template_takes_its_set_again() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1))
    cluster.at(5, lambda: cluster.set_image("Deployment", "web", "app:2"))
    cluster.at(15, lambda: cluster.set_image("Deployment", "web", "app:1"))
    cluster.run(25)
    first, second = cluster.store.typed(ReplicaSet)
    assert (first.spec.replicas, second.spec.replicas) == (1, 0)
    assert first.metadata.annotations[REVISION] == "3"
    assert first.metadata.annotations["deployment.kubernetes.io/revision-history"] == "1"


@pytest.mark.parametrize("seconds", [7, 0])
def test_the_new_set_follows_min_ready_seconds(seconds: int) -> None:
    cluster = FakeCluster()
    cluster.apply(workload(minReadySeconds=3))
    cluster.at(10, lambda: cluster.change("Deployment", "web", min_ready_seconds=seconds))
    cluster.run(20)
    [owned] = cluster.store.typed(ReplicaSet)
    assert (owned.spec.min_ready_seconds or 0) == seconds


def test_the_new_set_follows_the_annotations() -> None:
    cluster = FakeCluster()
    cluster.apply(workload())
    cluster.run(10)
    item = cluster.get("Deployment", "web")
    annotations = {**item.metadata.annotations, "team": "red", "kubectl.kubernetes.io/last-applied-configuration": "{}"}
    cluster.api.update(evolve(item, metadata=evolve(item.metadata, annotations=annotations)))
    cluster.run(20)
    [owned] = cluster.store.typed(ReplicaSet)
    assert owned.metadata.annotations["team"] == "red"
    assert "kubectl.kubernetes.io/last-applied-configuration" not in owned.metadata.annotations


def test_a_set_without_an_owner_that_the_selector_matches_is_adopted() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1))
    cluster.run(5)
    cluster.apply(workload("ReplicaSet", name="orphan", replicas=0))
    labels = cluster.get("Deployment", "web").spec.selector.match_labels
    orphan = cluster.get("ReplicaSet", "orphan")
    cluster.api.update(evolve(orphan, metadata=evolve(orphan.metadata, labels=labels)))
    cluster.run(6)
    [owner] = cluster.get("ReplicaSet", "orphan").metadata.owner_references
    assert (owner.kind, owner.name, owner.controller) == ("Deployment", "web", True)


@pytest.mark.parametrize("length", [200, 243, 253])
def test_the_name_of_a_set_has_at_most_253_characters(length: int) -> None:
    cluster = FakeCluster()
    cluster.apply(workload(name="a" * length, replicas=0))
    cluster.run(1)
    [owned] = cluster.store.typed(ReplicaSet)
    hashed = owned.metadata.labels["pod-template-hash"]
    assert owned.metadata.name.endswith(f"a-{hashed}")
    assert len(owned.metadata.name) == min(length + 1 + len(hashed), 253)


def test_recreate_waits_for_the_last_old_pod() -> None:
    cluster = FakeCluster(stop=3_000_000_000)
    cluster.apply(workload(replicas=2, strategy={"type": "Recreate"}))
    cluster.at(10, lambda: cluster.set_image("Deployment", "web", "app:2"))
    cluster.run(12.9)
    assert {pod.spec.containers[0].image for pod in cluster.pods()} == {"app:1"}
    cluster.run(13)
    assert [pod.spec.containers[0].image for pod in cluster.pods()] == ["app:2"] * 2


def test_a_paused_deployment_scales_but_does_not_roll() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=2))
    cluster.at(5, lambda: cluster.change("Deployment", "web", paused=True))
    cluster.at(6, lambda: cluster.set_image("Deployment", "web", "app:2"))
    cluster.at(7, lambda: cluster.change("Deployment", "web", replicas=3))
    cluster.run(15)
    assert sizes(cluster) == [3]
    assert conditions(cluster.get("Deployment", "web"))["Progressing"] == ("Unknown", "DeploymentPaused")
    cluster.at(16, lambda: cluster.change("Deployment", "web", paused=None))
    cluster.run(30)
    assert sizes(cluster) == [0, 3]


def test_progress_ends_a_second_after_the_deadline() -> None:
    cluster = FakeCluster(ready=None)
    cluster.apply(workload(replicas=1, progressDeadlineSeconds=20))
    cluster.run(20.9)
    assert conditions(cluster.get("Deployment", "web"))["Progressing"] == ("True", "ReplicaSetUpdated")
    cluster.run(21)
    assert conditions(cluster.get("Deployment", "web"))["Progressing"] == ("False", "ProgressDeadlineExceeded")


def test_min_ready_seconds_delay_availability() -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1, minReadySeconds=5))
    cluster.run(5.9)
    assert cluster.get("Deployment", "web").status.available_replicas == 0
    cluster.run(6)
    assert cluster.get("Deployment", "web").status.available_replicas == 1


def test_scaling_during_a_roll_out_is_shared() -> None:
    cluster = FakeCluster(ready=None)
    cluster.kubelet.ready_after = 0
    cluster.apply(workload(replicas=10, strategy={"rollingUpdate": {"maxSurge": 2, "maxUnavailable": 0}}))
    cluster.run(5)
    cluster.kubelet.ready_after = None
    cluster.set_image("Deployment", "web", "app:2")
    cluster.run(8)
    assert sizes(cluster) == [10, 2]
    cluster.change("Deployment", "web", replicas=20)
    cluster.run(9)
    assert sizes(cluster) == [18, 4]
    annotations = [item.metadata.annotations for item in cluster.store.typed(ReplicaSet)]
    assert {item["deployment.kubernetes.io/desired-replicas"] for item in annotations} == {"20"}
    assert {item["deployment.kubernetes.io/max-replicas"] for item in annotations} == {"22"}


def test_a_share_that_stays_the_same_notes_the_new_number_of_replicas() -> None:
    cluster = FakeCluster(ready=None)
    cluster.kubelet.ready_after = 0
    cluster.apply(workload(replicas=10, strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}))
    cluster.run(5)
    cluster.kubelet.ready_after = None
    cluster.set_image("Deployment", "web", "app:2")
    cluster.run(8)
    assert sizes(cluster) == [10, 1]
    cluster.change("Deployment", "web", replicas=11)
    cluster.run(9)
    assert sizes(cluster) == [11, 1]
    annotations = [item.metadata.annotations for item in cluster.store.typed(ReplicaSet)]
    assert {item["deployment.kubernetes.io/desired-replicas"] for item in annotations} == {"11"}


def test_a_selector_that_says_nothing_is_refused_with_an_event() -> None:
    cluster = FakeCluster()
    [item] = cluster.apply(workload(replicas=1))
    spec: Any = evolve(item.spec, selector=evolve(item.spec.selector, match_labels={}))
    cluster.api.update(evolve(item, spec=spec))
    cluster.run(1)
    assert cluster.messages("SelectingAll") == ["This deployment is selecting all pods. A non-empty selector is required."]
    assert not cluster.store.typed(ReplicaSet)


@pytest.mark.parametrize("labels", [{"app": "other"}, {}])
def test_a_pod_whose_labels_change_is_let_go_and_replaced(labels: dict[str, str]) -> None:
    cluster = FakeCluster()
    cluster.apply(workload(replicas=1))
    cluster.run(5)
    [pod] = cluster.store.typed(Pod)
    cluster.api.update(evolve(pod, metadata=evolve(pod.metadata, labels=labels)))
    cluster.run(10)
    freed, new = cluster.store.typed(Pod)
    assert freed.metadata.owner_references == []
    assert new.metadata.owner_references
