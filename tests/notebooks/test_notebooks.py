"""Every notebook runs from top to bottom, and shows what it showed when it was written. `--update-golden` writes it anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST = 120
"""Seconds that one cell may take on a slow machine."""


def merged(outputs: list[Any]) -> list[Any]:
    """What is printed arrives in as many pieces as it happens to: the pieces of one stream as one."""
    found: list[Any] = []
    for output in outputs:
        if found and output.output_type == "stream" and (found[-1].output_type, found[-1].get("name")) == ("stream", output.name):
            found[-1] = nbformat.from_dict({**found[-1], "text": found[-1].text + output.text})
        else:
            found.append(output)
    return found


def shown(notebook: Any) -> list[tuple[str, str]]:
    """What cells show as text: a cell's source, and what came out."""
    texts = []
    for cell in notebook.cells:
        for output in merged(cell.get("outputs", [])):
            text = output.get("text") or output.get("data", {}).get("text/plain", "") or output.get("evalue", "")
            texts.append((cell.source, "".join(text)))
    return texts


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_it_runs_and_shows_what_it_showed(file: Path, request: pytest.FixtureRequest) -> None:
    from nbmake.nb_run import NotebookRun

    result = NotebookRun(file, LONGEST).execute()
    assert result.error is None, result.error.summary
    if request.config.getoption("--update-golden"):
        _write(result.nb, file)
    assert shown(result.nb) == shown(nbformat.read(file, 4))


def test_pieces_of_one_stream_are_one() -> None:
    pieces = [{"output_type": "stream", "name": name, "text": text} for name, text in (("stdout", "a"), ("stdout", "b\n"), ("stderr", "c"))]
    result = {"output_type": "execute_result", "data": {"text/plain": "d"}, "metadata": {}, "execution_count": 1}
    found = merged([nbformat.from_dict(one) for one in (*pieces, result, pieces[0])])
    assert [one.get("text", "") for one in found] == ["ab\n", "c", "", "a"]


def test_there_are_five_lessons_each_with_questions() -> None:
    assert [file.stem[:2] for file in NOTEBOOKS] == ["01", "02", "03", "04", "05"]
    for file in NOTEBOOKS:
        texts = [cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "markdown"]
        assert sum("**Predict.**" in text for text in texts) >= 3, file.name
        assert sum(text.startswith("<details><summary>Answer</summary>") for text in texts) >= 3, file.name
        assert any("## Exercise" in text for text in texts), file.name


def test_pictures_are_kept_inline() -> None:
    kinds = {file.stem: re.findall(r'"(image/svg\+xml|text/html)"', file.read_text("utf-8")) for file in NOTEBOOKS}
    assert all(kinds.values()), kinds


def _write(notebook: Any, file: Path) -> None:
    """Without what differs from one machine and run to the next."""
    notebook.metadata = nbformat.from_dict({"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}})
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        if cell.cell_type == "code":
            cell.outputs = merged(cell.outputs)
    nbformat.write(notebook, file)
