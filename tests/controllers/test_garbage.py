"""What goes when its owner goes; the end of a namespace; quotas, budgets, volumes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulator.api.admission import Admission
from simulator.journal.records import Write
from simulator.objects.apps import Deployment, ReplicaSet
from simulator.objects.config import ConfigMap, Namespace
from simulator.objects.kinds import Key
from simulator.objects.meta import ObjectMeta, OwnerReference
from simulator.objects.storage import PersistentVolume
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster, workload


def kinds(cluster: FakeCluster) -> tuple[int, int, int]:
    return len(cluster.store.typed(Deployment)), len(cluster.store.typed(ReplicaSet)), len(cluster.pods())


def test_in_the_background_the_owner_goes_first() -> None:
    cluster = FakeCluster()
    cluster.apply(workload())
    cluster.run(5)
    cluster.delete("Deployment", "web")
    cluster.run(5)
    assert kinds(cluster) == (0, 0, 2)
    cluster.run(6)
    assert kinds(cluster) == (0, 0, 0)


def test_in_the_foreground_it_goes_last() -> None:
    cluster = FakeCluster()
    cluster.apply(workload())
    cluster.run(5)
    cluster.delete("Deployment", "web", "Foreground")
    cluster.run(5.5)
    assert kinds(cluster) == (1, 1, 2)
    cluster.run(6)
    assert kinds(cluster) == (0, 0, 0)


def test_orphans_live_on_without_an_owner() -> None:
    cluster = FakeCluster()
    cluster.apply(workload())
    cluster.run(5)
    cluster.delete("Deployment", "web", "Orphan")
    cluster.run(10)
    assert kinds(cluster) == (0, 1, 2)
    assert cluster.store.typed(ReplicaSet)[0].metadata.owner_references == []


@pytest.mark.parametrize(("release", "stays"), [("1.32", False), ("1.36", True)])
def test_a_namespace_goes_when_it_is_empty(release: str, *, stays: bool) -> None:
    cluster = FakeCluster(stop=2 * SECOND, release=release)
    cluster.api.create(Namespace(metadata=ObjectMeta(name="default")))
    cluster.apply(workload())
    cluster.run(5)
    assert cluster.get("ServiceAccount", "default") is not None
    assert cluster.get("ConfigMap", "kube-root-ca.crt") is not None
    cluster.api.delete(Key("Namespace", "", "default"))
    cluster.api._gatekeeper = Admission(cluster.store, cluster.engine.streams.stream, cluster.dialect)
    assert cluster.get("Namespace", "default", "").status.phase == "Terminating"
    cluster.run(9.9)  # for five seconds nothing happens
    assert [pod.metadata.deletion_timestamp for pod in cluster.pods()] == [None, None]
    cluster.run(11)
    assert all(pod.metadata.deletion_timestamp is not None for pod in cluster.pods())
    assert (cluster.get("Deployment", "web") is not None) is stays  # until the pods are gone
    cluster.run(60)
    assert cluster.get("Namespace", "default", "") is None
    assert [item for kind in cluster.store.kinds() for item in cluster.store.objects(kind, "default") if kind != "Event"] == []


def test_a_quota_counts_and_limits() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply("{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {hard: {pods: '2', requests.cpu: '1'}}}")
    cluster.run(0)
    assert cluster.get("ResourceQuota", "q").status.used == {"pods": "0", "requests.cpu": "0"}
    spec = "containers: [{name: c, image: i, resources: {requests: {cpu: 300m}}}]"
    cluster.apply(workload(replicas=3, pod_spec=spec))
    cluster.run(3)
    assert len(cluster.pods()) == 2
    assert cluster.get("ResourceQuota", "q").status.used == {"pods": "2", "requests.cpu": "600m"}
    assert "exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2" in cluster.messages("FailedCreate")[0]
    cluster.change("Deployment", "web", replicas=1)
    cluster.run(10)
    assert cluster.get("ResourceQuota", "q").status.used == {"pods": "1", "requests.cpu": "300m"}


def test_a_volume_is_released_with_its_claim() -> None:
    cluster = FakeCluster()
    cluster.apply(
        """
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce], persistentVolumeReclaimPolicy: Retain}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
    )
    cluster.run(1)
    assert cluster.store.typed(PersistentVolume)[0].status.phase == "Bound"
    cluster.delete("PersistentVolumeClaim", "c")
    cluster.run(2)
    assert cluster.store.typed(PersistentVolume)[0].status.phase == "Released"


def test_a_claim_that_finds_nothing_says_so_again_and_again() -> None:
    cluster = FakeCluster()
    claim = "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {accessModes: [ReadWriteOnce]}}"
    cluster.apply(claim)
    cluster.run(0)
    text = "no persistent volumes available for this claim and no storage class is set"
    assert cluster.messages("FailedBinding") == [text]
    cluster.run(40)
    assert (cluster.events("FailedBinding")[0].count or 0) >= 3
    cluster.run(70)
    writes = [record for record in cluster.journal if isinstance(record, Write) and record.item.kind == "Event"]
    times = [write.t for write in writes if write.item.reason == "FailedBinding"]
    assert {after - before for before, after in pairwise(times[1:])} == {15 * SECOND}, "at the controller's resyncs"


