"""The pages in podsim's package are what web/ builds: `make web` writes them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

WEB = ROOT / "web"
NODE = shutil.which("node")
BUILT = {"report": ROOT / "simulator" / "views" / "page" / "assets", "lab": ROOT / "simulator" / "lab" / "assets"}
"""Mode of the build -> the folder that it writes."""

if (NODE is None or not (WEB / "node_modules").is_dir()) and os.environ.get("PODSIM_WEB") != "required":
    pytest.skip("no Node.js, or its packages are not installed: npm ci --prefix web", allow_module_level=True)


def tool(name: str, *arguments: str) -> None:
    subprocess.run([str(NODE), str(WEB / "node_modules" / name), *arguments], cwd=WEB, check=True)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("mode", BUILT)
def test_the_committed_pages_are_a_build_of_the_sources(mode: str, tmp_path: Path) -> None:
    tool("vite/bin/vite.js", "build", "--mode", mode, "--outDir", str(tmp_path), "--emptyOutDir")
    fresh, committed = files(tmp_path), files(BUILT[mode])
    assert list(fresh) == list(committed)
    assert [name for name in fresh if fresh[name] != committed[name]] == [], "make web"


def test_types() -> None:
    tool("typescript/bin/tsc", "--noEmit")


def test_the_lock_names_no_registry() -> None:
    lock = (WEB / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock
