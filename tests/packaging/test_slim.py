"""Without matplotlib everything works but pictures, which name what is missing; the slim set of packages and the image have no more."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.conftest import ROOT

WITHOUT_MATPLOTLIB = "import sys; sys.modules['matplotlib'] = None; from simulator.cli import main; sys.exit(main(sys.argv[1:]))"
HINT = "error: pictures need matplotlib, which is not installed: pip install matplotlib\n"
FIELD = "deployment/app-tier-dp:server.readinessProbe.periodSeconds=1,2"


def podsim(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT), "PODSIM_LAST_RUN": str(folder / "last-run"), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    command = [sys.executable, "-c", WITHOUT_MATPLOTLIB, *args]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "command",
    [
        ["run", "scenarios/redis-late"],
        ["describe", "pod", "app-tier", "-f", "scenarios/redis-late"],
        ["timeline", "-f", "scenarios/redis-late"],
        ["graph", "scenarios/deadlock"],
        ["sweep", "scenarios/redis-late", "--set", FIELD],
        ["report", "-f", "scenarios/redis-late", "-o", "-"],
        ["test", "docs/example-project/podsim"],
    ],
    ids=lambda command: command[0],
)
def test_what_draws_no_picture_works(command: list[str], tmp_path: Path) -> None:
    result = podsim(tmp_path, *command)
    assert (result.returncode, "matplotlib" in result.stderr) == (0, False), result.stderr


@pytest.mark.parametrize(
    "command",
    [
        ["plot", "timeline", "-f", "scenarios/redis-late", "-o", "PICTURE"],
        ["plot", "rollout", "deployment/app-tier-dp", "-n", "pb", "-f", "scenarios/redis-late", "-o", "PICTURE"],
        ["graph", "scenarios/deadlock", "-o", "PICTURE"],
        ["sweep", "scenarios/redis-late", "--set", FIELD, "--plot", "PICTURE"],
    ],
    ids=["timeline", "rollout", "graph", "sweep"],
)
def test_a_picture_says_what_to_install(command: list[str], tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    result = podsim(tmp_path, *[word.replace("PICTURE", str(picture)) for word in command])
    assert (result.returncode, result.stdout, result.stderr, picture.exists()) == (2, "", HINT, False)


def test_the_slim_set_is_the_dependencies_without_matplotlib() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {Requirement(line).name for line in project["dependencies"]}
    lines = (ROOT / "requirements" / "slim.in").read_text(encoding="utf-8").splitlines()
    assert {line for line in lines if not line.startswith("#")} == names - {"matplotlib"}


def pins(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+==[^ ]+)", text, re.MULTILINE))


def test_the_slim_set_has_the_releases_that_are_tested() -> None:
    assert pins("slim.txt") < pins("development.txt")
    assert {"numpy", "pillow"}.isdisjoint(pin.partition("==")[0] for pin in pins("slim.txt"))


def test_the_image_is_made_from_files_that_are_there_and_runs_as_a_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER podsim"]
    kept = [line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")]
    assert all((ROOT / name).exists() for name in kept)
    assert {"pyproject.toml", "requirements/slim.txt", "simulator", "scenarios", "notebooks", "README.md", "LICENSE"} <= set(kept)
