"""The shell steps of action.yml, run as GitHub's runner runs them: the same bash, expressions only in `env`, files behind GITHUB_*."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from tests.conftest import ROOT

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: dict[str, Any] = {step["name"]: step for step in ACTION["runs"]["steps"]}
LIBRARIES = sysconfig.get_path("purelib")
OFFLINE = {"PIP_NO_DEPS": "1", "PIP_NO_BUILD_ISOLATION": "0", "PIP_NO_INDEX": "1", "PIP_NO_COMPILE": "1", "PYTHONPATH": LIBRARIES}
"""No index is asked: pip installs podsim from a checkout, and podsim finds the libraries of these tests. (pip reads 0 as no isolation.)"""


class Runner:
    """A runner with a checkout of somebody's repository in `workspace`. `values`: what expressions mean besides inputs."""

    def __init__(self, folder: Path, workspace: Path, values: Mapping[str, str]) -> None:
        self._folder, self.workspace, self._values = folder, workspace, values
        self.temp = folder / "temp"
        self.temp.mkdir()
        for name in ("path", "summary.md"):
            (folder / name).touch()

    @property
    def summary(self) -> str:
        """The summary of the job so far."""
        return (self._folder / "summary.md").read_text("utf-8")

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the runner gives to every step."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "GIT_", "PODSIM_"))}
        github = {
            "ACTIONS": "true",
            "WORKSPACE": str(self.workspace),
            "PATH": str(self._folder / "path"),
            "STEP_SUMMARY": str(self._folder / "summary.md"),
            "SERVER_URL": "https://github.com",
            "REPOSITORY": "shop/web",
            "RUN_ID": "7",
        }
        return {**own, "RUNNER_TEMP": str(self.temp), **{f"GITHUB_{name}": value for name, value in github.items()}, **OFFLINE}

    def run(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run a step with these inputs and the defaults of the others."""
        step = STEPS[name]
        assert step["shell"] == "bash"
        values = {f"inputs.{key}": str(item.get("default", "")) for key, item in ACTION["inputs"].items()}
        values |= {f"inputs.{key.replace('_', '-')}": value for key, value in inputs.items()} | dict(self._values)
        env = {key: EXPRESSION.sub(lambda found: values[found[1]], text) for key, text in step["env"].items()}
        folder = EXPRESSION.sub(lambda found: values[found[1]], step.get("working-directory", "."))
        script = self._folder / "step.sh"
        script.write_text(step["run"])
        added = (self._folder / "path").read_text("utf-8").split()
        path = os.pathsep.join([*reversed(added), self.environment["PATH"]])
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / folder,
            env={**self.environment, "PATH": path, **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def put_podsim_on_the_path(self) -> None:
        """The podsim of this checkout, where the step that installs it is not what is tested."""
        self.put_on_the_path("podsim", f'#!/bin/sh\nPYTHONPATH="{ROOT}:{LIBRARIES}" exec "{sys.executable}" -m simulator "$@"\n')

    def put_on_the_path(self, name: str, script: str) -> None:
        """A program for all steps that follow."""
        file = self._folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(script)
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        (self._folder / "path").write_text(f"{file.parent}\n")
