"""docs/ builds as a site, without a warning."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.documents.pages import FENCE, pages, read

SETTINGS = ROOT / "zensical.toml"


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith("docs/")])
def test_lists_and_tables_begin_after_a_blank_line(page: str) -> None:
    """GitHub reads them without one, the site does not."""
    text = FENCE.sub("", read(page))
    assert re.findall(r"^(?![-|#<\n]|  |\d+\. ).+\n(?:[-|] ?\S.*|1\. .*)", text, re.MULTILINE) == []


@pytest.mark.skipif(importlib.util.find_spec("zensical") is None, reason="needs zensical: the extra `docs`")
def test_it_builds(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SETTINGS, tmp_path)
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    page = (tmp_path / "build" / "site" / "scenario" / "index.html").read_text(encoding="utf-8")
    assert 'id="expectations"' in page
