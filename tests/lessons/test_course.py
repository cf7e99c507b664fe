"""Every lesson is sound: solutions pass and starting points fail with any seed, questions have one answer, hints come in order."""

from __future__ import annotations

from functools import cache

import pytest

from simulator.lessons import Lesson, Question, Task, as_json, check, grade, lessons, play
from simulator.lessons.answers import NEVER, computed, in_words, right_options
from simulator.lessons.course import COURSE
from simulator.lessons.model import CHOICE, SCENARIO_FILE
from simulator.lessons.runs import inputs_of
from tests.architecture.glossary import odd_words
from tests.conftest import ROOT
from tests.depth import tries
from tests.documents.pages import prose

SEEDS = range(tries(6))
LESSONS = [pytest.param(one, id=one.name) for one in lessons()]
TASKS = [pytest.param(task, id=f"{one.name}/{task.name}") for one in lessons() for task in one.tasks]
QUESTIONS = [pytest.param(one, question, id=f"{one.name}/{question.name}") for one in lessons() for question in one.questions]


@cache
def snapshot_of(number: int, seed: int) -> object:
    return play(lessons()[number - 1].files, seed).at()


# ---- tasks


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("task", TASKS)
def test_the_solution_passes(task: Task, seed: int) -> None:
    result = check(task, task.solution, seed=seed)
    assert result.problems == ()
    assert [verdict.lines() for verdict in result.failures] == []
    assert result.passed
    assert result.hint == ""


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("task", TASKS)
def test_the_starting_point_fails_with_a_reason_and_a_hint(task: Task, seed: int) -> None:
    result = check(task, {}, seed=seed)
    assert not result.passed
    assert result.problems or result.failures
    assert result.hint == task.hints[0]


@pytest.mark.parametrize("task", TASKS)
def test_each_failed_attempt_shows_the_next_hint(task: Task) -> None:
    assert len(task.hints) >= 2
    assert [check(task, {}, attempt).hint for attempt in range(len(task.hints) + 1)] == [*task.hints, task.hints[-1]]


@pytest.mark.parametrize("task", TASKS)
def test_the_scenario_is_not_the_students(task: Task) -> None:
    """A student cannot pass by changing how the programs behave, and the solution does not either."""
    assert SCENARIO_FILE not in task.edit
    assert task.edit
    assert set(task.solution) <= set(task.edit)
    assert all(task.files[name] != text for name, text in task.solution.items())


@pytest.mark.parametrize("task", TASKS)
def test_deleting_everything_is_no_solution(task: Task) -> None:
    assert not check(task, dict.fromkeys(task.edit, "")).passed


@pytest.mark.parametrize("task", TASKS)
def test_solutions_run_without_warnings_and_name_their_release(task: Task) -> None:
    """A lesson must not print other things with the next release of Kubernetes."""
    assert "kubernetes:" in task.files[SCENARIO_FILE]
    assert [problem.message for problem in inputs_of(task.solved_files).warnings] == []


# ---- questions


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS)
def test_the_run_confirms_one_answer_the_same_with_every_seed(lesson: Lesson, question: Question) -> None:
    if question.kind != CHOICE:
        values = [computed(question, snapshot_of(lesson.number, seed)) for seed in SEEDS]
        assert None not in values or set(values) == {None}
        return
    answers = [right_options(question, snapshot_of(lesson.number, seed)) for seed in SEEDS]
    assert {len(options) for options in answers} == {1}
    assert len({options[0].text for options in answers}) == 1


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS)
def test_the_right_answer_is_graded_right_and_others_wrong(lesson: Lesson, question: Question) -> None:
    snapshot = snapshot_of(lesson.number, 0)
    if question.kind == CHOICE:
        right = right_options(question, snapshot)[0]
        grades = [grade(question, option.text, snapshot) for option in question.options]
        assert [one.right for one in grades] == [option is right for option in question.options]
        assert {one.answer for one in grades} == {right.text}
        assert all(one.because for one in grades)
        return
    value = computed(question, snapshot)
    assert grade(question, in_words(question, value), snapshot).right
    assert not grade(question, f"{(value or 0) + question.tolerance + 1}", snapshot).right
    assert grade(question, NEVER, snapshot).right is (value is None)


def test_right_answers_are_not_always_at_the_same_place() -> None:
    places = [
        next(i for i, option in enumerate(question.options) if option is right_options(question, snapshot_of(one.number, 0))[0])
        for one in lessons()
        for question in one.questions
        if question.kind == CHOICE
    ]
    assert max(places.count(i) for i in range(4)) <= len(places) * 0.6


# ---- lessons


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_predictions_and_graded_tasks(lesson: Lesson) -> None:
    assert len(lesson.questions) >= 3
    assert len(lesson.tasks) >= 3
    assert 10 <= lesson.minutes <= 45
    assert lesson.before.startswith(f"# {lesson.title}\n")
    for parts in (lesson.questions, lesson.tasks):
        assert len({part.name for part in parts}) == len(parts)


def test_there_are_fourteen_lessons_and_they_are_numbered_in_order() -> None:
    assert [one.number for one in lessons()] == list(range(1, 15))
    assert [f"{one.number:02}-{one.name}" for one in lessons()] == sorted(folder.name for folder in COURSE.iterdir())


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_text_is_plain_english(lesson: Lesson) -> None:
    texts = [lesson.title, lesson.summary, lesson.before, lesson.after]
    for question in lesson.questions:
        texts += [question.ask, question.explain, *(part for option in question.options for part in (option.text, option.because))]
    for task in lesson.tasks:
        texts += [task.title, task.text, task.explain, *task.hints]
    assert [odd for text in texts for odd in odd_words(prose(text))] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_plain_values_give_no_answer_away(lesson: Lesson) -> None:
    plain = as_json(lesson)
    assert all("solution" not in task for task in plain["tasks"])
    assert all(set(question) == {"name", "ask", "kind", "options", "explain", "show"} for question in plain["questions"])


def test_the_first_lessons_run_the_lesson_that_podsim_began_with() -> None:
    original = (ROOT / "scenarios/await-redis/app-tier.yaml").read_text("utf-8")
    assert lessons()[0].files["app-tier.yaml"] == original
    assert lessons()[1].files["app-tier.yaml"] == original
