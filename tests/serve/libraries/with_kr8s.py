"""kr8s: create, wait, get, logs, exec, scale, label, patch, delete."""

import kr8s
from kr8s.objects import Deployment

CONTAINER = {"name": "c", "image": "busybox:1.36", "command": ["sh", "-c", "echo up; sleep infinity"]}
TEMPLATE = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [CONTAINER]}}

deployment = Deployment(
    {"metadata": {"name": "web"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE}}
)
deployment.create()
deployment.wait("condition=Available", timeout=60)
pods = list(kr8s.get("pods", label_selector="app=web"))
assert [pod.status.phase for pod in pods] == ["Running", "Running"]
assert list(pods[0].logs()) == ["up"]
assert pods[0].exec(["echo", "hi"]).stdout == b"hi\n"
deployment.scale(3)
deployment.label({"k": "v"})
deployment.patch({"metadata": {"annotations": {"a": "b"}}})
deployment.refresh()
assert (deployment.spec.replicas, dict(deployment.labels), deployment.annotations["a"]) == (3, {"k": "v"}, "b")
deployment.delete()
deployment.wait("delete", timeout=30)
assert not deployment.exists()
