"""The rule behind each event, in small worlds for what no recorded pod shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from simulator.journal import Journal
from simulator.journal.records import Write
from simulator.objects.event import Event
from simulator.objects.pod import Pod
from simulator.units import SECOND
from tests.kubelet.rules import by_id
from tests.kubelet.test_admission import REFUSED_PODS, TINY
from tests.kubelet.world import POD, cluster, played

Spec = dict[str, Any]


RESTARTS = {"resourceName": "memory", "restartPolicy": "RestartContainer"}
AMOUNTS = {kind: {"cpu": "1", "memory": "128Mi"} for kind in ("requests", "limits")}


def resize(at: str, **amounts: str) -> Spec:
    """An action that changes what the container has."""
    resources = dict.fromkeys(("requests", "limits"), amounts)
    return {
        "at": at,
        "patch": "pod/web",
        "with": {"spec": {"containers": [{"name": "main", "resources": resources}]}},
        "subresource": "resize",
    }


def neighbour() -> Spec:
    """A pod that takes a CPU of its node."""
    container = {"name": "main", "image": "app:1", "resources": {"requests": {"cpu": "1"}}}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "big"}, "spec": {"containers": [container]}}


class World(NamedTuple):
    """A pod `web`, what happens to it, the (rule, reason) pairs that its events must show, and the other objects of the world."""

    spec: Spec
    scenario: Spec
    pairs: set[tuple[str, str]]
    others: tuple[Spec, ...] = ()


def sidecar(**more: Any) -> Spec:
    return {"initContainers": [{"name": "proxy", "restartPolicy": "Always", **more}], "containers": [{"name": "main"}]}


def program(name: str, **run: Any) -> list[Spec]:
    return [{"match": {"container": name}, "runs": [run]}]


def local_disk(path: str) -> tuple[Spec, Spec]:
    """A local volume of the node, and a claim `data` that is bound to it."""
    common: Spec = {"accessModes": ["ReadWriteOnce"], "storageClassName": ""}
    terms = [{"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["minikube"]}]}]
    local = {"capacity": {"storage": "1Gi"}, "local": {"path": path}, "nodeAffinity": {"required": {"nodeSelectorTerms": terms}}}
    claim = {"volumeName": "disk", "resources": {"requests": {"storage": "1Gi"}}}
    return (
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "disk"}, "spec": {**common, **local}},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": {**common, **claim}},
    )


FAILS = {"exec": {"command": ["check"]}, "periodSeconds": 1, "failureThreshold": 2}
FAILING = {"exec": [{"command": "check", "exit": 1}]}
REPLACED = {"Killing", "Created", "Started"}

LATE = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web"},
    "spec": {"nodeName": "minikube", "containers": [{"name": "main", "image": "app:1"}]},
}
WORLDS = {
    "a sidecar's startup probe fails": World(
        sidecar(startupProbe=FAILS),
        {"programs": program("proxy", **FAILING)},
        {("INI-11", reason) for reason in REPLACED},
    ),
    "a sidecar's image changes": World(
        sidecar(),
        {"actions": [{"at": "10s", "patch": "pod/web", "with": {"spec": {"initContainers": [{"name": "proxy", "image": "app:2"}]}}}]},
        {("INI-12", reason) for reason in REPLACED},
    ),
    "a sidecar's liveness probe fails": World(
        sidecar(livenessProbe=FAILS),
        {"programs": program("proxy", **FAILING)},
        {("INI-13", reason) for reason in REPLACED},
    ),
    "a container could not be started at first": World(
        {},
        {"programs": [{"match": {"container": "main"}, "runs": [{"startError": "no such file", "exitCode": 128}, {}]}]},
        {("SBX-09", "Created"), ("STA-05", "Failed"), ("RST-04", "Started")},
    ),
    "a restart rule matches": World(
        {
            "containers": [
                {
                    "name": "main",
                    "restartPolicy": "Never",
                    "restartPolicyRules": [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}],
                }
            ]
        },
        {"programs": [{"match": {"container": "main"}, "runs": [{"exitAfter": "1s", "exitCode": 42}, {}]}], "kubernetes": "1.36"},
        {("RST-14", "Created"), ("RST-14", "Started")},
    ),
    "a probe cannot be made": World(
        {"containers": [{"name": "main", "readinessProbe": {"httpGet": {"port": "unnamed"}}}]}, {}, {("PRB-14", "Unhealthy")}
    ),
    "a probe is redirected": World(
        {"containers": [{"name": "main", "readinessProbe": {"httpGet": {"port": 8080}}}]},
        {"programs": program("main", listen=[{"port": 8080}], http=[{"status": 302}])},
        {("PRB-18", "ProbeWarning")},
    ),
    "the node reboots": World(
        {},
        {"actions": [{"at": "5s", "node": "minikube", "reboot": "60s"}], "duration": "80s"},
        {("PRC-03", reason) for reason in ("Starting", "NodeHasNoDiskPressure", "NodeReady", "Rebooted")},
    ),
    "a rule restarts all containers": World(
        {
            "containers": [
                {
                    "name": "main",
                    "restartPolicy": "Never",
                    "restartPolicyRules": [{"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [88]}}],
                },
                {"name": "other"},
            ]
        },
        {"programs": program("main", exitAfter="3s", exitCode=88)},
        {("RST-17", "Killing")},
    ),
    "the node shuts down": World(
        {"terminationGracePeriodSeconds": 30},
        {
            "programs": program("main", term={"ignore": True}),
            "actions": [{"at": "5s", "node": "minikube", "reboot": "5s"}],
            "cluster": {"kubelet": {"shutdownGracePeriod": "10s"}},
        },
        {("SHD-01", "NodeShutdown"), ("SHD-01", "Killing")},
    ),
    "a pod comes while the node shuts down": World(
        {"terminationGracePeriodSeconds": 30},
        {
            "programs": program("main", term={"ignore": True}),
            "actions": [
                {"at": "5s", "node": "minikube", "reboot": "5s"},
                {"at": "6s", "delete": "pod/web", "force": True},
                {"at": "7s", "apply": "again", "with": [LATE]},
            ],
            "cluster": {"kubelet": {"shutdownGracePeriod": "10s"}},
        },
        {("SHD-02", "NodeShutdown")},
    ),
    "the kubelet restarts while its pod stops": World(
        {"automountServiceAccountToken": True},
        {
            "programs": program("main", term={"ignore": True}),
            "actions": [{"at": "5s", "delete": "pod/web"}, {"at": "9s", "node": "minikube", "kubelet": "restart"}],
        },
        {("VOL-07", "FailedMount")},
    ),
    "the pod is gone when its kubelet starts": World(
        {},
        {
            "actions": [
                {"at": "5s", "node": "minikube", "kubelet": "stop"},
                {"at": "6s", "delete": "pod/web", "force": True},
                {"at": "7s", "node": "minikube", "kubelet": "start"},
            ]
        },
        {("PRC-01", "Killing")},
    ),
    "root is not allowed": World(
        {"containers": [{"name": "main", "securityContext": {"runAsNonRoot": True, "runAsUser": 0}}]}, {}, {("ENV-04", "Failed")}
    ),
    "the source of a volume is missing": World(
        {"volumes": [{"name": "settings", "configMap": {"name": "absent"}}]}, {}, {("VOL-02", "FailedMount")}
    ),
    "a claim does not exist": World(
        {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "absent"}}]}, {}, {("VOL-08", "FailedMount")}
    ),
    "a path is not on the node": World(
        {"volumes": [{"name": "logs", "hostPath": {"path": "/absent", "type": "Directory"}}]}, {}, {("VOL-04", "FailedMount")}
    ),
    "a driver is not registered": World(
        {"volumes": [{"name": "keys", "csi": {"driver": "secrets-store.csi.k8s.io"}}]}, {}, {("VOL-05", "FailedMount")}
    ),
    "a local volume's path is not on the node": World(
        {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
        {},
        {("VOL-06", "FailedMount")},
        local_disk("/absent"),
    ),
    "a full host name is too long": World({"subdomain": "s" * 50, "setHostnameAsFQDN": True}, {}, {("SBX-08", "FailedCreatePodSandBox")}),
    "a pull secret does not exist": World(
        {"imagePullSecrets": [{"name": "absent"}]}, {}, {("IMG-05", "FailedToRetrieveImagePullSecret"), ("IMG-02", "Pulled")}
    ),
    "an ephemeral container is added": World(
        {},
        {"actions": [{"at": "5s", "debug": "pod/web", "image": "busybox", "container": "dbg", "command": ["sleep", "5"]}]},
        {("EPH-01", reason) for reason in ("Created", "Started")},
    ),
    "resizes come one after the other": World(
        {"containers": [{"name": "main", "resources": AMOUNTS, "resizePolicy": [RESTARTS]}]},
        {"actions": [resize("10s", cpu="2"), resize("30s", cpu="3500m"), resize("40s", cpu="1", memory="256Mi")]},
        {
            ("RSZ-02", "ResizeDeferred"),
            ("RSZ-03", "ResizeStarted"),
            ("RSZ-06", "ResizeCompleted"),
            *(("RSZ-10", reason) for reason in ("Killing", "Created", "Started")),
        },
        (neighbour(),),
    ),
    "a resize is more than the node has": World(
        {"containers": [{"name": "main", "resources": AMOUNTS}]},
        {"kubernetes": "1.35", "actions": [resize("10s", cpu="100")]},
        {("RSZ-02", "ResizeInfeasible")},
    ),
    "a resize would take memory that is in use": World(
        {"containers": [{"name": "main", "resources": AMOUNTS}]},
        {"programs": program("main", memory="100Mi"), "actions": [resize("10s", memory="64Mi")]},
        {("RSZ-07", "ResizeError")},
    ),
    "a kubelet that hung reports that the runtime is down": World(
        {},
        {
            "actions": [{"at": "10s", "node": "minikube", "down": True}, {"at": "95s", "node": "minikube", "down": False}],
            "duration": "2m",
            "seed": 3,
        },
        {("PRC-04", reason) for reason in ("NodeHasNoDiskPressure", "NodeNotReady", "NodeReady")},
    ),
    "a pod's deadline passes": World({"activeDeadlineSeconds": 5}, {}, {("STA-09", "DeadlineExceeded"), ("STA-09", "Killing")}),
}
REFUSED = {
    ("ADM-01", "PodOSNotSupported"),
    ("ADM-01", "PodOSSelectorNodeLabelDoesNotMatch"),
    ("ADM-02", "OutOfcpu"),
    ("ADM-03", "NodeAffinity"),
    ("ADM-04", "NodePorts"),
    ("ADM-05", "TaintToleration"),
}
SANDBOX_CHANGED = {(rule, reason) for rule in ("SBX-02", "SBX-03") for reason in ("SandboxChanged", "Killing")}
REPORTED = {pair for world in WORLDS.values() for pair in world.pairs} | REFUSED | SANDBOX_CHANGED
"""What these tests show, as (rule, reason)."""


def causes(journal: Journal) -> list[tuple[str, str]]:
    """The rule and the reason of each event of the kubelet about the pod or its node, in order."""
    writes = [record for record in journal if isinstance(record, Write) and isinstance(record.item, Event)]
    events = [(write.cause.rule, write.item) for write in writes if isinstance(write.item, Event)]
    names = (POD.name, "minikube")
    return [(rule, event.reason) for rule, event in events if event.source.component == "kubelet" and event.involved_object.name in names]


@pytest.mark.rule("TRM-08")
@pytest.mark.parametrize("name", WORLDS)
def test_events_name_the_rule_that_was_followed(name: str, tmp_path: Path) -> None:
    world = WORLDS[name]
    pairs = causes(played(tmp_path, world.spec, *world.others, **world.scenario))
    assert world.pairs <= set(pairs)
    assert [(rule, reason) for rule, reason in pairs if not by_id()[rule].may_report(reason)] == []


@pytest.mark.parametrize(("spec", "others", "scenario", "reason", "_message"), REFUSED_PODS)
def test_a_refusal_names_its_rule(
    tmp_path: Path, spec: Spec, others: list[Spec], scenario: Spec, reason: str, _message: str, request: pytest.FixtureRequest
) -> None:
    rule = next(mark.args[0] for mark in request.node.iter_markers("rule"))
    journal = played(tmp_path, spec, *others, **scenario)
    assert causes(journal) == [(rule, reason)]
    assert by_id()[rule].may_report(reason)
    rejected = [write for write in journal.at().writes(POD) if isinstance(write.item, Pod) and write.item.status.phase == "Failed"]
    assert [write.cause.rule for write in rejected] == ["ADM-06"]


def test_a_pod_for_another_system_by_its_label_is_refused_by_the_same_rule(tmp_path: Path) -> None:
    journal = played(tmp_path, TINY, metadata={"labels": {"kubernetes.io/os": "windows"}})
    assert causes(journal) == [("ADM-01", "PodOSSelectorNodeLabelDoesNotMatch")]


@pytest.mark.parametrize(("rule", "change"), [("SBX-02", {"ready": False}), ("SBX-03", {"ip": ""})])
def test_a_sandbox_change_names_the_rule_that_decided(tmp_path: Path, rule: str, change: Spec) -> None:
    """A sandbox stops, or loses its address, under a running container."""
    world = cluster(tmp_path, {}, duration="150s")
    runtime = world.machines._runtimes["minikube"]

    def spoil() -> None:
        pod = runtime.pod(next(iter(runtime.pods())))
        runtime.put(next(iter(runtime.pods())), pod._replace(sandboxes=tuple(sandbox._replace(**change) for sandbox in pod.sandboxes)))

    world.engine.call_at(20 * SECOND, spoil)
    pairs = causes(world.run())
    assert [pair for pair in pairs if pair[1] in ("SandboxChanged", "Killing")] == [(rule, "SandboxChanged"), (rule, "Killing")]
    assert pairs.count(("SBX-09", "Started")) == 2
