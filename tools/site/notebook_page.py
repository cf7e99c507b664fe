"""An executed notebook as a Markdown page: questions first, what the cells print and the answers folded below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

QUESTION = re.compile(r"\*\*Predict (\d+)\.\*\*")
ANSWER = re.compile(r"^## Predict (\d+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Page(NamedTuple):
    """A page, and the pictures that it shows, by file name."""

    text: str
    pictures: dict[str, str]


def page(notebook: Any, answers: str, stem: str) -> Page:
    """The page of a notebook that has been executed. `answers`: Markdown with a heading `## Predict N` for each question."""
    texts = {number: text.strip() for number, text in ANSWER.findall(answers)}
    pictures: dict[str, str] = {}
    outputs = partial(_outputs, stem=stem, pictures=pictures)
    parts = [part for section in _sections(notebook.cells) for part in _section(section, texts, outputs)]
    return Page("\n\n".join(parts) + "\n", pictures)


def _sections(cells: list[Any]) -> Iterator[list[Any]]:
    """A section is a text and the cells of code below it."""
    texts = 0
    numbered = [(texts := texts + (cell.cell_type == "markdown"), cell) for cell in cells]
    for _, members in groupby(numbered, lambda item: item[0]):
        yield [cell for _, cell in members]


def _section(cells: list[Any], answers: dict[str, str], outputs: Callable[[Any], Iterator[str]]) -> Iterator[str]:
    """The text and the code as they are; outputs and answers folded, if the text asks for a prediction."""
    text = next((cell.source for cell in cells if cell.cell_type == "markdown"), "")
    code = [cell for cell in cells if cell.cell_type == "code"]
    if text:
        yield text
    asked = QUESTION.findall(text)
    if not asked:
        for cell in code:
            yield from (_fenced("python", cell.source), *outputs(cell))
        return
    yield from (_fenced("python", cell.source) for cell in code)
    shown = [output for cell in code for output in outputs(cell)]
    shown += [f"**Answer {number}.** {answers[number]}" for number in asked]
    yield "\n\n".join(['<details markdown="1"><summary>Run it, and the answer</summary>', *shown, "</details>"])


def _outputs(cell: Any, stem: str, pictures: dict[str, str]) -> Iterator[str]:
    """What a cell shows. Pictures go in files: Markdown would read the text in them."""
    for output in cell.outputs:
        data = output.get("data", {})
        if picture := data.get("image/svg+xml"):
            name = f"{stem}-{len(pictures) + 1}.svg"
            pictures[name] = picture
            yield f"![{data['text/plain'].strip('<>').removeprefix('Picture: ')}]({name})"
        elif text := output.get("text") or data.get("text/plain"):
            yield _fenced("text", COLOUR.sub("", text))


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
