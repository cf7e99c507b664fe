"""Tasks on the terminal: checks, hints and solutions."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff

from simulator.cli import last_run, paint
from simulator.cli.learning.student import Student, print_json, short
from simulator.cli.paint import echo
from simulator.errors import UsageError
from simulator.lessons import Lesson, Result, Task, check, lesson, lessons, play
from simulator.lessons.folders import is_changed, read_files
from simulator.lessons.markdown import lines as markdown
from simulator.lessons.runs import inputs_of
from simulator.lessons.screens import MARGIN, NO, YES, result_json, result_lines
from simulator.lessons.verify import SEEDS, faults
from simulator.views.styled import Part

DIFF = {"+": "green", "-": "red", "@": "cyan"}


def check_tasks(student: Student, word: str) -> bool:
    """Check a task, or all that have changed; whether they are solved. Raises UsageError."""
    if word:
        one, task = task_of(student, word)
        tasks = [task]
    else:
        one = _current(student)
        tasks = _changed(student, one)
        if not tasks:
            return _report_unchanged(student, one)
    folder = student.folder_of(one)
    results: list[Result] = []
    for task in tasks:
        progress = student.of(one)
        texts = read_files(task, folder)
        result = check(task, texts, progress.attempts(task.name).failed)
        if result.failures and all(earlier.passed for earlier in results):
            files = {**task.files, **texts}
            last_run.remember(play(files), inputs_of(files))
        student.keep(one, progress.with_attempt(task.name, result.passed))
        results.append(result)
        if not student.as_json:
            paint.show([*result_lines(task, result, paint.width()), []])
    if student.as_json:
        print_json([result_json(one, task, result) for task, result in zip(tasks, results, strict=True)])
    else:
        echo(_next(student, one, next((pair for pair in zip(tasks, results, strict=True) if not pair[1].passed), None)))
    return all(result.passed for result in results)


def give_hint(student: Student, word: str) -> None:
    """Print the hints for a task so far, and the next one. Raises UsageError."""
    one, task = task_of(student, word)
    progress = student.of(one)
    for number, hint in enumerate(task.hints[: progress.attempts(task.name).failed + 1], 1):
        paint.show(markdown(f"{number}. {hint}", paint.width()))
    if not progress.attempts(task.name).solved:
        student.keep(one, progress.with_attempt(task.name, solved=False))


def show_solution(student: Student, word: str) -> None:
    """Print what a solution changes, as a diff. Raises UsageError."""
    _, task = task_of(student, word)
    for file, text in task.solution.items():
        rows = unified_diff(task.files[file].splitlines(), text.splitlines(), file, file, lineterm="")
        paint.show([[Part(row, DIFF.get(row[:1], ""))] for row in rows])


def verify(words: Sequence[str]) -> bool:
    """Check lessons, by default all of the course, as a teacher who writes one does; whether all are sound. Raises UsageError."""
    sound = True
    for one in [lesson(word) for word in words] or lessons():
        wrong = list(faults(one))
        sound &= not wrong
        plural = "task" if len(one.tasks) == 1 else "tasks"
        sizes = f"{len(one.questions)} questions and {len(one.tasks)} {plural} with {SEEDS} seeds"
        paint.show([[NO if wrong else YES, Part(f"{one.name}: {sizes}")]])
        paint.show([[Part(f"{MARGIN}{fault}", "red")] for fault in wrong])
    return sound


def task_of(student: Student, word: str) -> tuple[Lesson, Task]:
    """The task of a name, or of its folder (`podsim-lessons/04-retries/loop`). Raises UsageError."""
    *before, name = word.rstrip("/").split("/")
    number = before[-1].partition("-")[0] if before else ""
    candidates = [lesson(number)] if number.isdigit() else [_current(student), *lessons()]
    for one in candidates:
        if task := one.task(name):
            return one, task
    names = [task.name for task in _current(student).tasks]
    raise UsageError(f"no task {name!r}; those of the current lesson: {', '.join(names)}")


def _current(student: Student) -> Lesson:
    if not student.progress.current_source:
        raise UsageError("take a lesson first: podsim learn 1")
    return lesson(student.progress.current_source)


def _changed(student: Student, one: Lesson) -> list[Task]:
    """The tasks that are not solved and of which a file has changed."""
    folder = student.folder_of(one)
    left = [task for task in one.tasks if not student.of(one).attempts(task.name).solved]
    return [task for task in left if is_changed(task, read_files(task, folder))]


def _report_unchanged(student: Student, one: Lesson) -> bool:
    """Report that there is nothing to check; whether every task is solved."""
    if student.as_json:
        print_json([])
    else:
        echo(_next(student, one) if student.of(one).is_solved(one) else f"Nothing has changed yet. {_next(student, one)}")
    return student.of(one).is_solved(one)


def _next(student: Student, one: Lesson, failed: tuple[Task, Result] | None = None) -> str:
    """What to type next: after an attempt that failed, commands that look at its run."""
    folder = student.folder_of(one)
    if failed:
        task, result = failed
        look = (
            "podsim get pods, podsim why and podsim timeline show this attempt"
            if result.failures
            else f"correct {short(folder / task.name)}"
        )
        return f"Next: {look}; podsim learn hint {task.name}"
    left = [task for task in one.tasks if not student.of(one).attempts(task.name).solved]
    if not left:
        return "This lesson has no more tasks. Next: podsim learn"
    return f"Next: podsim run {short(folder / left[0].name)}, then edit {short(folder / left[0].name / left[0].edit[0])}"
