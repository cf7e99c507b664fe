"""`podsim init`: what is true of a run becomes a file of expectations, and `podsim test` passes on it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim

APP = """\
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers:
      - {name: db, image: postgres:16, env: [{name: POSTGRES_PASSWORD, value: x}], readinessProbe: {tcpSocket: {port: 5432}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: await-db, image: busybox:1.36, command: [sh, -c, 'until nc -z db 5432; do sleep 1; done']}]
      containers: [{name: web, image: nginx:1.27}]
"""
BROKEN = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec: {containers: [{name: app, image: nginx, envFrom: [{secretRef: {name: keys}}]}]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(file: Path) -> list[str]:
    return [line.strip() for line in file.read_text("utf-8").splitlines()]


def test_what_is_true_is_written_with_a_comment(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(APP)
    result = podsim("init", "app.yaml")
    assert result.out == "wrote app.podsim.yaml with 6 expectations; check them with: podsim test app.podsim.yaml\n"
    text = lines(folder / "app.podsim.yaml")
    assert text[1:6] == ["apiVersion: podsim/v1", "kind: Expectations", "metadata: {name: app}", "spec:", "manifests: [app.yaml]"]
    kinds = [line.removeprefix("- {").partition(":")[0] for line in text if line.startswith("- {")]
    assert kinds == ["ready", "neverRestarts", "ready", "neverRestarts", "order", "endpoints"]
    assert '- {order: ["service/db reachable", "deployment/web initialized"]}' in text
    assert all(
        text[index - 1].startswith("# ") for index, line in enumerate(text) if line.startswith("- {") and "neverRestarts" not in line
    )
    comment = re.compile(r"# deployment/db was ready after \S+ \(50 % more is allowed\) and never restarted.")
    assert any(map(comment.fullmatch, text))
    assert podsim("test", "app.podsim.yaml").code == 0


def test_a_test_notices_what_init_wrote(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(APP)
    podsim("init", "app.yaml")
    (folder / "app.yaml").write_text(APP.replace("tcpSocket: {port: 5432}", "tcpSocket: {port: 5432}, initialDelaySeconds: 60"))
    result = podsim("test", "app.podsim.yaml")
    assert result.code == 1
    assert "✗ ready: deployment/db" in result.out


def test_what_is_not_ready_is_explained(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(BROKEN)
    podsim("init", "app.yaml")
    text = (folder / "app.podsim.yaml").read_text("utf-8")
    assert "# pod/app is not ready: " in text
    assert "keys" in text
    assert "- {never: pod/app, is: ready, at: " in text
    assert podsim("test", "app.podsim.yaml").code == 0


def test_an_init_container_that_asks_once_and_goes_on_waits_for_nothing(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(APP.replace("until nc -z db 5432; do sleep 1; done", "nc -w 1 -z db 5432 || echo none"))
    podsim("init", "app.yaml")
    assert not any("order" in line for line in lines(folder / "app.podsim.yaml"))
    assert podsim("test", "app.podsim.yaml").code == 0


def test_nothing_is_written_about_manifests_that_are_refused(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(APP + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {}\n")
    result = podsim("init", "app.yaml")
    assert result.code == 2
    assert "error: nothing written: podsim test fails as long as objects are refused" in result.err
    assert not (folder / "app.podsim.yaml").exists()


def test_a_file_is_not_overwritten_unless_forced(podsim: Podsim, folder: Path) -> None:
    (folder / "app.yaml").write_text(BROKEN)
    (folder / "app.podsim.yaml").write_text("mine")
    result = podsim("init", "app.yaml")
    assert (result.code, result.err) == (2, "error: app.podsim.yaml already exists: choose another -o FILE, or use --force\n")
    assert (folder / "app.podsim.yaml").read_text() == "mine"
    assert podsim("init", "app.yaml", "--force").code == 0
    assert podsim("init", "-").code == 2
    assert podsim("init").code == 2


def test_paths_are_seen_from_the_file(podsim: Podsim, folder: Path) -> None:
    (folder / "deploy").mkdir()
    (folder / "tests").mkdir()
    (folder / "deploy" / "app.yaml").write_text(APP)
    assert podsim("init", "deploy", "-o", "tests/shop.podsim.yaml").code == 0
    assert "manifests: [../deploy]" in lines(folder / "tests" / "shop.podsim.yaml")
    assert podsim("test", "tests").code == 0


@pytest.mark.parametrize("scenario", sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/scenario.yaml")))
def test_it_passes_on_every_scenario_of_the_gallery(podsim: Podsim, folder: Path, scenario: str) -> None:
    assert podsim("init", str(ROOT / "scenarios" / scenario), "-o", "first.podsim.yaml").code == 0
    result = podsim("test", "first.podsim.yaml")
    assert result.code == 0, result.out


def test_a_test_of_stored_kinds_does_not_warn_about_them(podsim: Podsim, folder: Path) -> None:
    backend = "{defaultBackend: {service: {name: x, port: {number: 80}}}}"
    ingress = f"---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: a}}\nspec: {backend}\n"
    (folder / "app.yaml").write_text(APP + ingress)
    podsim("init", "app.yaml")
    result = podsim("test", "app.podsim.yaml")
    assert (result.code, result.err) == (0, "")
    assert "Ingress" not in result.out
