"""`kubectl debug`: ephemeral containers, copies of pods, pods on nodes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.journal import Journal
from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from tests.kubelet.world import events, played, printed, statuses

Spec = dict[str, Any]
SPEC = {
    "initContainers": [{"name": "setup"}],
    "containers": [{"name": "main", "livenessProbe": {"exec": {"command": ["true"]}}}],
}
PROGRAMS = [
    {"match": {"container": "setup"}, "runs": [{"exitAfter": "1s"}]},
    {"match": {"container": "dbg"}, "runs": [{"exitAfter": "5s"}]},
]


def debugged(folder: Path, *actions: Spec, release: str = "1.36", **more: Any) -> Journal:
    return played(folder, SPEC, programs=PROGRAMS, actions=list(actions), kubernetes=release, **more)


def pod_named(journal: Journal, name: str) -> Pod:
    pod = journal.at().get(Key("Pod", "default", name))
    assert isinstance(pod, Pod)
    return pod


@pytest.mark.rule("EPH-01", "EPH-02")
def test_an_ephemeral_container_runs_once_beside_the_others(tmp_path: Path) -> None:
    action = {"at": "20s", "debug": "pod/web", "image": "busybox", "container": "dbg", "target": "main", "command": ["sleep", "5"]}
    journal = debugged(tmp_path, action, duration="60s")
    assert printed(journal) == [
        "Targeting container \"main\". If you don't see processes from this container it may be because the container runtime doesn't "
        "support this feature."
    ]
    pod = pod_named(journal, "web")
    (status,) = pod.status.ephemeral_container_statuses
    assert status.state.terminated is not None
    assert (status.name, status.state.terminated.exit_code, status.restart_count, status.ready) == ("dbg", 0, 0, False)
    assert pod.spec.ephemeral_containers[0]["targetContainerName"] == "main"
    assert pod.spec.ephemeral_containers[0]["securityContext"] == {"capabilities": {"add": ["SYS_PTRACE"]}}
    started = [event.involved_object.field_path for _, event in events(journal, "Started")]
    assert started[-1] == "spec.ephemeralContainers{dbg}"
    assert started.count("spec.ephemeralContainers{dbg}") == 1
    assert all(pod.status.phase == "Running" and pod.status.container_statuses[0].ready for t, pod in statuses(journal) if t > 20)


def test_they_can_only_be_added(tmp_path: Path) -> None:
    add = {"spec": {"ephemeralContainers": [{"name": "dbg", "image": "busybox"}]}}
    change = {"spec": {"ephemeralContainers": [{"name": "dbg", "image": "alpine"}]}}
    taken = {"spec": {"ephemeralContainers": [{"name": "main", "image": "alpine"}]}}
    actions = [
        {"at": f"{20 + i}s", "patch": "pod/web", "subresource": "ephemeralcontainers", "with": part}
        for i, part in enumerate((add, change, taken))
    ]
    first, second, *_, last = [line for line in printed(debugged(tmp_path, *actions, duration="30s")) if line]
    assert first == "pod/web patched"
    assert second.startswith(
        'The Pod "web" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "dbg" may not be changed'
    )
    assert last == 'The Pod "web" is invalid: spec.ephemeralContainers[0].name: Duplicate value: "main"'


def test_a_copy(tmp_path: Path) -> None:
    action = {"at": "20s", "debug": "pod/web", "copyTo": "twin", "container": "main", "image": "busybox", "command": ["sleep", "60"],
              "replaceOriginal": True}  # fmt: skip
    journal = debugged(tmp_path, action, duration="40s")
    twin = pod_named(journal, "twin")
    (main,) = twin.spec.containers
    assert (main.image, main.command, main.liveness_probe) == ("busybox", ["sleep", "60"], None)
    assert twin.spec.share_process_namespace is True
    assert [item.name for item in twin.spec.init_containers] == ["setup"]
    assert twin.status.phase == "Running"
    assert journal.at().get(Key("Pod", "default", "web")) is None


def test_a_node(tmp_path: Path) -> None:
    action = {"at": "20s", "debug": "node/minikube", "image": "busybox", "command": ["sleep", "5"], "profile": "legacy"}
    journal = debugged(tmp_path, action, duration="40s")
    warning, line = printed(journal)
    assert warning.startswith("--profile=legacy is deprecated and planned to be removed in v1.39.")
    name = line.split()[3]
    assert line == f"Creating debugging pod {name} with container debugger on node minikube."
    pod = pod_named(journal, name)
    assert (pod.spec.host_network, pod.spec.node_name, pod.spec.restart_policy) == (True, "minikube", "Never")
    assert pod.spec.containers[0].volume_mounts[0].mount_path == "/host"
    assert [event for event in journal.at().typed(Event) if event.involved_object.name == name and event.reason == "Started"]
