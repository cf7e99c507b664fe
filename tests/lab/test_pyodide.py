"""The browser's Python computes what this one computes: every scenario of the gallery gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest

from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.lab.site import site
from simulator.scenario.gallery import exhibits, gallery_folder
from simulator.scenario.inputs import gather
from tests.lab.environment import NODE, needs_node

needs_node()


def test_journals_are_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in site({}).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    names = [one.name for one in exhibits()]
    command = [str(NODE), str(Path(__file__).with_name("pyodide.mjs")), str(tmp_path), *names]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
    monkeypatch.chdir(gallery_folder())
    ours = {name: digest(name) for name in names}
    theirs = json.loads(printed.splitlines()[-1])
    assert [name for name in names if ours[name] != theirs[name]] == []


def digest(name: str) -> str:
    lines = dump(Cluster(gather([name])).run_to_rest())
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
