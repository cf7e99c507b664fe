"""Checks a lesson: with every seed, solutions pass, starting points fail, and each choice has one right answer."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.errors import InputError
from simulator.journal.snapshot import Snapshot
from simulator.lessons.answers import computed, right_options
from simulator.lessons.check import check
from simulator.lessons.model import CHOICE, Lesson, Question, Task
from simulator.lessons.runs import play

SEEDS = 8


def faults(lesson: Lesson, seeds: int = SEEDS) -> Iterator[str]:
    """What is wrong with a lesson, in words."""
    try:
        snapshots = [play(lesson.files, seed).at() for seed in range(seeds)]
    except InputError as error:
        yield from (f"run: {problem}" for problem in error.problems)
        return
    for question in lesson.questions:
        yield from _question_faults(question, snapshots)
    for task in lesson.tasks:
        for seed in range(seeds):
            yield from _task_faults(task, seed)


def _question_faults(question: Question, snapshots: list[Snapshot]) -> Iterator[str]:
    if question.kind != CHOICE:
        values = [computed(question, snapshot) for snapshot in snapshots]
        if None in values and set(values) != {None}:
            yield f"question {question.name}: it happens with some seeds only"
        return
    answers = [[option.text for option in right_options(question, snapshot)] for snapshot in snapshots]
    for seed, right in enumerate(answers):
        if len(right) != 1:
            yield f"question {question.name}, seed {seed}: {len(right)} right answers{': ' if right else ''}{'; '.join(right)}"
    if all(len(right) == 1 for right in answers) and len({right[0] for right in answers}) > 1:
        yield f"question {question.name}: the right answer depends on the seed"


def _task_faults(task: Task, seed: int) -> Iterator[str]:
    solved = check(task, task.solution, seed=seed)
    for text in (*solved.problems, *(f"{verdict.text}: {'; '.join(verdict.happened)}" for verdict in solved.failures)):
        yield f"task {task.name}, seed {seed}: the solution fails: {text}"
    if check(task, {}, seed=seed).passed:
        yield f"task {task.name}, seed {seed}: the starting point passes"
