"""StatefulSets: names, order, revisions, claims."""

from __future__ import annotations

from simulator.objects.apps import ControllerRevision
from simulator.objects.pod import Pod
from simulator.objects.storage import PersistentVolumeClaim
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster, workload


def names(cluster: FakeCluster) -> list[str]:
    return [pod.metadata.name for pod in cluster.store.typed(Pod)]


def images(cluster: FakeCluster) -> dict[str, str]:
    return {pod.metadata.name: pod.spec.containers[0].image for pod in sorted(cluster.pods(), key=lambda pod: pod.metadata.name)}


def test_one_after_the_other_up_and_down() -> None:
    cluster = FakeCluster(ready=2 * SECOND)
    cluster.apply(workload("StatefulSet", "db", replicas=3))
    cluster.run(2.9)
    assert names(cluster) == ["db-0"]
    cluster.run(3)
    assert names(cluster) == ["db-0", "db-1"]
    cluster.run(9)
    assert cluster.get("StatefulSet", "db").status.ready_replicas == 3
    assert cluster.messages("SuccessfulCreate") == [f"Create Pod db-{i} in StatefulSet db successful" for i in range(3)]
    cluster.change("StatefulSet", "db", replicas=1)
    cluster.run(9.5)
    assert names(cluster) == ["db-0", "db-1", "db-2"]
    assert [pod.metadata.deletion_timestamp is not None for pod in cluster.pods()] == [False, False, True]
    cluster.run(12)
    assert names(cluster) == ["db-0"]


def test_older_releases_say_it_in_small_letters() -> None:
    cluster = FakeCluster(release="1.31")
    cluster.apply(workload("StatefulSet", "db", replicas=1))
    cluster.run(0)
    assert cluster.messages("SuccessfulCreate") == ["create Pod db-0 in StatefulSet db successful"]


def test_identity() -> None:
    cluster = FakeCluster()
    cluster.apply(workload("StatefulSet", "db", replicas=1, serviceName="dbs", ordinals={"start": 5}))
    cluster.run(0)
    [pod] = cluster.pods()
    [revision] = cluster.store.typed(ControllerRevision)
    assert (pod.metadata.name, pod.spec.hostname, pod.spec.subdomain) == ("db-5", "db-5", "dbs")
    assert pod.metadata.labels == {
        "app": "db",
        "statefulset.kubernetes.io/pod-name": "db-5",
        "apps.kubernetes.io/pod-index": "5",
        "controller-revision-hash": revision.metadata.name,
    }


def test_in_parallel_all_at_once() -> None:
    cluster = FakeCluster(ready=None)
    cluster.apply(workload("StatefulSet", "db", replicas=3, podManagementPolicy="Parallel"))
    cluster.run(0)
    assert names(cluster) == ["db-0", "db-1", "db-2"]
    cluster.change("StatefulSet", "db", replicas=1)
    cluster.run(3)
    assert names(cluster) == ["db-0"]


def test_an_update_goes_from_the_highest_down_to_the_partition() -> None:
    cluster = FakeCluster()
    cluster.apply(workload("StatefulSet", "db", replicas=3, updateStrategy={"rollingUpdate": {"partition": 1}}))
    cluster.at(10, lambda: cluster.set_image("StatefulSet", "db", "app:2"))
    cluster.run(11.5)
    assert images(cluster) == {"db-0": "app:1", "db-1": "app:1", "db-2": "app:2"}
    cluster.run(20)
    assert images(cluster) == {"db-0": "app:1", "db-1": "app:2", "db-2": "app:2"}
    status = cluster.get("StatefulSet", "db").status
    assert (status.current_replicas, status.updated_replicas) == (1, 2)
    assert status.current_revision != status.update_revision
    cluster.api.delete(next(key for key in cluster.store._objects if key.name == "db-0"))
    cluster.run(25)
    assert images(cluster)["db-0"] == "app:1", "below the partition a pod comes back as it was"


def test_on_delete_waits_for_the_user() -> None:
    cluster = FakeCluster()
    cluster.apply(workload("StatefulSet", "db", replicas=2, updateStrategy={"type": "OnDelete"}))
    cluster.at(5, lambda: cluster.set_image("StatefulSet", "db", "app:2"))
    cluster.at(10, lambda: cluster.delete("Pod", "db-1"))
    cluster.run(15)
    assert images(cluster) == {"db-0": "app:1", "db-1": "app:2"}


