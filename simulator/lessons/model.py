"""A lesson as typed values. Texts are Markdown."""

from __future__ import annotations

import msgspec

from simulator.metrics.table import metric
from simulator.scenario.spec import Expectation

CHOICE, NUMBER, INSTANT = "choice", "number", "instant"
SCENARIO_FILE = "scenario.yaml"


class Option(msgspec.Struct, frozen=True):
    """One answer of a choice. It is right if the run meets all expectations of `holds` and none of `fails`. `because` explains it."""

    text: str
    holds: tuple[Expectation, ...] = ()
    fails: tuple[Expectation, ...] = ()
    because: str = ""


class Measure(msgspec.Struct, frozen=True):
    """A number of the run: a metric `name` of the objects `of`, at an instant in nanoseconds (None: the end)."""

    name: str
    of: str
    at: int | None = None


class Question(msgspec.Struct, frozen=True):
    """A prediction. The right answer is computed from a run of the lesson's files.

    `kind`: choice (one of `options`), number (a `measure`) or instant (when `milestone`, a subject and a word, is reached; seconds).
    Answers within `tolerance` are right. `explain` is shown with the right answer; `show` are commands that show it.
    """

    name: str
    ask: str
    kind: str
    options: tuple[Option, ...] = ()
    measure: Measure | None = None
    milestone: tuple[str, str] = ("", "")
    tolerance: float = 0.0
    explain: str = ""
    show: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Whether the answer is a plain number, not a choice and not a time."""
        return self.measure is not None and metric(self.measure.name).unit != "s"


class Task(msgspec.Struct, frozen=True):
    """A manifest to change until `expect` holds. `edit`: the files that may change; `hints`: the next one after each failed attempt.

    `files` are those that the student starts with, by name; `solution` has the files that a correct answer changes; `explain` is shown
    when the task is solved.
    """

    name: str
    title: str
    text: str
    edit: tuple[str, ...]
    files: dict[str, str]
    expect: tuple[Expectation, ...]
    hints: tuple[str, ...]
    solution: dict[str, str]
    explain: str = ""

    @property
    def solved_files(self) -> dict[str, str]:
        """The files with the solution in place."""
        return {**self.files, **self.solution}


class Lesson(msgspec.Struct, frozen=True):
    """A lesson: `before` is read before the questions, `after` once the run has been seen. `files` are those of the run, by name."""

    number: int
    name: str
    title: str
    summary: str
    minutes: int
    before: str
    after: str
    files: dict[str, str]
    questions: tuple[Question, ...]
    tasks: tuple[Task, ...]

    def task(self, name: str) -> Task | None:
        """The task of that name."""
        return next((task for task in self.tasks if task.name == name), None)

    def question(self, name: str) -> Question | None:
        """The question of that name."""
        return next((question for question in self.questions if question.name == name), None)
