"""`kubectl podsim`: kubectl finds podsim as its plug-in."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from simulator.cli import main
from tests.ci.action_steps import Runner
from tests.conftest import ROOT, Podsim

KUBECTL = shutil.which("kubectl")


def test_the_project_installs_the_executable() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts["kubectl-podsim"] == scripts["podsim"]
    assert EntryPoint("kubectl-podsim", scripts["kubectl-podsim"], "console_scripts").load() is main


@pytest.mark.skipif(KUBECTL is None, reason="no kubectl on the PATH")
def test_kubectl_runs_it(podsim: Podsim, tmp_path: Path) -> None:
    runner = Runner(tmp_path, tmp_path, {})
    runner.put_podsim_on_the_path()
    (tmp_path / "bin" / "podsim").rename(tmp_path / "bin" / "kubectl-podsim")
    command = ["kubectl", "podsim", "get", "pods", "-f", str(ROOT / "scenarios" / "await-redis"), "--at", "2m36s"]
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == podsim(*command[2:]).out
