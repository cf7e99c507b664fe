"""Checks a student's files against a task."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from simulator.errors import InputError
from simulator.expectations.evaluate import evaluate
from simulator.expectations.verdict import Verdict
from simulator.lessons.model import Task
from simulator.lessons.runs import play


class Result(msgspec.Struct, frozen=True):
    """The result of an attempt. `problems`: why the files cannot run, with their lines; `hint`: help when the task is not solved.

    `passed` is true if the run meets every expectation; `failures` are the verdicts that do not hold.
    """

    passed: bool
    verdicts: tuple[Verdict, ...] = ()
    problems: tuple[str, ...] = ()
    hint: str = ""

    @property
    def failures(self) -> tuple[Verdict, ...]:
        """What the run does not meet."""
        return tuple(verdict for verdict in self.verdicts if not verdict.holds)


def check(task: Task, files: Mapping[str, str], attempt: int = 0, seed: int | None = None) -> Result:
    """Run a student's files and hold them against the task.

    Only the files in `task.edit` count; the others, such as the Scenario, are the task's own.

    Args:
        task: The task.
        files: The student's files by name; those that are missing are taken from the task.
        attempt: How many attempts failed before this one, which decides the hint.
        seed: Another seed than the Scenario's.
    """
    own = {name: text for name, text in files.items() if name in task.edit}
    hint = task.hints[min(attempt, len(task.hints) - 1)] if task.hints else ""
    try:
        journal = play({**task.files, **own}, seed)
    except InputError as error:
        return Result(False, problems=tuple(str(problem) for problem in error.problems), hint=hint)
    verdicts = tuple(evaluate(journal.at(), task.expect))
    passed = all(verdict.holds for verdict in verdicts)
    return Result(passed, verdicts, hint="" if passed else hint)
