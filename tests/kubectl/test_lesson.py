"""The lesson's recorded `kubectl describe pod`, by a kubectl of the 1.31 days; the objects are made from what the text says."""

from __future__ import annotations

from typing import Any

from tests.kubectl.commands import run
from tests.kubectl.recorded import DATA, view_with

JSON = dict[str, Any]
NAME = "app-tier-dp-6c6d4c56df-mwvph"
IMAGE = "lrakai/microservices:server-v1"
DIGEST = "docker-pullable://lrakai/microservices@sha256:9e3e3c45bb9d950fe7a38ce5e4e63ace2b6ca9ba8e09240f138c5df39d7b7587"
MOUNT = {"name": "kube-api-access-xr7n9", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": True}
URL = "$(DATA_TIER_SERVICE_HOST):$(DATA_TIER_SERVICE_PORT_REDIS)"


def probe(name: str, delay: int) -> JSON:
    numbers = {"initialDelaySeconds": delay, "timeoutSeconds": 1, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}
    return {"httpGet": {"path": f"/probe/{name}", "port": "server", "scheme": "HTTP"}, **numbers}


def spec() -> JSON:
    init = {
        "name": "await-redis",
        "image": IMAGE,
        "command": ["npm", "run-script", "await-redis"],
        "env": [{"name": "REDIS_URL", "value": f"http://{URL}"}],
        "volumeMounts": [MOUNT],
    }
    server = {
        "name": "server",
        "image": IMAGE,
        "ports": [{"name": "server", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": "REDIS_URL", "value": f"redis://{URL}"}, {"name": "DEBUG", "value": "express:*"}],
        "livenessProbe": probe("liveness", 5),
        "readinessProbe": probe("readiness", 3),
        "volumeMounts": [MOUNT],
    }
    sources = [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    tolerated = ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")
    return {
        "initContainers": [init],
        "containers": [server],
        "nodeName": "minikube",
        "priority": 0,
        "serviceAccountName": "default",
        "volumes": [{"name": MOUNT["name"], "projected": {"sources": sources}}],
        "tolerations": [{"key": key, "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300} for key in tolerated],
    }


def status() -> JSON:
    truths = {
        "PodReadyToStartContainers": "True",
        "Initialized": "True",
        "Ready": "False",
        "ContainersReady": "False",
        "PodScheduled": "True",
    }
    ended = {"exitCode": 0, "reason": "Completed", "startedAt": "2024-11-14T21:06:40Z", "finishedAt": "2024-11-14T21:06:41Z"}
    of_init = "docker://e68095499ccde06c5678c34596dba3d5d2d670e8881f3158fd7cba4f768ffc72"
    of_server = "docker://0f95dda8ca3ffd8f795cd84a53cd8731c976cd09ec524a63527a69bf243ba595"
    image = {"image": IMAGE, "imageID": DIGEST, "restartCount": 0}
    running = {"running": {"startedAt": "2024-11-14T21:06:41Z"}}
    return {
        "phase": "Running",
        "qosClass": "BestEffort",
        "hostIP": "192.168.49.2",
        "podIP": "10.244.0.107",
        "podIPs": [{"ip": "10.244.0.107"}],
        "startTime": "2024-11-14T21:06:39Z",
        "conditions": [{"type": type_, "status": value} for type_, value in truths.items()],
        "initContainerStatuses": [{"name": "await-redis", "containerID": of_init, "ready": True, "state": {"terminated": ended}, **image}],
        "containerStatuses": [{"name": "server", "containerID": of_server, "ready": False, "state": running, **image}],
    }


def pod() -> JSON:
    meta = {
        "name": NAME,
        "namespace": "pb",
        "uid": "u",
        "labels": {"app": "micro", "env": "dev", "tier": "app", "pod-template-hash": "6c6d4c56df"},
        "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "app-tier-dp-6c6d4c56df", "uid": "r", "controller": True}
        ],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec(), "status": status()}


def event(number: int, reason: str, seconds: int, message: str, container: str = "", **other: Any) -> JSON:
    path = {"fieldPath": f"spec.containers{{{container}}}"} if container else {}
    stamp = f"2024-11-14T21:06:{seconds}Z"
    scheduled = reason == "Scheduled"
    times = {"eventTime": f"{stamp[:-1]}.000000Z"} if scheduled else {"firstTimestamp": stamp, "lastTimestamp": stamp}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{NAME}.{number}", "namespace": "pb"},
        "involvedObject": {"kind": "Pod", "name": NAME, "namespace": "pb", "uid": "u", **path},
        "reason": reason,
        "message": message,
        "type": "Normal",
        "count": 1,
        "source": {} if scheduled else {"component": "kubelet"},
        "reportingComponent": "default-scheduler" if scheduled else "kubelet",
        **times,
        **other,
    }


def events() -> list[JSON]:
    pulled = f'Successfully pulled image "{IMAGE}" in 246ms (246ms including waiting). Image size: 65112854 bytes.'
    rows = [
        ("Scheduled", 39, f"Successfully assigned pb/{NAME} to minikube", ""),
        ("Pulled", 40, f'Container image "{IMAGE}" already present on machine', "await-redis"),
        ("Created", 40, "Created container await-redis", "await-redis"),
        ("Started", 40, "Started container await-redis", "await-redis"),
        ("Pulling", 41, f'Pulling image "{IMAGE}"', "server"),
        ("Pulled", 41, pulled, "server"),
        ("Created", 41, "Created container server", "server"),
        ("Started", 41, "Started container server", "server"),
    ]
    cut = "Readiness probe failed: HTTP probe failed with statuscode: 503"
    repeated = {"type": "Warning", "count": 17, "firstTimestamp": "2024-11-14T21:06:44Z", "lastTimestamp": "2024-11-14T21:09:11Z"}
    last = event(99, "Unhealthy", 44, cut, "server", **repeated)
    return [*(event(i, *row) for i, row in enumerate(rows)), last]


def test_describe_pod_of_the_lesson() -> None:
    view = view_with(pod(), *events(), seconds=156, start="2024-11-14T21:06:39Z", kubernetes="1.31.0", kubectl="1.31.0")
    said = run("kubectl describe pod app-tier-dp", "pb", view).out.splitlines()
    row = next(line for line in said if "Unhealthy" in line)
    assert row.split("kubelet")[0] == "  Warning  Unhealthy  4s (x17 over 2m31s)  "
    expected = (DATA / "describe-pod-1.31.txt").read_text().splitlines()
    # The lesson's author cut the row of the warning, but not the columns that it had widened. What a prefix found ends with an empty line.
    assert [line for line in said if line != row] == [*expected, ""]


def test_newer_releases_say_it_in_other_words() -> None:
    def said(kubectl: str) -> str:
        view = view_with(pod(), *events(), seconds=156, start="2024-11-14T21:06:39Z", kubernetes="1.31.0", kubectl=kubectl)
        return run("kubectl describe pod app-tier-dp", "pb", view).out

    assert "ConfigMapOptional:       <nil>" in said("1.32")
    assert "Optional:                false" in said("1.33")
    assert "8080/TCP (server)" not in said("1.33")
    assert "8080/TCP (server)" in said("1.34")
    assert "spec.containers{server}: Started" not in said("1.34")
    assert "spec.containers{server}: Started" in said("1.35")
    assert "#success=1 #failure=3" in said("1.36")
    assert "successThreshold=1 failureThreshold=3" in said("1.37")
