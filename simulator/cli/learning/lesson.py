"""A lesson on the terminal: the text, the questions, the run, the graded answers, the tasks."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import msgspec

from simulator.cli import last_run, paint
from simulator.cli.learning.student import Student, print_json, short
from simulator.cli.paint import echo
from simulator.errors import UsageError
from simulator.journal.journal import Journal
from simulator.lessons import Lesson, Question, as_json, grade, lesson, lessons, play
from simulator.lessons.markdown import lines as markdown
from simulator.lessons.runs import inputs_of
from simulator.lessons.screens import course_json, course_lines, grade_lines, how_to_answer, question_lines, task_lines
from simulator.views.timeline.text import draw


def list_lessons(student: Student) -> None:
    """Print the lessons with the progress in each."""
    if student.as_json:
        print_json(course_json(lessons(), student.progress))
    else:
        paint.show(course_lines(lessons(), student.progress))


def take(student: Student, word: str, answers: Sequence[str]) -> None:
    """Take a lesson: on a terminal question by question, elsewhere with the answers that are given. Raises UsageError."""
    one = lesson(word)
    typed = dict(_split(one, answer) for answer in answers)
    if student.as_json and not typed:
        print_json(as_json(one))
        return
    folder = student.folder_of(one)
    source = "" if one.number else str(Path(word).absolute())
    student.keep(one, msgspec.structs.replace(student.of(one), folder=str(folder), source=source))
    journal = play(one.files)
    for name, answer in typed.items():
        _answer(student, one, name, answer, journal)
    if student.as_json:
        print_json(_grades_json(student, one, journal))
        return
    _ask_all(student, one, folder, journal)
    missing = student.of(one).unanswered(one)
    if missing:
        echo(f"Answer, then see the run: podsim learn {word} {' '.join(f'--answer {name}=...' for name in missing)}")
        return
    _show_run(student, one, journal)
    _show_tasks(student, one, folder)


# ---- questions


def _ask_all(student: Student, one: Lesson, folder: Path, journal: Journal) -> None:
    """Show the text and ask what has no answer yet."""
    unanswered = student.of(one).unanswered(one)
    if not unanswered:
        return
    interactive = _is_interactive()
    paint.show([*markdown(one.before, paint.width()), []])
    echo(f"Files in {short(folder)}/run: {', '.join(one.files)}\n")
    _pause("Press Enter for the questions")
    for name in unanswered:
        question, number = _question(one, name)
        paint.show(question_lines(question, number, paint.width()))
        if interactive:
            _ask(student, one, question, journal)
        else:
            echo(f"\n   --answer {name}=...   ({how_to_answer(question)})\n")


def _ask(student: Student, one: Lesson, question: Question, journal: Journal) -> None:
    """Ask until the answer fits the question."""
    while True:
        typed = click.prompt(f"\nYour answer ({how_to_answer(question)})")
        try:
            _answer(student, one, question.name, typed, journal)
        except UsageError as error:
            echo(str(error).partition(": ")[2])
        else:
            echo()
            return


def _answer(student: Student, one: Lesson, name: str, typed: str, journal: Journal) -> None:
    """Grade an answer and keep it. Raises UsageError for one that does not fit, and for a second one: a prediction is made once."""
    if name in student.of(one).answers:
        raise UsageError(f"{name}: answered already; `podsim learn reset {one.number}` starts again")
    right = grade(_question(one, name)[0], typed, journal.at()).right
    student.keep(one, student.of(one).with_answer(name, typed.strip(), right))


def _question(one: Lesson, name: str) -> tuple[Question, int]:
    """A question and its number. Raises UsageError."""
    question = one.question(name)
    if question is None:
        raise UsageError(f"no question {name!r}; those of lesson {one.number}: {', '.join(one.name for one in one.questions)}")
    return question, one.questions.index(question) + 1


def _split(one: Lesson, answer: str) -> tuple[str, str]:
    name, mark, typed = answer.partition("=")
    if not mark:
        raise UsageError(f"--answer {answer}: must be QUESTION=ANSWER, such as {one.questions[0].name}=a")
    return name, typed


# ---- the run


def _show_run(student: Student, one: Lesson, journal: Journal) -> None:
    """Show the run, which becomes the last run, and what became of the predictions."""
    last_run.remember(journal, inputs_of(one.files))
    width = paint.width()
    paint.show([*draw(journal.at(), width), []])
    _pause("Press Enter for the answers")
    for number, question in enumerate(one.questions, 1):
        typed = student.of(one).answers[question.name].typed
        paint.show([*grade_lines(question, number, typed, grade(question, typed, journal.at()), width), []])
    _pause("Press Enter to look closer")
    paint.show([*markdown(one.after, width), []])
    _pause("Press Enter for the tasks")


def _is_interactive() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _pause(text: str) -> None:
    """On a terminal, wait until the student has read."""
    if _is_interactive():
        click.prompt(text, default="", show_default=False, prompt_suffix=" ")
        echo()


def _show_tasks(student: Student, one: Lesson, folder: Path) -> None:
    progress = student.of(one)
    paint.show([*markdown("## Tasks", paint.width()), []])
    for number, task in enumerate(one.tasks, 1):
        paint.show([*task_lines(task, number, short(folder), progress.attempts(task.name).solved, paint.width()), []])
    echo(f"Look at a task with podsim run {short(folder)}/{one.tasks[0].name}, edit its file, then: podsim learn check")


def _grades_json(student: Student, one: Lesson, journal: Journal) -> list[dict[str, Any]]:
    answers = student.of(one).answers
    grades = {name: grade(_question(one, name)[0], given.typed, journal.at()) for name, given in answers.items()}
    return [{"question": name, "typed": answers[name].typed, **msgspec.to_builtins(result)} for name, result in grades.items()]
