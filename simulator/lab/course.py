"""Lessons on the bench, as JSON: the list, one lesson, grades of predictions, and checks of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from simulator.errors import UsageError
from simulator.expectations.verdict import Verdict
from simulator.journal.snapshot import Snapshot
from simulator.lessons import as_json, check, grade, lesson, lessons, play
from simulator.objects.base import JSON


def course() -> JSON:
    """All lessons in their order, without their texts."""
    listed = [
        {
            "number": one.number,
            "name": one.name,
            "title": one.title,
            "questions": [question.name for question in one.questions],
            "tasks": [task.name for task in one.tasks],
        }
        for one in lessons()
    ]
    return {"lessons": listed}


def opened(name: str) -> JSON:
    """A lesson, without what a student has to find out."""
    plain = as_json(lesson(name))
    return {
        **plain,
        "questions": [{key: value for key, value in one.items() if key not in ("explain", "show")} for one in plain["questions"]],
    }


@lru_cache(maxsize=1)
def _run(name: str) -> Snapshot:
    return play(lesson(name).files).at()


def graded(name: str, question: str, typed: str) -> JSON:
    """The grade of a prediction. Raises UsageError for one that does not fit the question."""
    one = lesson(name).question(question)
    if one is None:
        raise UsageError(f"lesson {name} has no question {question}")
    result = grade(one, typed, _run(name))
    return {"right": result.right, "answer": result.answer, "because": result.because, "explain": one.explain, "show": list(one.show)}


def checked(name: str, task: str, files: Mapping[str, str], attempt: int) -> JSON:
    """The check of a task. `attempt`: how many failed before."""
    one = lesson(name).task(task)
    if one is None:
        raise UsageError(f"lesson {name} has no task {task}")
    result = check(one, files, attempt)
    return {
        "passed": result.passed,
        "verdicts": [_verdict(verdict) for verdict in result.verdicts],
        "problems": list(result.problems),
        "hint": result.hint,
        "explain": one.explain if result.passed else "",
    }


def _verdict(verdict: Verdict) -> JSON:
    return {"text": verdict.text, "holds": verdict.holds, "happened": list(verdict.happened), "why": list(verdict.why)}
