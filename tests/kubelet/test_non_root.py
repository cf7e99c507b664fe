"""A container that must not run as root, but would, is not created (kuberuntime's verifyRunAsNonRoot)."""

from __future__ import annotations

import io
from typing import Any

import pytest
import yaml

import simulator


def status_of(pod: dict[str, Any], container: dict[str, Any]) -> tuple[str, str]:
    spec = {"securityContext": pod, "containers": [{"name": "web", "image": "nginx", "securityContext": container}]}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    pod_view = simulator.run("-", stdin=io.StringIO(yaml.safe_dump(manifest)), duration="20s").at().pod("web")
    waiting = pod_view.object.status.container_statuses[0].state.waiting
    return pod_view.status, waiting.message.replace(pod_view.object.metadata.uid, "UID") if waiting else ""


@pytest.mark.rule("ENV-04")
@pytest.mark.parametrize(
    ("pod", "container"),
    [
        ({"runAsNonRoot": True, "runAsUser": 0}, {}),
        ({"runAsNonRoot": True}, {"runAsUser": 0}),
        ({"runAsUser": 0}, {"runAsNonRoot": True}),
        ({"runAsUser": 1000}, {"runAsNonRoot": True, "runAsUser": 0}),
    ],
)
def test_root_is_refused(pod: dict[str, Any], container: dict[str, Any]) -> None:
    message = 'container\'s runAsUser breaks non-root policy (pod: "web_default(UID)", container: web)'
    assert status_of(pod, container) == ("CreateContainerConfigError", message)


@pytest.mark.parametrize(
    ("pod", "container"),
    [
        ({"runAsNonRoot": True}, {}),
        ({"runAsNonRoot": True, "runAsUser": 1000}, {}),
        ({"runAsNonRoot": True, "runAsUser": 0}, {"runAsUser": 1000}),
        ({"runAsNonRoot": True}, {"runAsNonRoot": False, "runAsUser": 0}),
        ({"runAsUser": 0}, {}),
    ],
)
def test_other_containers_run(pod: dict[str, Any], container: dict[str, Any]) -> None:
    assert status_of(pod, container) == ("Running", "")
