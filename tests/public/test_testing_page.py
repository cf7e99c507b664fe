"""docs/testing.md names every option and every method, and its blocks are run. `--update-golden` rewrites the page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli.test_command import test as command
from simulator.public.inspection import Inspection
from simulator.public.simulated_cluster import SimulatedCluster
from simulator.public.verbs import Verbs
from tests.conftest import ROOT, Podsim
from tests.documents.pages import Block, with_blocks
from tests.documents.test_blocks import typed
from tests.testing.test_plugin import PLUGIN

FILE = ROOT / "docs" / "testing.md"
PAGE = FILE.read_text(encoding="utf-8")
CHANGES = [("          lifecycle:\n            preStop: {sleep: {seconds: 3}}\n", ""), ("periodSeconds: 2", "periodSeconds: 5")]
"""What the page changes in the example project's manifests/web.yaml before each of its console blocks."""


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


def test_what_its_commands_print(podsim: Podsim, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    changes = iter(CHANGES)

    def run(block: Block) -> str:
        if block.language != "console":
            return block.text
        folder = tmp_path / str(block.line)
        shutil.copytree(ROOT / "docs" / "example-project", folder)
        manifest = folder / "manifests" / "web.yaml"
        manifest.write_text(manifest.read_text("utf-8").replace(*next(changes)), encoding="utf-8")
        monkeypatch.chdir(folder)
        return typed(podsim, block.text)

    renewed = with_blocks(PAGE, run)
    assert next(changes, None) is None
    if request.config.getoption("--update-golden"):
        FILE.write_text(renewed, encoding="utf-8")
    else:
        assert renewed == PAGE
