"""Servers that scripts start: their ports, times and manners are those of the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.public.runs import Run, run


def played(folder: Path, container: str, more: str = "", spec: str = "") -> Run:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\nspec:\n"
    (folder / "app.yaml").write_text(f"{head}  containers: [{{name: c, image: unheard-of/app, {container}}}]\n{more}", encoding="utf-8")
    scenario = f"apiVersion: podsim/v1\nkind: Scenario\nspec: {{duration: 60s, manifests: [app.yaml], {spec}}}\n"
    (folder / "scenario.yaml").write_text(scenario, encoding="utf-8")
    return run(folder)


def listens(result: Run) -> list[tuple[int, float]]:
    facts = result.journal.at().facts("container.")
    began = next(fact.t for fact in facts if fact.what == "container.started")
    return [(fact.data["port"], (fact.t - began) / 1e9) for fact in facts if fact.what == "container.listens"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("exec redis-server", [(6379, 0.2)]),
        ("exec redis-server --port 7000", [(7000, 0.2)]),
        ("sleep 2; exec /usr/local/bin/postgres -p 5433", [(5433, 5.0)]),
        ("mongod", [(27017, 2.0)]),
    ],
)
def test_ports_and_times(tmp_path: Path, script: str, expected: list[tuple[int, float]]) -> None:
    result = played(tmp_path, f'command: [sh, -c, "{script}"]')
    assert [(port, pytest.approx(time)) for port, time in expected] == listens(result)


def test_the_spec_says_which_ports(tmp_path: Path) -> None:
    result = played(tmp_path, 'command: [sh, -c, "exec redis-server"], ports: [{containerPort: 6380}]')
    assert listens(result) == [(6380, pytest.approx(0.2))]


def test_how_it_stops(tmp_path: Path) -> None:
    result = played(tmp_path, 'command: [sh, -c, "exec mysqld"]', spec="actions: [{at: 30s, delete: pod/a}]")
    ended: Any = next(fact for fact in result.journal.at().facts("container.exited"))
    assert (ended.data["exitCode"], ended.t / 1e9) == (0, pytest.approx(32, abs=0.1))


def test_a_web_server_sends_the_files_of_its_volumes(tmp_path: Path) -> None:
    command = 'command: [sh, -c, "echo hello > /usr/share/nginx/html/index.html; nginx"]'
    volume = f"volumeMounts: [{{name: html, mountPath: /usr/share/nginx/html}}], {command}"
    service = "---\napiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {app: a}, ports: [{port: 80}]}\n"
    client = (
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec:\n  restartPolicy: Never\n"
        '  containers: [{name: c, image: busybox, command: [sh, -c, "sleep 10; wget -qO- http://a"]}]\n'
    )
    result = played(tmp_path, volume, "  volumes: [{name: html, emptyDir: {}}]\n" + service + client)
    assert "hello" in result.at().pod("b").logs()
