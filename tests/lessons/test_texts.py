"""The commands in lessons work, and print what the texts show. `--update-golden` rewrites the texts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from simulator.cli import last_run
from simulator.errors import ManifestError
from simulator.lessons import Lesson, lessons, play
from simulator.lessons.course import COURSE
from simulator.lessons.folders import folder_name
from simulator.lessons.read import AFTER, BEFORE
from simulator.lessons.runs import inputs_of
from tests.conftest import Podsim
from tests.documents.pages import Block, blocks, with_blocks
from tests.documents.test_blocks import LANGUAGES, typed
from tests.documents.test_inline_commands import INLINE, wrong

LESSONS = [pytest.param(one, id=one.name) for one in lessons()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "student"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def take(lesson: Lesson) -> None:
    assert last_run.remember(play(lesson.files), inputs_of(lesson.files))


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.usefixtures("folder")
def test_commands_print_what_the_text_shows(lesson: Lesson, podsim: Podsim, request: pytest.FixtureRequest) -> None:
    def run(block: Block) -> str:
        if block.title:
            Path(block.title).write_text(block.text, "utf-8")
        return typed(podsim, block.text) if block.language == "console" else block.text

    take(lesson)
    renewed = with_blocks(lesson.after, run)
    if request.config.getoption("--update-golden"):
        (COURSE / folder_name(lesson) / AFTER).write_text(renewed, "utf-8")
    else:
        assert lesson.after == renewed


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_text_shows_nothing_of_the_run_before_the_questions(lesson: Lesson) -> None:
    assert {block.language for block in blocks(lesson.before)} <= {"yaml", "text"}, BEFORE
    assert {block.language for block in blocks(lesson.after)} <= LANGUAGES
    assert "console" in {block.language for block in blocks(lesson.after)}


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.usefixtures("folder")
def test_the_commands_that_show_an_answer_work(lesson: Lesson, podsim: Podsim) -> None:
    take(lesson)
    for question in lesson.questions:
        assert question.show, question.name
        for command in question.show:
            program, *words = shlex.split(command)
            result = podsim(*words)
            assert (program, result.code) == ("podsim", 0), f"{command}\n{result.out}{result.err}"
            assert result.out, command


@pytest.mark.parametrize("lesson", LESSONS)
def test_commands_in_sentences_exist(lesson: Lesson) -> None:
    texts = [lesson.before, lesson.after, *(task.text for task in lesson.tasks), *(hint for task in lesson.tasks for hint in task.hints)]
    named = [command for text in texts for command in INLINE.findall(re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE))]
    assert {command: why for command in named if (why := wrong(command))} == {}


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.usefixtures("folder")
def test_commands_in_hints_work_on_the_tasks_run(lesson: Lesson, podsim: Podsim) -> None:
    for task in lesson.tasks:
        commands = [command for text in (task.text, *task.hints) for command in INLINE.findall(text)]
        try:
            assert last_run.remember(play(task.files), inputs_of(task.files))
        except ManifestError:  # the API server refuses what the task starts with: the hint is in its message
            assert commands == []
        for command in commands:
            result = podsim(*shlex.split(command))
            # `podsim describe pod` and others are named without their object.
            assert result.code == 0 or len(command.split()) <= 2, f"{task.name}: {command}\n{result.out}{result.err}"
