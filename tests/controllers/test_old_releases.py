"""Controllers of older releases: one world each, in the releases on both sides of a change."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from simulator.journal.snapshot import Snapshot
from simulator.objects.apps import DaemonSet
from simulator.objects.event import Event
from simulator.public.runs import run
from simulator.units import SECOND

PROBE = {"tcpSocket": {"port": 80}, "periodSeconds": 1}


def play(folder: Path, kubernetes: str, kind: str, spec: dict[str, object], **scenario: object) -> Snapshot:
    """Play a workload whose pods are ready at once if their image is good, and never if it is bad."""
    pod = {"terminationGracePeriodSeconds": 1, "containers": [{"name": "web", "image": "good", "readinessProbe": PROBE}]}
    labelled = {"selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": pod}}
    item = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": {**labelled, **spec}}
    (folder / "web.yaml").write_text(yaml.safe_dump(item), encoding="utf-8")
    whole = {
        "kubernetes": kubernetes,
        "before": {"manifests": ["web.yaml"], "since": "2m"},
        "images": {"*": {"cached": True}},
        "programs": [{"match": {"image": "bad*"}, "runs": [{}]}, {"match": {}, "runs": [{"listen": [{"port": 80}]}]}],
        **scenario,
    }
    document = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": whole}
    (folder / "scenario.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
    return run(folder).at().snapshot


@pytest.mark.parametrize(("kubernetes", "ready"), [("1.29.9", 0), ("1.30.5", 0), ("1.30", 0), ("1.31.0", 2)])
def test_bad_updates_of_a_daemon_set(tmp_path: Path, kubernetes: str, ready: int) -> None:
    """Three updates in a row whose pods never get ready."""
    updates = [{"at": f"{20 * n}s", "setImage": "daemonset/web", "with": {"web": f"bad{n}"}} for n in (0, 1, 2)]
    nodes = {"nodes": [{"name": f"node{n}"} for n in range(3)]}
    end = play(tmp_path, kubernetes, "DaemonSet", {}, duration="1m", cluster=nodes, actions=updates)
    assert [item.status.number_ready for item in end.typed(DaemonSet)] == [ready]


@pytest.mark.parametrize(("kubernetes", "waits"), [("1.33", False), ("1.34", True)])
def test_an_update_of_a_parallel_stateful_set_and_min_ready_seconds(tmp_path: Path, kubernetes: str, waits: bool) -> None:
    spec = {"serviceName": "web", "replicas": 3, "podManagementPolicy": "Parallel", "minReadySeconds": 10}
    end = play(tmp_path, kubernetes, "StatefulSet", spec, duration="1m", actions=[{"at": "1s", "rolloutRestart": "statefulset/web"}])
    starts = sorted(write.t for write in end.writes() if write.type == "ADDED" and write.key.kind == "Pod" and write.t > 0)
    gaps = [(after - before) / SECOND for before, after in pairwise(starts)]
    assert len(gaps) == 2
    assert all((gap > 10) == waits for gap in gaps)


@pytest.mark.parametrize(("kubernetes", "reasons"), [("1.30", {"RecreatingFailedPod"}), ("1.31", set())])
def test_a_stateful_set_reports_that_it_recreates_a_pod(tmp_path: Path, kubernetes: str, reasons: set[str]) -> None:
    """A pod that has failed, as after an eviction."""
    failed = {"at": "1s", "patch": "pod/web-0", "subresource": "status", "type": "merge", "with": {"status": {"phase": "Failed"}}}
    end = play(tmp_path, kubernetes, "StatefulSet", {"serviceName": "web"}, duration="20s", actions=[failed])
    found = {one.reason: one.message for one in end.typed(Event) if one.reason.startswith("Recreating")}
    assert set(found) == reasons
    assert all(text == "StatefulSet default/web is recreating failed Pod web-0" for text in found.values())
