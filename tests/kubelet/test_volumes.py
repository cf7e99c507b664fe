"""Containers wait for their volumes."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simulator.units import SECOND
from tests.kubelet.world import cluster, events, played, statuses

VOLUME = {"volumes": [{"name": "settings", "configMap": {"name": "later"}}]}
LATER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "later"}, "data": {"a": "1"}}


def starts(journal) -> list[float]:  # type: ignore[no-untyped-def]
    return [fact.t / SECOND for fact in journal.at().facts("container.started")]


@pytest.mark.rule("VOL-02")
def test_a_missing_source_is_retried_after_doubling_delays(tmp_path: Path) -> None:
    journal = played(tmp_path, VOLUME, duration="20s")
    tries = [t for t, _ in events(journal, "FailedMount")]
    waits = [round(after - before, 1) for before, after in pairwise(tries)]
    assert waits == [0.6, 1.1, 2.1, 4.1, 8.1]
    assert starts(journal) == []
    assert events(journal, "FailedMount")[0][1].message == 'MountVolume.SetUp failed for volume "settings" : configmap "later" not found'


@pytest.mark.rule("VOL-01")
def test_the_pod_starts_once_the_source_is_there(tmp_path: Path) -> None:
    (tmp_path / "later.yaml").write_text(str(LATER))
    journal = played(tmp_path, VOLUME, actions=[{"at": "5s", "apply": "later.yaml"}])
    assert 5 < starts(journal)[0] < 10
    assert statuses(journal)[-1][1].status.phase == "Running"


@pytest.mark.rule("VOL-01")
def test_a_sync_gives_up_after_two_minutes(tmp_path: Path) -> None:
    """Only the log shows it: a wait that was cut short is not an event."""
    journal = played(tmp_path, VOLUME, duration="3m")
    text = 'Error syncing pod, skipping" err="unmounted volumes=[settings]'
    times = [line.t / SECOND for line in journal.at().logs() if text in line.line]
    assert 123 <= times[0] <= 124
    assert {event.message.partition(" ")[0] for _, event in events(journal, "FailedMount")} == {"MountVolume.SetUp"}


@pytest.mark.rule("VOL-02")
def test_sources_of_a_removed_pod_are_not_looked_up(tmp_path: Path) -> None:
    journal = played(tmp_path, VOLUME, actions=[{"at": "10s", "delete": "pod/web"}])
    assert max(t for t, _ in events(journal, "FailedMount")) < 10


@pytest.mark.rule("WRK-07")
def test_a_deleted_pod_does_not_wait_for_its_volumes(tmp_path: Path) -> None:
    journal = played(tmp_path, VOLUME, actions=[{"at": "10s", "delete": "pod/web"}])
    gone = [t for t, _ in statuses(journal)][-1]
    assert 10 < gone < 13
    assert any("Sync exited with context cancellation error" in line.line for line in journal.at().logs())


CLAIM = {
    "apiVersion": "v1",
    "kind": "PersistentVolumeClaim",
    "metadata": {"name": "data"},
    "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1"}}},
}
USES_CLAIM = {"volumes": [{"name": "vol", "persistentVolumeClaim": {"claimName": "data"}}]}


@pytest.mark.rule("VOL-08")
@pytest.mark.parametrize(
    ("objects", "error"),
    [([CLAIM], "PVC is not bound"), ([], 'failed to fetch PVC from API server: persistentvolumeclaims "data" not found')],
)
def test_a_claim_that_is_not_bound_keeps_its_pod_waiting(tmp_path: Path, objects: list[Any], error: str) -> None:
    """A pod with nodeName, which no scheduler has held back: the kubelet tries at each sync, at most 15 s apart."""
    world = cluster(tmp_path, USES_CLAIM, *objects, duration="1m", cluster={"nodes": [{"name": "minikube"}]})
    journal = world.run()
    tries = events(journal, "FailedMount")
    unmounted = "unmounted volumes=[vol], unattached volumes=[], failed to process volumes=[vol]"
    text = f"Unable to attach or mount volumes: {unmounted}: error processing PVC default/data: {error}"
    assert {event.message for _, event in tries} == {text}
    assert round(tries[0][0], 1) == 0.3
    assert all(10 <= after - before <= 16 for (before, _), (after, _) in pairwise(tries))
    assert starts(journal) == []


@pytest.mark.rule("VOL-08")
def test_the_pod_starts_once_its_claim_is_bound(tmp_path: Path) -> None:
    disk = {"accessModes": ["ReadWriteOnce"], "capacity": {"storage": "1Gi"}, "hostPath": {"path": "/var"}}
    volume = {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": disk}
    (tmp_path / "volume.yaml").write_text(str(volume))
    more: Any = {"cluster": {"nodes": [{"name": "minikube"}]}, "actions": [{"at": "5s", "apply": "volume.yaml"}]}
    journal = cluster(tmp_path, USES_CLAIM, CLAIM, duration="1m", **more).run()
    assert 5 < starts(journal)[0] < 40
