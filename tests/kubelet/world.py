"""A small world for tests of the kubelet: one pod on one node, with a program, through the simulator's own input path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator.cluster import Cluster
from simulator.journal import Journal
from simulator.journal.records import Write
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.scenario.inputs import Choices, gather

POD = Key("Pod", "default", "web")


def cluster(folder: Path, spec: dict[str, Any], *others: dict[str, Any], exact: bool = False, **scenario: Any) -> Cluster:
    """A cluster that is about to play the pod `web` and whatever else it is given."""
    containers = [{"image": "app:1", **container} for container in spec.get("containers", [{"name": "main"}])]
    init = [{"image": "app:1", **container} for container in spec.get("initContainers", [])]
    full = {"nodeName": "minikube", "automountServiceAccountToken": False, **spec, "containers": containers}
    if init:
        full["initContainers"] = init
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", **scenario.pop("metadata", {})}, "spec": full}
    (folder / "manifest.yaml").write_text("\n---\n".join(json.dumps(item) for item in (*others, pod)))
    body = {"manifests": ["manifest.yaml"], "images": {"*": {"cached": True}}, "duration": "60s", **scenario}
    (folder / "scenario.yaml").write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": body}))
    return Cluster(gather([str(folder)], Choices(exact=exact)))


def probing_every_tick(found: Cluster) -> Cluster:
    """The cluster with quiet probes played, too."""
    for kubelet in found.machines._kubelets.values():
        kubelet._probes.skips_quiet_probes = False
    return found


def played(folder: Path, spec: dict[str, Any], *others: dict[str, Any], **scenario: Any) -> Journal:
    """The journal of that pod."""
    return cluster(folder, spec, *others, **scenario).run()


def statuses(journal: Journal) -> list[tuple[float, Pod]]:
    """The versions of the pod, each with its time in seconds."""
    return [(write.t / 1e9, write.item) for write in journal.at().writes(POD) if isinstance(write.item, Pod)]


def events(journal: Journal, reason: str) -> list[tuple[float, Event]]:
    """The versions of the events of that reason, each with its time in seconds."""
    writes = [record for record in journal if isinstance(record, Write)]
    return [(write.t / 1e9, write.item) for write in writes if isinstance(write.item, Event) and write.item.reason == reason]
