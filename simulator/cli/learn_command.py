"""`podsim learn`: lessons on the terminal. The student predicts, sees the run, reads why, and changes manifests until a check passes."""

from __future__ import annotations

import click

from simulator.cli.paint import echo
from simulator.cli.usage import command
from simulator.errors import UsageError

FAILED = 1
ON_TASKS = ("check", "hint", "solution")
WORDS = (*ON_TASKS, "reset", "verify")


@command(short_help="Take a lesson: predict, run, explain, fix a manifest.")
@click.argument("words", nargs=-1, metavar="[LESSON | check | hint | solution | reset | verify] [TASK]")
@click.option("--answer", "answers", multiple=True, metavar="QUESTION=ANSWER", help="Answer a question, without a terminal. Repeatable.")
@click.option("--folder", default="", metavar="FOLDER", help="Directory for the files of lessons. Default: podsim-lessons.")
@click.option("-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format: text or json.")
def learn(words: tuple[str, ...], answers: tuple[str, ...], folder: str, output: str) -> int:
    """Take a lesson: predict what happens, see the run, read why, and change manifests until the check passes.

    LESSON is a number, a name, or the folder of a lesson of your own; without it, list the lessons and your progress. `check` checks the
    tasks that you have changed, or one TASK; `hint` prints the next hint for it, `solution` a solution. `reset` forgets the progress in
    a lesson, or in all. `verify` checks a lesson that you write: with 8 seeds, its solutions must pass and its starting points fail.

    \b
    Examples:
      podsim learn                          # list the lessons
      podsim learn 2                        # take one
      podsim learn 2 --answer status=b      # the same without a terminal
      podsim learn check                    # check what you have changed
      podsim learn check wrong-name
      podsim learn hint wrong-name
      podsim learn solution wrong-name
      podsim learn reset 2
      podsim learn verify sidecars

    Exit codes: 0, or 1 if a checked task is not solved, or a verified lesson has faults.
    """
    from simulator.cli.learning import lesson, tasks
    from simulator.cli.learning.student import Student, forget

    first, *rest = words or ("",)
    if len(rest) > (first in WORDS):
        raise UsageError(f"too many words: {' '.join(words)}; `podsim learn --help` shows what can be typed")
    if answers and (not first or first in WORDS):
        raise UsageError("--answer goes with a lesson: podsim learn 2 --answer QUESTION=ANSWER")
    if first in ("hint", "solution") and not rest:
        raise UsageError(f"name a task: podsim learn {first} TASK")
    if first == "reset":
        from simulator.lessons import lesson as lesson_of

        forget({lesson_of(word).name for word in rest})
        echo(f"forgot the progress in {f'lesson {rest[0]}' if rest else 'all lessons'}; your files are unchanged")
        return 0
    if first == "verify":
        return 0 if tasks.verify(rest) else FAILED
    student = Student(folder, as_json=output == "json")
    if first == "check":
        return 0 if tasks.check_tasks(student, rest[0] if rest else "") else FAILED
    if first == "hint":
        tasks.give_hint(student, rest[0])
    elif first == "solution":
        tasks.show_solution(student, rest[0])
    elif first:
        lesson.take(student, first, answers)
    else:
        lesson.list_lessons(student)
    return 0


COMMANDS: list[click.Command] = [learn]
