"""Programs of images that may not do what they have to: another user, a read-only root, dropped capabilities."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from simulator.container.failures import known_failure
from simulator.objects.pod import Pod
from simulator.scenario.doubts import restriction
from tests.container.test_processes import assumed, exits, logs, play, pod

__all__ = ["play"]

NOT_ROOT = {"runAsUser": 1000}
READ_ONLY = {"readOnlyRootFilesystem": True}
DROP = {"capabilities": {"drop": ["ALL"]}}
CACHE = 'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed'


def first_line(image: str, context: dict[str, Any], *mounts: str, sources: dict[str, Any] | None = None, **more: Any) -> str:
    """What the program prints first when it fails; empty when it does not."""
    one = made(image, context, *mounts, sources=sources, **more)
    failure = known_failure(one.spec.containers[0], one)
    return "" if failure is None else failure.run.log[0].line


def made(image: str, context: dict[str, Any], *mounts: str, sources: dict[str, Any] | None = None, **more: Any) -> Pod:
    container = {"name": "c", "image": image, "securityContext": context, **more}
    container["volumeMounts"] = [{"name": "v", "mountPath": path} for path in mounts]
    volumes = [{"name": "v", **(sources or {"emptyDir": {}})}]
    return msgspec.convert({"metadata": {"name": "a"}, "spec": {"containers": [container], "volumes": volumes}}, Pod)


@pytest.mark.parametrize(
    ("image", "context", "mounts", "line"),
    [
        ("nginx:1.27", NOT_ROOT, (), f"{CACHE} (13: Permission denied)"),
        ("nginx:1.27", {"runAsUser": 101}, (), f"{CACHE} (13: Permission denied)"),
        ("nginx:1.27", READ_ONLY, (), f"{CACHE} (30: Read-only file system)"),
        ("nginx:1.27", READ_ONLY, ("/var/cache/nginx",), 'nginx: [emerg] open() "/run/nginx.pid" failed (30: Read-only file system)'),
        ("nginx:1.27", NOT_ROOT, ("/var/cache",), 'nginx: [emerg] open() "/run/nginx.pid" failed (13: Permission denied)'),
        ("nginx:1.27", DROP, (), 'nginx: [emerg] chown("/var/cache/nginx/client_temp", 101) failed (1: Operation not permitted)'),
        ("mysql:8", READ_ONLY, (), "[ERROR] [MY-010273] [Server] Could not create unix socket lock file /var/run/mysqld/mysqld.sock.lock."),
        ("grafana/grafana", READ_ONLY, (), "GF_PATHS_DATA='/var/lib/grafana' is not writable."),
    ],
)
def test_it_ends_with_the_words_of_its_program(image: str, context: dict[str, Any], mounts: tuple[str, ...], line: str) -> None:
    assert first_line(image, context, *mounts, env=[{"name": "MYSQL_ROOT_PASSWORD", "value": "x"}]) == line


@pytest.mark.parametrize(
    ("image", "context", "mounts"),
    [
        ("nginx:1.27", {}, ()),
        ("nginx:1.27", {**NOT_ROOT, **READ_ONLY}, ("/var/cache/nginx", "/var/run")),
        ("nginx:1.27", READ_ONLY, ("/var/cache/nginx/", "/run/")),
        ("nginx:1.27", {"capabilities": {"drop": ["ALL"], "add": ["CHOWN", "SETUID", "SETGID"]}}, ()),
        ("nginx:1.27", {**DROP, "privileged": True}, ()),
        ("nginx:1.27", NOT_ROOT, ("/etc/nginx/nginx.conf",)),
        ("nginxinc/nginx-unprivileged", {"runAsNonRoot": True}, ()),
        ("nginxinc/nginx-unprivileged", READ_ONLY, ("/tmp",)),
        ("bitnami/nginx", {"runAsUser": 1001}, ()),
        ("redis:7", {**NOT_ROOT, **READ_ONLY}, ()),
        ("example.com/nginx:1", NOT_ROOT, ()),
    ],
)
def test_others_start(image: str, context: dict[str, Any], mounts: tuple[str, ...]) -> None:
    assert first_line(image, context, *mounts) == ""


def test_a_volume_that_the_kubelet_fills_is_not_writable() -> None:
    line = first_line("nginx", {}, "/var/cache/nginx", sources={"configMap": {"name": "x"}})
    assert line == f"{CACHE} (30: Read-only file system)"


def test_the_pod_of_a_denied_program_restarts_it(play: Any) -> None:
    for command in ([], ["nginx", "-g", "daemon off;"], ["sh", "-c", "echo begins; exec nginx -g 'daemon off;'"]):
        container = {"name": "main", "image": "nginx:1.27", **({"command": command} if command else {}), "securityContext": NOT_ROOT}
        journal = play(pod("a", container, restartPolicy="OnFailure"))
        assert logs(journal, "main")[-1] == f"{CACHE} (13: Permission denied)"
        assert len(exits(journal, "main")) > 2


@pytest.mark.parametrize(
    ("image", "context", "words"),
    [
        ("traefik", {**NOT_ROOT, **READ_ONLY}, "as user 1000 and on a read-only root file system"),
        ("traefik", DROP, "without some capabilities"),
        ("traefik", {}, ""),
        ("bitnami/redis", {"runAsUser": 1001}, ""),
        ("redis:7", {**NOT_ROOT, **READ_ONLY}, ""),
    ],
)
def test_what_is_not_known_of_a_restricted_program_is_an_assumption(play: Any, image: str, context: dict[str, Any], words: str) -> None:
    one = made(image, context)
    assert restriction(one.spec.containers[0], one) == words
    env = [{"name": "ALLOW_EMPTY_PASSWORD", "value": "yes"}]
    journal = play(pod("a", {"name": "c", "image": image, "env": env, "securityContext": context}))
    noted = [line for line in assumed(journal).splitlines() if line.startswith("pod/a c: runs ") and "runs forever" not in line]
    assert noted == ([f"pod/a c: runs {words}"] if words else [])
