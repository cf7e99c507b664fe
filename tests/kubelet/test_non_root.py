"""A container that must not run as root, but would, is not created (kuberuntime's verifyRunAsNonRoot)."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.container.image_users import rows, user_of
from tests.kubelet.world import run_with

POD = '(pod: "web_default(UID)", container: web)'
AS_ROOT = f"container has runAsNonRoot and image will run as root {POD}"


def run_of(pod: dict[str, Any], container: dict[str, Any], image: str, scenario: dict[str, Any] | None = None) -> Any:
    spec = {"securityContext": pod, "containers": [{"name": "web", "image": image, "securityContext": container}]}
    manifest = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec}
    return run_with(scenario or {}, manifest, duration="20s")


def status_of(
    pod: dict[str, Any], container: dict[str, Any], image: str = "app:1", scenario: dict[str, Any] | None = None
) -> tuple[str, str]:
    pod_view = run_of(pod, container, image, scenario).at().pod("web")
    waiting = pod_view.object.status.container_statuses[0].state.waiting
    return pod_view.status, waiting.message.replace(pod_view.object.metadata.uid, "UID") if waiting else ""


@pytest.mark.rule("ENV-04")
@pytest.mark.parametrize(
    ("image", "user"),
    [
        ("nginx:1.27", "0"),
        ("docker.io/library/redis:7", "0"),
        ("public.ecr.aws/docker/library/python:3.12-slim", "0"),
        ("busybox", "0"),
        ("prom/prometheus:v2.53.0", "nobody"),
        ("jenkins/jenkins:lts", "jenkins"),
        ("haproxy:2.9", "haproxy"),
        ("haproxy:2.2", "0"),
        ("memcached:1.6.9", "memcache"),
        ("memcached:1.6.32", "11211"),
        ("grafana/grafana:11.0.0", "472"),
        ("bitnami/redis:7.2", "1001"),
        ("gcr.io/distroless/static:nonroot", "65532"),
        ("gcr.io/distroless/static", "0"),
        ("registry.k8s.io/pause:3.9", "65535"),
    ],
)
def test_the_user_of_a_known_image_decides(image: str, user: str) -> None:
    assert user_of(image) == user
    by_name = f"container has runAsNonRoot and image has non-numeric user ({user}), cannot verify user is non-root {POD}"
    message = AS_ROOT if user == "0" else "" if user.isdigit() else by_name
    assert status_of({"runAsNonRoot": True}, {}, image)[1] == message
    assert status_of({"runAsNonRoot": True, "runAsUser": 1000}, {}, image)[1] == ""


def test_another_image_of_the_same_name_is_unknown() -> None:
    assert user_of("acme/nginx:1.27") is None
    assert user_of("registry.example.com/team/redis") is None


def test_the_user_of_an_unknown_image_is_an_assumption_with_its_override() -> None:
    run = run_of({"runAsNonRoot": True}, {}, "acme/web:1")
    assert run.at().pod("web").status == "Running"
    (assumption,) = [one for one in run.assumptions if one["subject"] == "image acme/web:1" and "user" in one["text"]]
    assert assumption["override"] == 'images: {"acme/web:1": {user: "0"}}'
    assert not [one for one in run_of({}, {}, "acme/web:1").assumptions if "user" in one["text"]]


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ({"acme/web:1": {"user": "0"}}, AS_ROOT),
        ({"acme/*": {"user": 0}}, AS_ROOT),
        (
            {"acme/*": {"user": "web"}},
            f"container has runAsNonRoot and image has non-numeric user (web), cannot verify user is non-root {POD}",
        ),
        ({"acme/*": {"user": "1000"}}, ""),
    ],
)
def test_a_scenario_states_the_user(images: dict[str, Any], message: str) -> None:
    assert status_of({"runAsNonRoot": True}, {}, "acme/web:1", {"images": images})[1] == message


def test_every_row_has_a_source() -> None:
    assert all(row.source == "assumed" or row.source.startswith("https://") for row in rows())


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
