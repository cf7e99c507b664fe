"""The example project: a copy of it is tested as its README says, and fails as its README says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Podsim
from tests.testing.test_plugin import PLUGIN

PROJECT = ROOT / "docs" / "example-project"
WEB = "manifests/web.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    monkeypatch.chdir(folder)
    return folder


def test_podsim_test(project: Path, podsim: Podsim, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        podsim("test", "podsim/start-up.podsim.yaml", "--update-golden")
        shutil.copy(project / "podsim" / "start-up.golden", PROJECT / "podsim" / "start-up.golden")
    result = podsim("test", "podsim")
    assert result.code == 0, result.out
    assert "13 passed" in result.out


@pytest.mark.usefixtures("project")
def test_pytest() -> None:
    command = [sys.executable, "-m", "pytest", "-q", *PLUGIN]
    result = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
    assert "20 passed" in result.stdout


PROBE = "httpGet: {path: /ready, port: 8080}\n            periodSeconds: "
HOOK = "          lifecycle:\n            preStop: {sleep: {seconds: 3}}\n"


@pytest.mark.parametrize(
    ("old", "new", "failure"),
    [
        (f"{PROBE}2", f"{PROBE}30", "ready: deployment/web, within: 30s"),
        (HOOK, "", "noRequestLost: service/web"),
        ("until nc -z db 5432; do sleep 1; done", "true", "order: [deployment/db ready, deployment/web initialized"),
    ],
    ids=["readiness probe", "preStop", "init container"],
)
def test_what_it_finds(project: Path, podsim: Podsim, old: str, new: str, failure: str) -> None:
    manifest = project / WEB
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new))
    result = podsim("test", "podsim")
    assert result.code == 1
    assert f"✗ {failure}" in result.out


def test_the_readme_names_every_file_and_its_commands_work(project: Path, podsim: Podsim) -> None:
    text = (PROJECT / "README.md").read_text()
    files = {str(path.relative_to(PROJECT)) for path in PROJECT.rglob("*") if path.is_file() and "cache" not in str(path)}
    named = re.findall(r"`([\w./-]+)`", text)
    helpers = {"README.md", "pyproject.toml", "podsim/rollout.yaml"}
    assert [name for name in files - helpers if not any(name.startswith(documented) for documented in named)] == []
    commands = [line.split("#")[0].split() for line in re.findall(r"^podsim .*", text, re.MULTILINE)]
    assert len(commands) == 3
    for command in commands:
        assert podsim(*["2" if word == "50" else word for word in command[1:]]).code == 0, command
