"""Texts of the real kubectl about nodes, namespaces, ConfigMaps and claims, whose objects are made here."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.kubectl.commands import run
from tests.kubectl.recorded import DATA, journal_of, view_with

JSON = dict[str, Any]


def text(name: str) -> str:
    return (DATA / "texts" / f"{name}.txt").read_text()


def node(number: int, created: str, role: str = "", ready: bool = True) -> JSON:
    name = "minikube" if number == 0 else f"node-{number + 1}"
    labels = {"beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}
    labels |= {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"} | ({f"node-role.kubernetes.io/{role}": ""} if role else {})
    annotations = {"node.alpha.kubernetes.io/ttl": "0", "volumes.kubernetes.io/controller-managed-attach-detach": "true"}
    unreachable = [{"key": "node.kubernetes.io/unreachable", "effect": effect} for effect in ("NoSchedule", "NoExecute")]
    info = {
        "machineID": "c3f8e1d2a4b5464f9e8d7c6b5a493827",
        "systemUUID": "c3f8e1d2-a4b5-464f-9e8d-7c6b5a493827",
        "bootID": "1b2e6a3c-6a0f-4f43-9c5e-58d9f0c1a111",
        "kernelVersion": "6.8.0-45-generic",
        "osImage": "Ubuntu 24.04.1 LTS",
        "operatingSystem": "linux",
        "architecture": "amd64",
        "containerRuntimeVersion": "containerd://2.0.0",
        "kubeletVersion": "v1.36.2",
        "kubeProxyVersion": "",
    }
    status = {
        "addresses": [{"type": "InternalIP", "address": f"192.168.49.{number + 2}"}, {"type": "Hostname", "address": name}],
        "capacity": {"cpu": "8", "ephemeral-storage": "64Gi", "memory": "16Gi", "pods": "110"},
        "allocatable": {"cpu": "8", "ephemeral-storage": "61847529063", "memory": "16284Mi", "pods": "110"},
        "conditions": conditions(created, ready),
        "nodeInfo": info,
    }
    cidr = f"10.244.{number}.0/24"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "uid": f"uid-{name}", "labels": labels, "annotations": annotations, "creationTimestamp": created},
        "spec": {"podCIDR": cidr, "podCIDRs": [cidr], **({} if ready else {"taints": unreachable})},
        "status": status,
    }


def conditions(created: str, ready: bool) -> list[JSON]:
    known = (
        ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    )
    beat, changed = ("2026-11-22T10:56:09Z", created) if ready else ("2026-11-22T11:11:42Z", "2026-11-22T11:15:35Z")
    lost = ("Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.")
    rows = [(type_, *((status, reason, message) if ready else lost)) for type_, status, reason, message in known]
    names = ("type", "status", "reason", "message")
    return [{**dict(zip(names, row, strict=True)), "lastHeartbeatTime": beat, "lastTransitionTime": changed} for row in rows]


def lease(name: str, renewed: str) -> JSON:
    meta = {"name": name, "namespace": "kube-node-lease"}
    spec = {"holderIdentity": name, "renewTime": renewed}
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": meta, "spec": spec}


def event(about: JSON, reason: str, message: str, source: str, first: str, last: str = "", count: int = 1) -> JSON:
    meta = about["metadata"]
    ref = {"kind": about["kind"], "name": meta["name"], "uid": meta["uid"]} | (
        {"namespace": meta["namespace"]} if "namespace" in meta else {}
    )
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{meta['name']}.{reason}", "namespace": meta.get("namespace", "default"), "creationTimestamp": first},
        "involvedObject": ref,
        "reason": reason,
        "message": message,
        "type": "Normal",
        "source": {"component": source},
        "firstTimestamp": first,
        "lastTimestamp": last or first,
        "count": count,
    }


def pods_at(name: str, seconds: float) -> list[JSON]:
    from simulator.objects.kinds import to_builtins

    return [to_builtins(item) for item in journal_of(name).at(round(seconds * 1e9)).objects("Pod")]


ZOO = {"start": "2026-11-22T10:56:13.076Z", "kubectl": "1.37.1"}


def test_describe_node() -> None:
    two = node(1, "2026-11-22T10:55:08Z")
    happened = event(
        two, "RegisteredNode", "Node node-2 event: Registered Node node-2 in Controller", "node-controller", "2026-11-22T10:55:10Z"
    )
    view = view_with(two, lease("node-2", "2026-11-22T10:56:50.5Z"), happened, *pods_at("zoo", 45.62), seconds=45.62, **ZOO)
    assert run("kubectl describe node node-2", "zoo", view).out == text("describe-node")


def test_describe_node_that_is_lost() -> None:
    three = node(2, "2026-11-22T10:55:11Z", ready=False)
    message = "Node node-3 event: Registered Node node-3 in Controller"
    events = [
        event(three, "RegisteredNode", message, "node-controller", "2026-11-22T10:55:15Z"),
        event(three, "NodeNotReady", "Node node-3 status is now: NodeNotReady", "node-controller", "2026-11-22T11:15:35Z"),
    ]
    there = pods_at("node-notready", 75.3)
    start = "2026-11-22T11:14:38.712Z"
    view = view_with(three, lease("node-3", "2026-11-22T11:14:44Z"), *events, *there, seconds=75.3, start=start, kubectl="1.37")
    assert run("kubectl describe node node-3", "node-notready", view).out == text("describe-node-not-ready")


def test_get_nodes_wide() -> None:
    stamps = ("2026-11-22T10:55:05Z", "2026-11-22T10:55:08Z", "2026-11-22T10:55:11Z")
    nodes = [node(i, stamp, "control-plane" if i == 0 else "") for i, stamp in enumerate(stamps)]
    assert run("kubectl get nodes -o wide", "zoo", view_with(*nodes, seconds=45.56, **ZOO)).out == text("get-nodes-wide")


def namespace(name: str) -> JSON:
    labels = {"kubernetes.io/metadata.name": name}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}, "status": {"phase": "Active"}}


def test_describe_namespaces() -> None:
    names = ("default", "kube-node-lease", "kube-public", "kube-system", "zoo")
    assert run("kubectl describe ns", "zoo", view_with(*map(namespace, names), **ZOO)).out == text("describe-ns")


def config() -> list[JSON]:
    certificate = text("describe-cm-secret").split("----\n", 1)[1].split("\n\n\n", 1)[0] + "\n"
    about = (
        "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP "
    )
    about += "or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters."
    meta = {"namespace": "zoo", "creationTimestamp": "2026-11-22T10:56:13Z"}
    root = {
        **meta,
        "name": "kube-root-ca.crt",
        "annotations": {"kubernetes.io/description": about},
        "creationTimestamp": "2026-11-22T10:56:12Z",
    }
    secret = {"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {**meta, "name": "token"}}
    return [
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": root, "data": {"ca.crt": certificate}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {**meta, "name": "settings"}, "data": {"b": "2", "a": "1"}},
        {**secret, "data": {"a": base64.b64encode(b"x").decode()}},
    ]


@pytest.mark.parametrize(("command", "name"), [("describe", "describe-cm-secret"), ("get", "get-cm-secret")])
def test_config(command: str, name: str) -> None:
    assert run(f"kubectl {command} cm,secret", "zoo", view_with(*config(), seconds=45.45, **ZOO)).out == text(name)


def test_describe_limit_range() -> None:
    bounds = {
        "type": "Container",
        "default": {"cpu": "500m", "memory": "256Mi"},
        "defaultRequest": {"cpu": "100m", "memory": "64Mi"},
        "max": {"cpu": "1", "memory": "512Mi"},
        "min": {"cpu": "50m"},
    }
    meta = {"name": "lr", "namespace": "limitrange"}
    view = view_with({"apiVersion": "v1", "kind": "LimitRange", "metadata": meta, "spec": {"limits": [bounds]}})
    assert run("kubectl describe limitrange", "limitrange", view).out == text("describe-limitrange")


@pytest.mark.parametrize(("command", "name", "seconds"), [("describe", "describe-pvc", 12.29), ("get", "get-pvc", 12.23)])
def test_pending_claim(command: str, name: str, seconds: float) -> None:
    meta = {"name": "data", "namespace": "pvc-pending-1node", "uid": "u", "creationTimestamp": "2026-11-22T11:29:41Z"}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {**meta, "finalizers": ["kubernetes.io/pvc-protection"]},
        "spec": {"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem", "resources": {"requests": {"storage": "1Gi"}}},
        "status": {"phase": "Pending"},
    }
    message = "no persistent volumes available for this claim and no storage class is set"
    times = ("2026-11-22T11:29:41Z", "2026-11-22T11:29:52Z")
    waits = event(claim, "FailedBinding", message, "persistentvolume-controller", *times, count=2)
    there = pods_at("pvc-pending-1node", seconds)
    view = view_with(claim, waits, *there, seconds=seconds, start="2026-11-22T11:29:40.923Z")
    assert run(f"kubectl {command} pvc", "pvc-pending-1node", view).out == text(name)
