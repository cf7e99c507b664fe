"""The hooks that podsim offers to other projects, run by pre-commit itself from a repository with this checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ci.action_steps import OFFLINE
from tests.ci.test_action import EXPECTATIONS, MANIFEST, git
from tests.conftest import ROOT

HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
INSTALLED = ("simulator", "scenarios", "notebooks", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
"""What pip needs of a checkout, and the hooks."""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with this code, committed."""
    folder = tmp_path_factory.mktemp("podsim")
    for name in INSTALLED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "podsim")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it has installed."""
    return tmp_path_factory.mktemp("pre-commit")


def run(project: Path, home: Path) -> tuple[int, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "PRE_COMMIT"))}
    command = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never", "--verbose"]
    environment = {**own, **OFFLINE, "PRE_COMMIT_HOME": str(home)}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_both_hooks(checkout: Path, home: Path, tmp_path: Path) -> None:
    hooks = [{"id": "podsim-test"}, {"id": "podsim-advise", "args": ["deploy"]}]
    repository = {"repo": str(checkout), "rev": git(checkout, "rev-parse", "HEAD"), "hooks": hooks}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [repository]}))
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "1"))
    (tmp_path / "web.podsim.yaml").write_text(EXPECTATIONS)
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    code, out = run(tmp_path, home)
    assert code == 0, out
    assert [line.rpartition(".")[2] for line in out.splitlines() if line.startswith("podsim ")] == ["Passed", "Passed"]
    assert "1 passed in" in out
    assert "deployment/web:web" in out
    (tmp_path / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "31").replace("port: 80", "port: http"))
    code, out = run(tmp_path, home)
    assert code == 1
    assert [line.rpartition(".")[2] for line in out.splitlines() if line.startswith("podsim ")] == ["Failed", "Failed"]
    assert "✗ ready: deployment/web, within: 20s" in out
    assert "unknown-port" in out


def test_the_hooks_are_described() -> None:
    assert list(HOOKS) == ["podsim-test", "podsim-advise"]
    assert all(hook["description"].endswith(".") and hook["language"] == "python" for hook in HOOKS.values())
