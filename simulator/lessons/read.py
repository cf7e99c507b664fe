"""Reads a lesson's folder: lesson.yaml, its texts, and the files of its run, tasks and solutions. Every problem has its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.errors import Problem, ScenarioError, UsageError
from simulator.expectations.evaluate import check_names
from simulator.lessons.model import CHOICE, INSTANT, NUMBER, SCENARIO_FILE, Lesson, Measure, Option, Question, Task
from simulator.lessons.runs import scenario_in
from simulator.manifest.documents import Broken, documents
from simulator.manifest.files import file_error
from simulator.metrics.table import metric
from simulator.scenario.header import read_header
from simulator.scenario.read_expect import read_expectations, read_step, read_subject
from simulator.scenario.reader import Reader
from simulator.scenario.spec import Expectation
from simulator.units import SECOND

LESSON = "Lesson"
LESSON_FILE = "lesson.yaml"
BEFORE, AFTER = "before.md", "after.md"
RUN, TASKS, SOLUTION = "run", "tasks", "solution"
SPEC_KEYS = ("title", "summary", "minutes", "questions", "tasks")
QUESTION_KEYS = ("name", "ask", "choices", "number", "instant", "tolerance", "explain", "show")
ANSWERS = ("choices", "number", "instant")
"""The kinds of answers; a question has one of them."""
MOST_CHOICES = 8
OPTION_KEYS = ("text", "if", "unless", "because")
TASK_KEYS = ("name", "title", "text", "edit", "expect", "hints", "explain")
NAME = "[a-z0-9]+(?:-[a-z0-9]+)*"
NAME_MEANING = "lower-case words joined by hyphens, such as wait-for-redis"


def read_lesson(folder: Path, number: int = 0) -> Lesson:
    """The lesson in a folder. Raises ScenarioError with every problem of it."""
    file = folder / LESSON_FILE
    text = _text(file)
    document = next(documents(text), None)
    if document is None or isinstance(document, Broken):
        line, message = (1, "empty file: expected a Lesson") if document is None else (document.line, document.message)
        raise ScenarioError([Problem(str(file), line, 1, "", message)])
    reader = Reader(str(file), document.places)
    lesson = read_lesson_document(reader, document.value, folder, number)
    if not reader.problems:
        _check_metrics(lesson)
    if reader.problems:
        raise ScenarioError(sorted(reader.problems))
    return lesson


def read_lesson_document(reader: Reader, value: Any, folder: Path, number: int = 0) -> Lesson:
    """The lesson of a document beside the other files of its folder; the reader collects the problems."""
    given = read_header(reader, value, LESSON)
    metadata = reader.mapping(given.get("metadata"), "metadata", ("name",))
    reader.require(metadata, "metadata", "name")
    spec = reader.mapping(given.get("spec"), "spec", SPEC_KEYS)
    reader.require(spec, "spec", "title", "summary", "questions", "tasks")
    files = _files(folder / RUN)
    duration = _duration(reader, files, "spec")
    return Lesson(
        number=number,
        name=reader.matching(metadata.get("name"), "metadata.name", NAME, NAME_MEANING),
        title=reader.text(spec.get("title"), "spec.title"),
        summary=reader.text(spec.get("summary"), "spec.summary"),
        minutes=reader.integer(spec.get("minutes"), "spec.minutes", 15, 1),
        before=_page(reader, folder / BEFORE),
        after=_page(reader, folder / AFTER),
        files=files,
        questions=reader.list(spec.get("questions"), "spec.questions", lambda item, path: _question(reader, item, path, duration)),
        tasks=reader.list(spec.get("tasks"), "spec.tasks", lambda item, path: _task(reader, item, path, folder, files)),
    )


# ---- questions


def _question(reader: Reader, value: Any, path: str, duration: int | None) -> Question:
    given = reader.mapping(value, path, QUESTION_KEYS)
    reader.require(given, path, "name", "ask")
    if sum(kind in given for kind in ANSWERS) != 1:
        reader.problem(path, f"needs one of {', '.join(ANSWERS)}")
    options = reader.list(given.get("choices"), f"{path}.choices", lambda item, where: _option(reader, item, where, duration))
    if "choices" in given and not 2 <= len(options) <= MOST_CHOICES:
        reader.problem(f"{path}.choices", f"needs 2 to {MOST_CHOICES} answers")
    return Question(
        name=reader.matching(given.get("name"), f"{path}.name", NAME, NAME_MEANING),
        ask=reader.text(given.get("ask"), f"{path}.ask"),
        kind=CHOICE if "choices" in given else NUMBER if "number" in given else INSTANT,
        options=options,
        measure=_measure(reader, given["number"], f"{path}.number") if "number" in given else None,
        milestone=read_step(reader, given["instant"], f"{path}.instant") if "instant" in given else ("", ""),
        tolerance=reader.span(given.get("tolerance"), f"{path}.tolerance") / SECOND,
        explain=reader.text(given.get("explain"), f"{path}.explain"),
        show=reader.list(given.get("show"), f"{path}.show", reader.text),
    )


def _option(reader: Reader, value: Any, path: str, duration: int | None) -> Option:
    given = reader.mapping(value, path, OPTION_KEYS)
    reader.require(given, path, "text")
    reader.require_any(given, path, "if", "unless")
    return Option(
        text=reader.text(given.get("text"), f"{path}.text"),
        holds=read_expectations(reader, given.get("if"), f"{path}.if", duration),
        fails=read_expectations(reader, given.get("unless"), f"{path}.unless", duration),
        because=reader.text(given.get("because"), f"{path}.because"),
    )


def _measure(reader: Reader, value: Any, path: str) -> Measure:
    given = reader.mapping(value, path, ("metric", "of", "at"))
    reader.require(given, path, "metric", "of")
    at = reader.span(given["at"], f"{path}.at") if "at" in given else None
    name = reader.text(given.get("metric"), f"{path}.metric")
    try:
        metric(name)
    except UsageError as error:
        reader.problem(f"{path}.metric", str(error))
    return Measure(name, read_subject(reader, given.get("of"), f"{path}.of"), at)


# ---- tasks


def _task(reader: Reader, value: Any, path: str, folder: Path, run: dict[str, str]) -> Task:
    given = reader.mapping(value, path, TASK_KEYS)
    reader.require(given, path, "name", "title", "text", "edit", "expect", "hints")
    name = reader.matching(given.get("name"), f"{path}.name", NAME, NAME_MEANING)
    own, solution = _files(folder / TASKS / name), _files(folder / SOLUTION / name)
    # With a Scenario of its own, a task's folder is complete; otherwise its files replace files of the run.
    files = own if SCENARIO_FILE in own else {**run, **own}
    edit = reader.list(given.get("edit"), f"{path}.edit", reader.text)
    for i, file in enumerate(edit):
        if file not in files:
            reader.problem(f"{path}.edit[{i}]", f"no such file in {RUN}/ or {TASKS}/{name}/: {file}")
    if not solution:
        reader.problem(f"{path}.name", f"no solution: {SOLUTION}/{name}/ has the files that it changes")
    for file in sorted(solution.keys() - set(edit)):
        reader.problem(f"{path}.edit", f"{SOLUTION}/{name}/{file} changes a file that may not change")
    return Task(
        name=name,
        title=reader.text(given.get("title"), f"{path}.title"),
        text=reader.text(given.get("text"), f"{path}.text"),
        edit=edit,
        files=files,
        expect=read_expectations(reader, given.get("expect"), f"{path}.expect", _duration(reader, files, path)),
        hints=reader.list(given.get("hints"), f"{path}.hints", reader.text),
        solution=solution,
        explain=reader.text(given.get("explain"), f"{path}.explain"),
    )


# ---- files


def _duration(reader: Reader, files: dict[str, str], path: str) -> int | None:
    """How long the run of these files lasts. A Scenario that cannot be read is a problem of the lesson."""
    if SCENARIO_FILE not in files:
        reader.problem(path, f"no {SCENARIO_FILE} in {RUN}/")
        return None
    try:
        return scenario_in(files).duration
    except ScenarioError as error:
        reader.problems += error.problems
        return None


def _page(reader: Reader, file: Path) -> str:
    if not file.is_file():
        reader.problem("", f"no {file.name} beside {LESSON_FILE}")
        return ""
    return _text(file)


def _files(folder: Path) -> dict[str, str]:
    return {file.name: _text(file) for file in sorted(folder.iterdir()) if file.is_file()} if folder.is_dir() else {}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError([Problem(str(file), 0, 0, "", file_error(error))]) from error


def _check_metrics(lesson: Lesson) -> None:
    """Raises ScenarioError for unknown metrics."""
    options = [option for question in lesson.questions for option in question.options]
    inner: list[Expectation] = [item for option in options for item in (*option.holds, *option.fails)]
    check_names([*inner, *(item for task in lesson.tasks for item in task.expect)])
