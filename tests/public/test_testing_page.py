"""docs/testing.md names every option and every method, and its example can be run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from simulator.cli.test_command import test as command
from simulator.public.inspection import Inspection
from simulator.public.simulated_cluster import SimulatedCluster
from simulator.public.verbs import Verbs
from tests.conftest import ROOT
from tests.testing.test_plugin import PLUGIN

PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")


def test_every_option_is_named() -> None:
    for option in command.params:
        assert option.name == "paths" or any(re.search(rf"`{name}\b", PAGE) for name in option.opts), option.name


def test_every_method_is_named() -> None:
    methods = {name for kind in (SimulatedCluster, Inspection, Verbs) for name in vars(kind) if not name.startswith("_")}
    inner = {"moment"}
    assert sorted(name for name in methods - inner if not re.search(rf"\b{name}\b", PAGE)) == []


def test_the_example_holds(tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    shutil.copytree(ROOT / "docs" / "example-project", tmp_path / "project")
    file = tmp_path / "project" / "podsim" / "test_page.py"
    file.write_text(block[1], encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *PLUGIN, str(file)], env=environment, capture_output=True, text=True, check=False
    )
    assert "1 passed" in result.stdout, result.stdout


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
