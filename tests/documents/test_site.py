"""docs/ builds as a site, without a warning."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT
from tests.documents.pages import FENCE, pages, read
from tools.site.build import stage

SETTINGS = ROOT / "zensical.toml"
NOTEBOOK = nbformat.v4.new_notebook(
    cells=[
        nbformat.v4.new_markdown_cell("# Sums\n**Predict 1.** What is the sum?"),
        nbformat.v4.new_code_cell("2 + 2"),
    ]
)


@pytest.mark.parametrize("page", [page for page in pages() if page.startswith("docs/")])
def test_lists_and_tables_begin_after_a_blank_line(page: str) -> None:
    """GitHub reads them without one, the site does not."""
    text = FENCE.sub("", read(page))
    assert re.findall(r"^(?![-|#<\n]|  |\d+\. ).+\n(?:[-|] ?\S.*|1\. .*)", text, re.MULTILINE) == []


@pytest.mark.skipif(importlib.util.find_spec("zensical") is None, reason="needs zensical: the extra `docs`")
def test_it_builds_with_executed_notebooks(tmp_path: Path) -> None:
    root, target = tmp_path / "root", tmp_path / "stage"
    (root / "notebooks" / "answers").mkdir(parents=True)
    shutil.copytree(ROOT / "docs", root / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SETTINGS, root)
    nbformat.write(NOTEBOOK, root / "notebooks" / "01-sums.ipynb")
    (root / "notebooks" / "answers" / "01-sums.md").write_text("# Answers\n## Predict 1\nFour.\n", "utf-8")
    stage(root, target)
    built = subprocess.run([sys.executable, "-m", "zensical", "build", "--strict"], cwd=target, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    site = target / "build" / "site"
    assert 'id="expectations"' in (site / "scenario" / "index.html").read_text(encoding="utf-8")
    page = (site / "notebooks" / "01-sums" / "index.html").read_text(encoding="utf-8")
    question, _, folded = page.partition("<summary>")
    assert "What is the sum?" in question
    assert "Four." not in question
    assert "Four." in folded.partition("</details>")[0]
    assert "Notebooks" in page
