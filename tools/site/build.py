"""Stages docs/ with the executed notebooks, and builds the site from there: `make docs`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tools.site.notebook_page import page

ROOT = Path(__file__).resolve().parent.parent.parent
STAGE = "build/docs"
SETTINGS = "zensical.toml"
PLACE = '  { "Reference" = ['
"""The section of the navigation that follows the notebooks."""
LONGEST = 300
"""Seconds that one cell may take on a slow machine."""


def executed(file: Path, folder: Path) -> Any:
    """The notebook after a run in a folder. Raises CellExecutionError."""
    notebook = nbformat.read(file, 4)
    NotebookClient(notebook, timeout=LONGEST, resources={"metadata": {"path": str(folder)}}).execute()
    return notebook


def stage(root: Path, target: Path) -> None:
    """Put docs/, a page for each notebook, and settings with these pages in the navigation into a folder."""
    shutil.rmtree(target, ignore_errors=True)
    docs, work = target / STAGE, target / "work"
    shutil.copytree(root / "docs", docs, ignore=shutil.ignore_patterns("__pycache__"))
    (docs / "notebooks").mkdir()
    work.mkdir()
    entries = []
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        answers = (root / "notebooks" / "answers" / f"{file.stem}.md").read_text("utf-8")
        text, pictures = page(executed(file, work), answers, file.stem)
        for name, content in {f"{file.stem}.md": text, **pictures}.items():
            (docs / "notebooks" / name).write_text(content, "utf-8")
        entries.append(f'    {{ "{title(text)}" = "notebooks/{file.stem}.md" }},\n')
    settings = (root / SETTINGS).read_text("utf-8")
    assert settings.count(PLACE) == 1
    section = f'  {{ "Notebooks" = [\n{"".join(entries)}  ] }},\n'
    settings = settings.replace(PLACE, section + PLACE).replace('docs_dir = "docs"', f'docs_dir = "{STAGE}"')
    tomllib.loads(settings)
    (target / SETTINGS).write_text(settings, "utf-8")


def title(text: str) -> str:
    """The first heading of a page."""
    return next(line for line in text.splitlines() if line.startswith("# ")).removeprefix("# ")


def main() -> None:
    """Build the site into build/site."""
    target = ROOT / "build" / "stage"
    stage(ROOT, target)
    subprocess.run([sys.executable, "-m", "zensical", "build", "--clean", "--strict"], cwd=target, check=True)
    shutil.rmtree(ROOT / "build" / "site", ignore_errors=True)
    (target / "build" / "site").replace(ROOT / "build" / "site")


if __name__ == "__main__":
    main()
