"""A small world for tests of the kubelet: one pod on one node, with a program, through the simulator's own input path."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import simulator
from simulator.api import ApiServer
from simulator.cluster import Cluster
from simulator.dialect import Dialect
from simulator.engine import Engine
from simulator.journal import Header, Journal
from simulator.journal.records import LogLine, Write
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.klog import Klog
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.worker import Worker
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.public.runs import Run
from simulator.scenario.inputs import Choices, gather
from simulator.units import SECOND

POD = Key("Pod", "default", "web")
HEADER = Header(start_time="2024-11-14T21:06:39Z", kubernetes="1.36")


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


def skipping_nothing(world: Cluster) -> Cluster:
    """The cluster with probes and syncs simulated, too, that change nothing."""
    for machine in world.machines.by_node.values():
        machine._config = machine._config._replace(skip_quiet=False)
        assert machine.kubelet is not None
        machine.kubelet._probes.worker_type = Worker
        machine.kubelet._workers.rests = False
    return world


def bare_node(engine: Engine, release: str = "1.36", *, api: ApiServer | None = None, started_at: int = -86_400 * SECOND) -> NodeContext:
    """The context of a kubelet whose node has no runtime, and whose log goes nowhere."""
    nothing: Any = None
    config, klog = KubeletConfig(started_at=started_at), SilentKlog(engine, Journal(HEADER), Dialect(release), "minikube")
    return NodeContext(engine, api or nothing, nothing, Dialect(release), config, nothing, klog)


class SilentKlog(Klog):
    def _write(self, level: str, message: str, values: dict[str, object]) -> None: ...


def played(folder: Path, spec: dict[str, Any], *others: dict[str, Any], **scenario: Any) -> Journal:
    """The journal of that pod."""
    return cluster(folder, spec, *others, **scenario).run()


def run_with(scenario: dict[str, Any], *documents: dict[str, Any], duration: str) -> Run:
    """The run of these manifests with the `spec` of a Scenario."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "manifest.yaml").write_text("\n---\n".join(json.dumps(item) for item in documents))
        spec = {"manifests": ["manifest.yaml"], **scenario}
        (Path(folder) / "scenario.yaml").write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
        return simulator.run(folder, duration=duration)


def statuses(journal: Journal) -> list[tuple[float, Pod]]:
    """The versions of the pod, each with its time in seconds."""
    return [(write.t / 1e9, write.item) for write in journal.at().writes(POD) if isinstance(write.item, Pod)]


def events(journal: Journal, reason: str) -> list[tuple[float, Event]]:
    """The versions of the events of that reason, each with its time in seconds."""
    writes = [record for record in journal if isinstance(record, Write)]
    return [(write.t / 1e9, write.item) for write in writes if isinstance(write.item, Event) and write.item.reason == reason]


def printed(journal: Journal) -> list[str]:
    """What kubectl has printed about the actions, line by line."""
    return [record.line for record in journal if isinstance(record, LogLine) and record.component == "kubectl"]
