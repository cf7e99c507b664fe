"""What `podsim learn` prints, as styled lines: the list, a lesson's parts, graded answers and checked tasks."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.expectations.verdict import Verdict
from simulator.lessons.answers import LETTERS, Grade
from simulator.lessons.check import Result
from simulator.lessons.markdown import lines as markdown
from simulator.lessons.model import CHOICE, Lesson, Question, Task
from simulator.lessons.progress import LessonProgress, Progress
from simulator.objects.base import JSON
from simulator.units import SECOND, short_duration
from simulator.views.styled import Line, Part

YES, NO = Part("✓ ", "green"), Part("✗ ", "bold red")
MARGIN = "   "


def course_lines(lessons: Sequence[Lesson], progress: Progress) -> list[Line]:
    """The lessons with the progress in each, and what comes next."""
    width = max(len(one.title) for one in lessons)
    rows = [_row(one, progress.of(one), width) for one in lessons]
    done = sum(progress.of(one).is_done(one) for one in lessons)
    following = next((one for one in lessons if not progress.of(one).is_done(one)), None)
    end = [Part(f"podsim learn {following.number}", "cyan")] if following else [Part("You have finished the course.", "green")]
    return [[Part(f"{done} of {len(lessons)} lessons finished")], [], *rows, [], [Part("Next: " if following else ""), *end]]


def _row(lesson: Lesson, progress: LessonProgress, width: int) -> Line:
    right = sum(answer.right for answer in progress.answers.values())
    solved = sum(progress.attempts(task.name).solved for task in lesson.tasks)
    state = f"{right}/{len(lesson.questions)} predicted, {solved}/{len(lesson.tasks)} tasks" if progress.answers or solved else ""
    mark = YES if progress.is_done(lesson) else Part("  ")
    return [Part(f"{lesson.number:3}  "), mark, Part(f"{lesson.title:<{width}}  "), Part(f"{lesson.minutes:2} min  {state}", "dim")]


def course_json(lessons: Sequence[Lesson], progress: Progress) -> list[JSON]:
    """The list as plain values."""
    return [
        {
            "number": one.number,
            "name": one.name,
            "title": one.title,
            "summary": one.summary,
            "minutes": one.minutes,
            "questions": len(one.questions),
            "tasks": len(one.tasks),
            "right": sum(answer.right for answer in progress.of(one).answers.values()),
            "answered": len(progress.of(one).answers),
            "solved": [task.name for task in one.tasks if progress.of(one).attempts(task.name).solved],
            "done": progress.of(one).is_done(one),
        }
        for one in lessons
    ]


# ---- questions


def question_lines(question: Question, number: int, width: int) -> list[Line]:
    """A question with its answers to choose from."""
    lines = [*markdown(f"**Question {number}.** {question.ask}", width), *([[]] if question.options else [])]
    for letter, option in zip(LETTERS, question.options, strict=False):
        first, *rest = markdown(option.text, width, MARGIN + MARGIN)
        lines += [[Part(f"{MARGIN}{letter}) "), *first[1:]], *rest]
    return lines


def how_to_answer(question: Question) -> str:
    """What may be typed."""
    if question.kind == CHOICE:
        return ", ".join(LETTERS[: len(question.options)])
    example = "a number" if question.is_number else "a time such as 45s or 1m30s, or never"
    within = f"; within {in_tolerance(question)} is right" if question.tolerance else ""
    return f"{example}{within}"


def in_tolerance(question: Question) -> str:
    """The tolerance of an answer in words."""
    return f"{question.tolerance:g}" if question.is_number else short_duration(round(question.tolerance * SECOND))


def grade_lines(question: Question, number: int, typed: str, grade: Grade, width: int) -> list[Line]:
    """A graded answer, with its explanation and the commands that show it."""
    answer_text = f"your answer: {_in_full(question, typed)}"
    right = "" if grade.right else f"; right is: {grade.answer}"
    exact = f" (exactly: {grade.answer})" if grade.right and question.kind != CHOICE else ""
    lines: list[Line] = [[YES if grade.right else NO, Part(f"Question {number}: ", "bold"), Part(f"{answer_text}{exact}{right}")]]
    for text in filter(None, (grade.because, question.explain)):
        lines += markdown(text, width, MARGIN)
    lines += [[Part(f"{MARGIN}$ {command}", "cyan")] for command in question.show]
    return lines


def _in_full(question: Question, typed: str) -> str:
    options = {letter: option.text for letter, option in zip(LETTERS, question.options, strict=False)}
    return options.get(typed, typed)


# ---- tasks


def task_lines(task: Task, number: int, folder: str, solved: bool, width: int) -> list[Line]:
    """A task: what to do, in which file."""
    lines: list[Line] = [[YES if solved else Part(f"{number}. ", "bold"), Part(task.title, "bold")], *markdown(task.text, width, MARGIN)]
    return [*lines, *([Part(f"{MARGIN}edit  {folder}/{task.name}/{file}", "cyan")] for file in task.edit)]


def result_lines(task: Task, result: Result, width: int) -> list[Line]:
    """The result of an attempt: what does not hold, and a hint; or what was learned."""
    if result.passed:
        return [[YES, Part(task.title, "bold")], *markdown(task.explain, width, MARGIN)]
    lines: list[Line] = [[NO, Part(task.title, "bold")]]
    lines += [[Part(f"{MARGIN}{problem}", "red")] for problem in result.problems]
    for verdict in result.failures:
        lines += _failure(verdict)
    first, *rest = markdown(result.hint, width, MARGIN) or [[]]
    return [*lines, [], [Part(f"{MARGIN}Hint: ", "bold"), *first[1:]], *rest]


def _failure(verdict: Verdict) -> list[Line]:
    words = ["happened", *[""] * (len(verdict.happened) - 1)]
    happened = [[Part(f"{MARGIN}{word:<10}", "dim"), Part(text, "red")] for word, text in zip(words, verdict.happened, strict=False)]
    return [[Part(f"{MARGIN}expected  ", "dim"), Part(verdict.expected)], *happened]


def result_json(lesson: Lesson, task: Task, result: Result) -> JSON:
    """The result of an attempt as plain values."""
    return {
        "lesson": lesson.name,
        "task": task.name,
        "passed": result.passed,
        "problems": list(result.problems),
        "checks": [
            {"text": one.text, "holds": one.holds, "expected": one.expected, "happened": list(one.happened)} for one in result.verdicts
        ],
        "hint": result.hint,
    }
