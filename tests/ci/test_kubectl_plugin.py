"""`kubectl podsim`: kubectl finds podsim as its plug-in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from simulator.cli import main
from simulator.cli.completion.answer import for_kubectl
from tests.ci.action_steps import Runner
from tests.conftest import ROOT, Podsim

KUBECTL = shutil.which("kubectl")


def test_the_project_installs_the_executable() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts["kubectl-podsim"] == scripts["podsim"]
    assert EntryPoint("kubectl-podsim", scripts["kubectl-podsim"], "console_scripts").load() is main
    assert EntryPoint("completes", scripts["kubectl_complete-podsim"], "console_scripts").load() is for_kubectl


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


@pytest.mark.skipif(KUBECTL is None, reason="no kubectl on the PATH")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ge"], ["get", ":4"]),
        (["apply", "--dry-run=s"], ["--dry-run=server", ":4"]),
        (["run", "my"], [":0"]),
    ],
)
def test_kubectl_completes_it(words: list[str], offered: list[str], tmp_path: Path) -> None:
    runner = Runner(tmp_path, tmp_path, {})
    runner.put_on_the_path("kubectl-podsim", "#!/bin/sh\n")
    code = "from simulator.cli.completion.answer import for_kubectl; for_kubectl()"
    runner.put_on_the_path("kubectl_complete-podsim", f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -c "{code}" "$@"\n')
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(["kubectl", "__complete", "podsim", *words], env=environment, capture_output=True, text=True, check=False)
    assert [line.partition("\t")[0] for line in done.stdout.splitlines()] == offered, done
