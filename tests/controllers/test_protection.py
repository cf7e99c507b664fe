"""Claims and volumes that are being deleted while they are in use."""

from __future__ import annotations

import pytest

from simulator.objects.kinds import Key
from simulator.objects.labels import PV_PROTECTION, PVC_PROTECTION
from simulator.units import SECOND
from tests.fake_cluster import FakeCluster

STORAGE = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: c}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: v}
spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /v}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  %s
  containers: [{name: a, image: i}]
  volumes: [{name: d, persistentVolumeClaim: {claimName: c}}]
"""


def there(cluster: FakeCluster, kind: str, name: str) -> bool:
    return cluster.store.get(Key(kind, "default" if kind != "PersistentVolume" else "", name)) is not None


def test_a_claim_stays_while_a_pod_with_a_node_uses_it() -> None:
    cluster = FakeCluster(admission=True, stop=3 * SECOND)
    cluster.apply(STORAGE + "---" + POD % "nodeName: node-1")
    cluster.run(31)
    claim = cluster.get("PersistentVolumeClaim", "c")
    assert (claim.status.phase, claim.metadata.finalizers) == ("Bound", [PVC_PROTECTION])
    cluster.delete("PersistentVolumeClaim", "c")
    cluster.run(40)
    assert cluster.get("PersistentVolumeClaim", "c").metadata.deletion_timestamp
    cluster.delete("Pod", "p")
    cluster.run(42)
    assert there(cluster, "PersistentVolumeClaim", "c")
    cluster.run(44)
    assert not there(cluster, "PersistentVolumeClaim", "c")


def test_a_pod_that_has_ended_still_uses_its_claim() -> None:
    cluster = FakeCluster(admission=True)
    cluster.kubelet.finish_after = SECOND
    cluster.apply(STORAGE + "---" + POD % "nodeName: node-1")
    cluster.run(31)
    assert cluster.get("Pod", "p").status.phase == "Succeeded"
    cluster.delete("PersistentVolumeClaim", "c")
    cluster.run(40)
    assert there(cluster, "PersistentVolumeClaim", "c")


@pytest.mark.parametrize("pod", ["", "---" + POD % "nodeSelector: {disk: other}"])
def test_a_claim_that_no_pod_with_a_node_uses_goes_at_once(pod: str) -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply(STORAGE + pod)
    cluster.run(31)
    cluster.delete("PersistentVolumeClaim", "c")
    cluster.run(32)
    assert not there(cluster, "PersistentVolumeClaim", "c")


def test_a_volume_stays_while_it_is_bound() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply(STORAGE)
    cluster.run(31)
    assert cluster.get("PersistentVolume", "v", "").metadata.finalizers == [PV_PROTECTION]
    cluster.api.delete(Key("PersistentVolume", "", "v"))
    cluster.run(40)
    assert there(cluster, "PersistentVolume", "v")
    cluster.delete("PersistentVolumeClaim", "c")
    cluster.run(42)
    assert not there(cluster, "PersistentVolume", "v")


def test_a_free_volume_goes_at_once() -> None:
    cluster = FakeCluster(admission=True)
    cluster.apply(STORAGE.partition("---")[2])
    cluster.run(1)
    cluster.api.delete(Key("PersistentVolume", "", "v"))
    cluster.run(2)
    assert not there(cluster, "PersistentVolume", "v")
