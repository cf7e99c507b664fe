"""Grades predictions: the right answer is computed from the run that the question is about."""

from __future__ import annotations

import msgspec

from simulator.errors import UsageError
from simulator.expectations.evaluate import evaluate
from simulator.expectations.milestones import reached
from simulator.journal.snapshot import Snapshot
from simulator.lessons.model import CHOICE, Option, Question
from simulator.metrics import Story, measure
from simulator.units import MILLISECOND, SECOND, parse_duration, short_duration

NEVER = "never"
LETTERS = "abcdefgh"
AT_LEAST = 50 * MILLISECOND
"""An instant is shown with a tenth of a second, so half of that is no difference."""


class Grade(msgspec.Struct, frozen=True):
    """The result of an answer: whether it is right, the right answer in words, and why this answer is right or wrong."""

    right: bool
    answer: str
    because: str = ""


def grade(question: Question, typed: str, snapshot: Snapshot) -> Grade:
    """Grade what a student typed, against a run of the lesson's files. Raises UsageError for an answer that does not fit the question."""
    if question.kind == CHOICE:
        chosen, right = _chosen(question, typed), right_option(question, snapshot)
        return Grade(chosen is right, right.text, chosen.because)
    given, value = parse(question, typed), computed(question, snapshot)
    return Grade(_near(given, value, question), in_words(question, value))


def right_option(question: Question, snapshot: Snapshot) -> Option:
    """The option of a choice that the run confirms. Raises UsageError for a question that has not exactly one."""
    right = right_options(question, snapshot)
    if len(right) != 1:
        raise UsageError(
            f"{question.name}: the run confirms {len(right)} answers; `podsim learn verify` shows what is wrong with the lesson"
        )
    return right[0]


def right_options(question: Question, snapshot: Snapshot) -> list[Option]:
    """The options that the run confirms: in a sound lesson, exactly one."""
    return [option for option in question.options if _is_right(option, snapshot)]


def _is_right(option: Option, snapshot: Snapshot) -> bool:
    return all(one.holds for one in evaluate(snapshot, option.holds)) and not any(one.holds for one in evaluate(snapshot, option.fails))


def computed(question: Question, snapshot: Snapshot) -> float | None:
    """The right answer of a number or an instant (in seconds); None: it did not happen."""
    if question.measure is None:
        t = reached(Story(snapshot), *question.milestone)
        return None if t is None else t / SECOND
    at = question.measure.at
    return measure(snapshot if at is None else snapshot.at(at), question.measure.name, question.measure.of)


def parse(question: Question, typed: str) -> float | None:
    """A typed number, or an instant in seconds; None for `never`. Raises UsageError."""
    text = typed.strip().lower()
    if text == NEVER:
        return None
    try:
        return float(text) if question.is_number else parse_duration(text) / SECOND
    except ValueError:
        example = "a number" if question.is_number else "a time such as 12s or 1m30s, or never"
        raise UsageError(f"{question.name}: type {example}, not {typed!r}") from None


def in_words(question: Question, value: float | None) -> str:
    """The answer of a number or an instant, as a student reads it."""
    if value is None:
        return NEVER
    return f"{value:g}" if question.is_number else short_duration(round(value * SECOND / AT_LEAST / 2) * AT_LEAST * 2)


def _near(given: float | None, value: float | None, question: Question) -> bool:
    if given is None or value is None:
        return given is value
    slack = 0.0 if question.is_number else AT_LEAST / SECOND
    return abs(given - value) <= question.tolerance + slack


def _chosen(question: Question, typed: str) -> Option:
    """The option that a student typed: its letter, its number or its text."""
    text = typed.strip().lower()
    for letter, number, option in zip(LETTERS, range(1, 9), question.options, strict=False):
        if text in (letter, str(number), option.text.lower()):
            return option
    raise UsageError(f"{question.name}: type one of {', '.join(LETTERS[: len(question.options)])}, not {typed!r}")
