"""What an action did to a node is why its containers ended, and why it does not report."""

from __future__ import annotations

import pytest

from tests.kubelet.world import run_with

SPEC = {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a:1"}]}
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": SPEC}


def test_a_container_that_ended_with_its_node() -> None:
    run = run_with({"actions": [{"at": "20s", "node": "minikube", "reboot": "10s"}]}, POD, duration="60s")
    assert "an action of the Scenario rebooted its node minikube" in str(run.why("pod/web"))


@pytest.mark.parametrize(("action", "text"), [({"kubelet": "stop"}, "stopped its kubelet"), ({"reboot": "down"}, "rebooted it")])
def test_a_node_that_does_not_report(action: dict[str, str], text: str) -> None:
    run = run_with({"actions": [{"at": "20s", "node": "minikube", **action}]}, POD, duration="120s")
    assert f"an action of the Scenario {text} at 20s" in str(run.why("node/minikube"))
