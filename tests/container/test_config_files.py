"""Servers need the configuration file that their command line names: a missing key of a ConfigMap ends them with their own words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.container.config_files import FILE

from .test_processes import logs, play, pod, status

__all__ = ["play"]

CONF = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "conf"}, "data": {"there.conf": "x"}}
MOUNTS = [{"name": "conf", "mountPath": "/conf"}, {"name": "own", "mountPath": "/own"}]
OPEN = "open /conf/absent.conf: no such file or directory"


def server(play: Any, image: str, *, command: list[str] | None = None, args: list[str] | None = None, **more: Any) -> Any:
    main = {"name": "main", "image": image, "command": command or [], "args": args or [], "volumeMounts": MOUNTS}
    volumes = [{"name": "conf", "configMap": {"name": "conf"}}, {"name": "own", "emptyDir": {}}]
    return play(CONF, pod("a", main, restartPolicy="Always", volumes=volumes, **more), seconds=20)


SERVERS = [
    (
        "nginx",
        ["nginx", "-c", "/conf/absent.conf"],
        [],
        1,
        'nginx: [emerg] open() "/conf/absent.conf" failed (2: No such file or directory)',
    ),
    ("redis:7", ["redis-server", "/conf/absent.conf"], [], 1, "can't open config file '/conf/absent.conf'"),
    ("redis:7", [], ["redis-server", "/own/redis.conf"], 1, "can't open config file '/own/redis.conf'"),
    ("redis:7", [], ["/conf/absent.conf"], 1, "can't open config file"),
    ("prom/prometheus", [], ["--config.file=/conf/absent.conf"], 2, OPEN),
    ("prom/alertmanager", [], ["--config.file", "/conf/absent.conf"], 1, OPEN),
    ("haproxy:3.0", [], ["haproxy", "-f", "/conf/absent.conf"], 1, "Cannot open configuration file/directory /conf/absent.conf"),
    ("envoyproxy/envoy:v1.30.0", [], ["envoy", "-c", "/conf/absent.conf"], 1, "Invalid path: /conf/absent.conf"),
    ("postgres:16", [], ["-c", "config_file=/conf/absent.conf"], 1, 'server configuration file "/conf/absent.conf"'),
]


@pytest.mark.parametrize(("image", "command", "args", "code", "line"), SERVERS, ids=lambda value: str(value)[:40])
def test_a_server_without_its_file_ends(play: Any, image: str, command: list[str], args: list[str], code: int, line: str) -> None:
    journal = server(play, image, command=command, args=args)
    last = status(journal, "a", "main")
    ended = last.state.terminated or last.last_state.terminated
    assert ended is not None
    assert ended.exit_code == code
    assert line in logs(journal, "main")[0]


@pytest.mark.parametrize(
    ("image", "args"),
    [
        ("nginx", ["nginx", "-c", "/conf/there.conf"]),
        ("nginx", ["nginx", "-c", "/etc/nginx/other.conf"]),
        ("redis:7", ["redis-server", "--appendonly", "yes", "--dir", "/own/x"]),
        ("prom/prometheus", ["--config.file=/conf/there.conf", "--storage.tsdb.path=/own/data"]),
        ("shop/unknown", ["serve", "-c", "/conf/absent.conf"]),
        ("shop/prometheus", ["--config.file=/conf/absent.conf"]),
    ],
    ids=str,
)
def test_a_server_with_its_file_and_one_that_is_unknown_run(play: Any, image: str, args: list[str]) -> None:
    assert status(server(play, image, args=args), "a", "main").state.running


def test_an_init_container_can_write_the_file(play: Any) -> None:
    init = {"name": "i", "image": "busybox", "command": ["sh", "-c", "echo x > /own/redis.conf"], "volumeMounts": MOUNTS}
    journal = server(play, "redis:7", command=["redis-server", "/own/redis.conf"], initContainers=[init])
    assert status(journal, "a", "main").state.running


def test_what_an_unknown_program_writes_is_unknown(play: Any) -> None:
    init = {"name": "i", "image": "shop/renders-configuration", "args": ["--out=/own"], "volumeMounts": MOUNTS}
    journal = server(play, "redis:7", command=["redis-server", "/own/redis.conf"], initContainers=[init])
    assert status(journal, "a", "main").state.running


def test_a_scenario_says_that_it_runs(play: Any) -> None:
    main = {"name": "main", "image": "nginx", "command": ["nginx", "-c", "/conf/absent.conf"], "volumeMounts": MOUNTS[:1]}
    volumes = [{"name": "conf", "configMap": {"name": "conf"}}]
    programs = [{"match": {"container": "main"}, "runs": [{}]}]
    journal = play(CONF, pod("a", main, volumes=volumes), programs=programs, seconds=10)
    assert status(journal, "a", "main").state.running


def test_every_row_has_its_source() -> None:
    rows = json.loads(FILE.read_text())
    assert all(row["source"] and (row.get("options") or row.get("operand")) for row in rows)