def test_a_pod_that_never_gets_ready_blocks_even_its_own_repair() -> None:
    cluster = FakeCluster(ready=None)
    cluster.apply(workload("StatefulSet", "db", replicas=2))
    cluster.at(5, lambda: cluster.set_image("StatefulSet", "db", "app:2"))
    cluster.run(20)
    assert images(cluster) == {"db-0": "app:1"}


def test_claims_are_made_before_pods_and_stay() -> None:
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    volume = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: %s}
spec: {capacity: {storage: %s}, accessModes: [ReadWriteOnce]}
"""
    cluster = FakeCluster()
    cluster.apply(volume % ("big", "5Gi") + "---" + volume % ("fit", "1Gi"))
    cluster.apply(workload("StatefulSet", "db", replicas=1, volumeClaimTemplates=[claim]))
    cluster.run(5)
    [found] = cluster.store.typed(PersistentVolumeClaim)
    assert (found.metadata.name, found.spec.volume_name, found.status.phase) == ("data-db-0", "fit", "Bound")
    [pod] = cluster.pods()
    assert pod.spec.volumes[0].persistent_volume_claim is not None
    assert pod.status.phase == "Running"
    cluster.change("StatefulSet", "db", replicas=0)
    cluster.run(10)
    assert len(cluster.store.typed(PersistentVolumeClaim)) == 1


def test_claims_go_with_their_pods_if_asked() -> None:
    policy = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    claim = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    cluster = FakeCluster()
    cluster.apply(
        "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: example.com/fast}\n---\n"
        + workload(
            "StatefulSet",
            "db",
            replicas=2,
            volumeClaimTemplates=[{**claim, "spec": {**claim["spec"], "storageClassName": "fast"}}],  # type: ignore[dict-item]
            persistentVolumeClaimRetentionPolicy=policy,
        )
    )
    cluster.run(5)
    assert len(cluster.store.typed(PersistentVolumeClaim)) == 2
    cluster.change("StatefulSet", "db", replicas=1)
    cluster.run(10)
    assert [item.metadata.name for item in cluster.store.typed(PersistentVolumeClaim)] == ["data-db-0"]


def test_a_refused_pod_does_not_hide_how_the_others_are() -> None:
    cluster = FakeCluster(admission=True, ready=2 * SECOND)
    cluster.apply("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: '1'}}")
    cluster.run(0)
    cluster.apply(workload("StatefulSet", "db", replicas=2))
    cluster.run(10)
    status = cluster.get("StatefulSet", "db").status
    assert (status.replicas, status.ready_replicas, status.available_replicas) == (1, 1, 1)
    assert cluster.messages("FailedCreate")[0].startswith('Create Pod db-1 in StatefulSet db failed error: pods "db-1" is forbidden: ')


def test_a_refused_claim_is_reported_for_itself_and_for_its_pod() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply("apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {persistentvolumeclaims: '0'}}")
    cluster.run(0)
    template = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}
    cluster.apply(workload("StatefulSet", "db", replicas=1, volumeClaimTemplates=[template]))
    cluster.run(0)
    why = 'persistentvolumeclaims "data-db-0" is forbidden: exceeded quota: q, requested: persistentvolumeclaims=1, '
    claim, pod = cluster.messages("FailedCreate")
    assert claim.startswith(f"Create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: {why}")
    assert pod.startswith(f"Create Pod db-0 in StatefulSet db failed error: failed to create PVC data-db-0: {why}")


def test_when_scaled_down_only_the_claims_of_the_set_are_deleted() -> None:
    cluster = FakeCluster()
    claims = [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}]
    policy = {"whenScaled": "Delete", "whenDeleted": "Retain"}
    cluster.apply(workload("StatefulSet", "db", replicas=2, volumeClaimTemplates=claims, persistentVolumeClaimRetentionPolicy=policy))
    claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s}, spec: {accessModes: [ReadWriteOnce]}}"
    cluster.apply("\n---\n".join(claim % name for name in ("other-db-7", "data-db-x", "data-dbx-3")))
    cluster.run(10)
    cluster.change("StatefulSet", "db", replicas=1)
    cluster.run(20)
    names = sorted(item.metadata.name for item in cluster.store.typed(PersistentVolumeClaim))
    assert names == ["data-db-0", "data-db-x", "data-dbx-3", "other-db-7"]
