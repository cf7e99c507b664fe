"""Disks are attached to one node at a time, and detached when their node no longer uses them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.journal.snapshot import Snapshot
from simulator.objects.event import Event
from simulator.objects.pod import Pod
from simulator.public.runs import Run, run
from simulator.units import SECOND

CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
NODES = [{"name": "n1"}, {"name": "n2"}]


def played(folder: Path, actions: list[dict[str, Any]], strategy: str = "RollingUpdate", modes: str = "ReadWriteOnce", **spec: Any) -> Run:
    """A Deployment of one pod with a disk, on two nodes, running since 2 minutes."""
    pod = {
        "terminationGracePeriodSeconds": 2,
        "tolerations": [{"operator": "Exists", "effect": "NoExecute"}],
        "containers": [{"name": "c", "image": "app:1", "volumeMounts": [{"name": "d", "mountPath": "/d"}]}],
        "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "data"}}],
    }
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    selector = {"matchLabels": {"app": "web"}}
    objects = [
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {**CLAIM, "accessModes": [modes]}},
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "web"},
            "spec": {"selector": selector, "strategy": {"type": strategy}, "template": template},
        },
    ]
    (folder / "app.yaml").write_text(yaml.safe_dump_all(objects))
    full = {
        "duration": "15m",
        "before": {"manifests": ["app.yaml"], "since": "2m"},
        "cluster": {"storageClass": "standard", "nodes": NODES},
        "images": {"*": {"cached": True}},
        "programs": [{"match": {"container": "*"}, "runs": [{}]}],
        "actions": actions,
        **spec,
    }
    (folder / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": full}))
    return run(folder)


def pods(view: Snapshot) -> list[Pod]:
    return sorted(view.typed(Pod), key=lambda pod: pod.metadata.creation_timestamp or "")


def messages(outcome: Run, reason: str) -> list[str]:
    return [item.message for item in outcome.journal.at().typed(Event) if item.reason == reason]


def attached(view: Snapshot) -> list[str]:
    return [item.content["spec"]["nodeName"] for item in view.objects("VolumeAttachment")]  # type: ignore[attr-defined]


RESTART = [{"at": "5s", "rolloutRestart": "deployment/web"}]


def test_a_rolling_update_waits_for_the_disk_of_the_old_pod(tmp_path: Path) -> None:
    outcome = played(tmp_path, RESTART)
    view = outcome.journal.at()
    old, new = pods(view)
    assert {old.spec.node_name, new.spec.node_name} == {"n1", "n2"}
    assert (old.status.phase, new.status.phase) == ("Running", "Pending")
    [volume] = view.objects("PersistentVolume")
    name = volume.metadata.name
    assert messages(outcome, "FailedAttachVolume") == [
        f'Multi-Attach error for volume "{name}" Volume is already used by pod(s) {old.metadata.name}'
    ]
    assert messages(outcome, "SuccessfulAttachVolume") == [f'AttachVolume.Attach succeeded for volume "{name}" ']
    assert attached(view) == [old.spec.node_name]
    assert f"is attached to {old.spec.node_name}, where pod/{old.metadata.name} uses it" in str(outcome.why("pod", new.metadata.name))


def test_recreated_pods_find_the_disk_detached(tmp_path: Path) -> None:
    """Within the 10 s after which the node reports that it no longer uses the disk."""
    cordon = {"at": "4s", "cordon": "node/n2"}
    outcome = played(tmp_path, [cordon, *RESTART, {"at": "1m", "rolloutRestart": "deployment/web"}], "Recreate", duration="3m")
    first, later = outcome.journal.at(4 * SECOND), outcome.journal.at()
    assert attached(later) == ["n1"]
    assert [pod.status.phase for pod in pods(later)] == ["Running"]
    if attached(first) == ["n2"]:
        assert len(messages(outcome, "FailedAttachVolume")) == 1


@pytest.mark.parametrize(("modes", "cluster"), [("ReadWriteMany", {"nodes": NODES}), ("ReadWriteOnce", {"nodes": NODES[:1]})])
def test_shared_disks_and_single_nodes_have_no_conflict(tmp_path: Path, modes: str, cluster: dict[str, Any]) -> None:
    outcome = played(tmp_path, RESTART, modes=modes, cluster={"storageClass": "standard", **cluster}, duration="2m")
    assert not messages(outcome, "FailedAttachVolume")
    assert [pod.status.phase for pod in pods(outcome.journal.at())] == ["Running"]


@pytest.mark.rule("VOL-09")
def test_a_disk_of_a_silent_node_is_detached_by_force_after_six_minutes(tmp_path: Path) -> None:
    """They count from when no pod needs it there: the forced deletion of the old pod."""
    [where] = {pod.spec.node_name for pod in played(tmp_path, [], duration="1s").journal.at().typed(Pod)}
    actions = [
        {"at": "5s", "node": where, "down": True},
        {"at": "2m", "delete": "pod", "selector": "app=web", "force": True},
    ]
    outcome = played(tmp_path, actions)
    [new] = pods(outcome.journal.at())
    assert new.spec.node_name != where
    assert "exclusively attached to one node and can't be attached to another" in messages(outcome, "FailedAttachVolume")[0]
    assert attached(outcome.journal.at(475 * SECOND)) == [where]
    assert attached(outcome.journal.at(485 * SECOND)) == [new.spec.node_name]
    assert new.status.phase == "Running"
