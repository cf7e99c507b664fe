"""A folder with every file that examples name: manifests, a Scenario, lists of a cluster's objects, a last run."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from simulator.cli import main
from tests.conftest import ROOT

FILES = Path(__file__).parent / "examples"
LISTS = {"pods,events": "events.json", "pods": "pods.json", "nodes": "nodes.json"}
"""Kinds -> the file with `kubectl get KINDS -o json`."""


def build(place: Path) -> None:
    """Fill a folder; its last run is `last-run.journal`, and `run.journal` a copy of that."""
    shutil.copytree(FILES, place, dirs_exist_ok=True)
    (place / "scenarios").symlink_to(ROOT / "scenarios")
    for name in ("old", "new", "tests"):
        (place / name).mkdir()
    for name in ("old.yaml", "old/app.yaml"):
        shutil.copy(FILES / "app.yaml", place / name)
    for name in ("new.yaml", "new/app.yaml"):
        (place / name).write_text((FILES / "app.yaml").read_text("utf-8").replace("shop/web:1", "shop/web:2"), "utf-8")
    shutil.copy(FILES / "web.podsim.yaml", place / "tests")
    shutil.copy(FILES / "app.yaml", place / "tests")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("PODSIM_LAST_RUN", str(place / "last-run.journal"))
        assert _printed(["run", "last.yaml", "--save", "run.journal"])
        for kinds, name in LISTS.items():
            (place / name).write_text(_printed(["get", kinds, "-o", "json"]), "utf-8")


def _printed(words: list[str]) -> str:
    out = io.StringIO()
    with redirect_stdout(out):
        assert main(words) == 0, words
    return out.getvalue()
