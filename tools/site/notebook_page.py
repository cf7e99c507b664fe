"""An executed notebook as a Markdown page: questions first, what the cells print and the answers folded below them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

QUESTION = re.compile(r"\*\*Predict (\d+)\.\*\*")
ANSWER = re.compile(r"^## Predict (\d+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def page(notebook: Any, answers: str) -> str:
    """The page of a notebook that has been executed. `answers`: Markdown with a heading `## Predict N` for each question."""
    texts = {number: text.strip() for number, text in ANSWER.findall(answers)}
    return "\n\n".join(part for section in _sections(notebook.cells) for part in _section(section, texts)) + "\n"


def _sections(cells: list[Any]) -> Iterator[list[Any]]:
    """A section is a text and the cells of code below it."""
    texts = 0
    numbered = [(texts := texts + (cell.cell_type == "markdown"), cell) for cell in cells]
    for _, members in groupby(numbered, lambda item: item[0]):
        yield [cell for _, cell in members]


def _section(cells: list[Any], answers: dict[str, str]) -> Iterator[str]:
    """The text and the code as they are; outputs and answers folded, if the text asks for a prediction."""
    text = next((cell.source for cell in cells if cell.cell_type == "markdown"), "")
    code = [cell for cell in cells if cell.cell_type == "code"]
    if text:
        yield text
    asked = QUESTION.findall(text)
    if not asked:
        for cell in code:
            yield from (_fenced("python", cell.source), *_outputs(cell))
        return
    yield from (_fenced("python", cell.source) for cell in code)
    shown = [output for cell in code for output in _outputs(cell)]
    shown += [f"**Answer {number}.** {answers[number]}" for number in asked]
    yield "\n\n".join(['<details markdown="1"><summary>Run it, and the answer</summary>', *shown, "</details>"])


def _outputs(cell: Any) -> Iterator[str]:
    for output in cell.outputs:
        data = output.get("data", {})
        if picture := data.get("image/svg+xml"):
            yield re.sub(r"^.*?(?=<svg)", "", picture, flags=re.DOTALL).strip()
        elif text := output.get("text") or data.get("text/plain"):
            yield _fenced("text", COLOUR.sub("", text))


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