def test_late_binding_waits_for_a_pod() -> None:
    cluster = FakeCluster()
    cluster.apply(
        """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: late}
provisioner: example.com/disk
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {storageClassName: late, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
    )
    cluster.run(1)
    assert cluster.messages("WaitForFirstConsumer")
    cluster.apply(
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}], "
        "volumes: [{name: d, persistentVolumeClaim: {claimName: c}}]}}"
    )
    cluster.run(3)
    assert cluster.get("PersistentVolumeClaim", "c").status.phase == "Bound"
    assert cluster.get("Pod", "p").status.phase == "Running"


LOCAL = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: local}
provisioner: kubernetes.io/no-provisioner
volumeBindingMode: WaitForFirstConsumer
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {storageClassName: local, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec: {containers: [{name: c, image: i}], volumes: [{name: d, persistentVolumeClaim: {claimName: c}}]}
"""
VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec:
  {capacity: {storage: 2Gi}, accessModes: [ReadWriteOnce], storageClassName: local, nodeAffinity: {required: {nodeSelectorTerms:
  [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-2]}]}]}}}
---
"""


def test_a_pod_goes_where_its_volume_is_a_moment_after_the_volume_is_claimed() -> None:
    cluster = FakeCluster(nodes=3)
    cluster.apply(VOLUME + LOCAL)
    cluster.run(0.9)
    assert cluster.get("PersistentVolumeClaim", "c").spec.volume_name == "v"
    assert cluster.get("Pod", "p").spec.node_name == ""
    cluster.run(1)
    assert cluster.get("Pod", "p").spec.node_name == "node-2"


def test_without_a_volume_a_pod_waits_and_so_does_its_claim() -> None:
    cluster = FakeCluster(nodes=3)
    cluster.apply(LOCAL)
    cluster.run(1)
    assert cluster.messages("WaitForPodScheduled") == ["waiting for pod p to be scheduled"]
    assert cluster.messages("FailedScheduling")[0].startswith("0/3 nodes are available: 3 node(s) didn't find available persistent volumes")
    cluster.apply(VOLUME.removesuffix("---\n"))
    cluster.run(10)
    assert cluster.get("Pod", "p").spec.node_name == "node-2"


def test_a_claim_finds_a_volume_that_came_later_at_the_next_look() -> None:
    cluster = FakeCluster()
    cluster.apply("{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {accessModes: [ReadWriteOnce]}}")
    cluster.run(1)
    volume = "{apiVersion: v1, kind: PersistentVolume, metadata: {name: v}, spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}}"
    cluster.apply(volume)
    cluster.run(1.001)
    assert cluster.get("PersistentVolumeClaim", "c").status.phase != "Bound"
    cluster.run(17)
    assert cluster.get("PersistentVolumeClaim", "c").status.phase == "Bound"


def test_a_reference_to_an_owner_that_is_gone_is_removed_while_another_owner_lives() -> None:
    cluster = FakeCluster()
    first, second = cluster.apply(
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}"
    )
    refs = [OwnerReference(api_version="v1", kind="ConfigMap", name=item.metadata.name, uid=item.metadata.uid) for item in (first, second)]
    cluster.api.create(ConfigMap(metadata=ObjectMeta(name="shared", namespace="default", owner_references=refs)))
    cluster.run(1)
    cluster.delete("ConfigMap", "a")
    cluster.run(2)
    assert [ref.name for ref in cluster.get("ConfigMap", "shared").metadata.owner_references] == ["b"]
    cluster.delete("ConfigMap", "b")
    cluster.run(3)
    assert cluster.get("ConfigMap", "shared") is None


def test_what_happens_in_a_namespace_on_its_way_out_is_not_reported_and_disturbs_nobody() -> None:
    cluster = FakeCluster(stop=5 * SECOND)
    cluster.api.create(Namespace(metadata=ObjectMeta(name="default")))
    cluster.apply(workload() + "---\n" + workload("Job", "pi", replicas=None, pod_spec="restartPolicy: Never"))
    cluster.run(3)
    cluster.api.delete(Key("Namespace", "", "default"))
    cluster.api._gatekeeper = Admission(cluster.store, cluster.engine.streams.stream, cluster.dialect)
    before = len(cluster.journal.writes_until(3 * SECOND))
    cluster.run(60)
    assert [
        write for write in cluster.journal.writes_until(60 * SECOND)[before:] if write.key.kind == "Event" and write.type == "ADDED"
    ] == []
    assert cluster.get("Namespace", "default", "") is None
