"""Notebooks are predict-first: stored without outputs and answers. Each runs from top to bottom. `--update-golden` writes what it shows."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.architecture.glossary import odd_words
from tests.conftest import ROOT, Podsim
from tests.documents.pages import prose
from tools.site.notebook_page import ANSWER, QUESTION, page

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SHOWN = Path(__file__).parent / "shown"
"""What the cells of each notebook print, as it was reviewed."""
LONGEST = 120
"""Seconds that one cell may take on a slow machine."""
INTERNALS = re.compile(r"\bassert\b|\.journal\b|\bsimulator\.(?!run|sweep|diff|load|example)\w|1e9|from simulator|\.snapshot\b")


def each() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)


def answers_of(file: Path) -> str:
    return (file.parent / "answers" / f"{file.stem}.md").read_text("utf-8")


def merged(outputs: list[Any]) -> list[Any]:
    """What is printed arrives in as many pieces as it happens to: the pieces of one stream as one."""
    result: list[Any] = []
    for output in outputs:
        if result and output.output_type == "stream" and (result[-1].output_type, result[-1].get("name")) == ("stream", output.name):
            result[-1] = nbformat.from_dict({**result[-1], "text": result[-1].text + output.text})
        else:
            result.append(output)
    return result


def shown(notebook: Any) -> str:
    """What cells show as text: a cell's source, and what came out, without the place of the checkout."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts.append(f"In:\n{cell.source}\n")
            for output in merged(cell.outputs):
                text = output.get("text") or output.get("data", {}).get("text/plain", "") or output.get("evalue", "")
                parts.append(f"Out:\n{''.join(text).rstrip()}\n")
    return "\n".join(parts).replace(f"{ROOT}/", "")


def execute(file: Path, tmp_path: Path) -> Any:
    """Run a notebook where a student would: in a folder of its own, not beside the checkout's scenarios."""
    from nbmake.nb_run import NotebookRun

    copy = tmp_path / file.name
    shutil.copy(file, copy)
    result = NotebookRun(copy, LONGEST).execute()
    assert result.error is None, result.error.summary
    return result.nb


@each()
def test_it_runs_and_shows_what_was_reviewed(file: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    notebook = execute(file, tmp_path)
    golden = SHOWN / f"{file.stem}.txt"
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown(notebook), "utf-8")
    assert golden.read_text("utf-8") == shown(notebook)
    text, pictures = page(notebook, answers_of(file), file.stem)
    assert text.count('<details markdown="1">') >= 5
    assert text.count("<details") == text.count("</details>")
    for number, answer in ANSWER.findall(answers_of(file)):
        assert f"**Answer {number}.** {answer.strip()}" in text
    assert "![" not in text.partition("<details")[0], "a picture before its question"
    assert re.findall(r"!\[\w[^\]]*\]\((.*?)\)", text) == list(pictures)
    assert all("<svg" in picture for picture in pictures.values())


@each()
def test_it_is_stored_without_outputs_and_answers(file: Path) -> None:
    notebook = nbformat.read(file, 4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
        assert "<details" not in cell.source


@each()
def test_every_question_has_an_answer_and_comes_before_the_code_that_shows_it(file: Path) -> None:
    cells = nbformat.read(file, 4).cells
    asked = [number for cell in cells if cell.cell_type == "markdown" for number in QUESTION.findall(cell.source)]
    assert asked == [str(number) for number in range(1, len(asked) + 1)]
    assert asked == [number for number, _ in ANSWER.findall(answers_of(file))]
    assert len(asked) >= 5
    for i, cell in enumerate(cells):
        if QUESTION.search(cell.source):
            assert cells[i + 1].cell_type == "code"
    assert "## Exercise" in "".join(cell.source for cell in cells)


@each()
def test_students_see_no_asserts_and_no_internals(file: Path) -> None:
    code = [cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
    assert [match for source in code for match in INTERNALS.findall(source)] == []


@each()
def test_answers_are_plain_english(file: Path) -> None:
    assert list(odd_words(prose(answers_of(file)))) == []


def test_there_are_five() -> None:
    assert [file.stem[:2] for file in NOTEBOOKS] == ["01", "02", "03", "04", "05"]


def test_pieces_of_one_stream_are_one() -> None:
    pieces = [{"output_type": "stream", "name": name, "text": text} for name, text in (("stdout", "a"), ("stdout", "b\n"), ("stderr", "c"))]
    result = {"output_type": "execute_result", "data": {"text/plain": "d"}, "metadata": {}, "execution_count": 1}
    joined = merged([nbformat.from_dict(one) for one in (*pieces, result, pieces[0])])
    assert [one.get("text", "") for one in joined] == ["ab\n", "c", "", "a"]


# ---- podsim notebooks


def test_they_are_copied_without_answers(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = podsim("notebooks", "mine")
    assert (result.code, result.out) == (0, "5 notebooks in mine: jupyter lab mine\n")
    assert sorted(file.name for file in Path("mine").iterdir()) == [file.name for file in NOTEBOOKS]
    Path("mine/02-probes.ipynb").write_text("changed", "utf-8")
    again = podsim("notebooks", "mine")
    assert again.code == 2
    assert "mine/01-init-containers.ipynb already exists" in again.err
    assert Path("mine/02-probes.ipynb").read_text("utf-8") == "changed"
    assert podsim("notebooks", "mine", "--force", "--answers").code == 0
    assert Path("mine/02-probes.ipynb").read_bytes() == NOTEBOOKS[1].read_bytes()
    assert "Predict 1" in Path("mine/answers/02-probes.md").read_text("utf-8")
