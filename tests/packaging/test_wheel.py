"""The wheel: it is built without an index, and a type checker takes podsim's annotations from it."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

CONSUMER = """
import simulator

run = simulator.run("app.yaml")
reveal_type(run)
reveal_type(run.at("40s"))
run.no_such_method()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_the_gallery_and_the_type_marker(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    data = (
        "py.typed",
        "manifest/fields.json",
        "container/catalogue.json",
        "container/image_users.json",
        "cli/completion/podsim.bash",
        "cli/completion/podsim.zsh",
        "cli/completion/podsim.fish",
        "scenario/scenario.schema.json",
        "scenario/expectations.schema.json",
        "gallery/README.md",
        "gallery/await-redis/scenario.yaml",
        "lessons/lesson.schema.json",
        "lessons/course/01-init-containers/lesson.yaml",
        "lessons/course/01-init-containers/solution/order/page.yaml",
        "notebooks/01-init-containers.ipynb",
        "views/page/assets/report.html",
        "lab/assets/index.html",
        "lab/assets/worker.js",
        "notebooks/answers/01-init-containers.md",
    )
    for name in ("__init__.py", "version.py", *data):
        assert f"simulator/{name}" in names
    assert not [name for name in names if not name.startswith(("simulator/", "podsim-"))]


def test_a_consumer_of_the_wheel_is_type_checked(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    packages = sysconfig.get_path("purelib", "venv", vars={"base": str(environment)})
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    (tmp_path / "consumer.py").write_text(CONSUMER)
    python = next(path for path in (environment / "bin" / "python", environment / "Scripts" / "python.exe") if path.exists())
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--python-executable={python}", "consumer.py"]
    checked = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    lines = [re.sub(r'"simulator\.[a-z._]*', '"', line.partition(":")[2]) for line in checked.stdout.splitlines()[:-1]]
    assert lines == [
        '5: note: Revealed type is "Run"',
        '6: note: Revealed type is "Moment"',
        '7: error: "Run" has no attribute "no_such_method"  [attr-defined]',
    ], checked.stdout + checked.stderr
