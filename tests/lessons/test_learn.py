"""`podsim learn`: the list, a lesson with and without a terminal, checks, hints, solutions, and what is remembered."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from simulator.cli.completion.answer import answer
from simulator.cli.learning.student import progress_file
from tests.cli.pty_terminal import PtyTerminal
from tests.conftest import Podsim
from tests.lessons.test_lesson_files import LESSON_FILES

ALL = [f"--answer={name}" for name in ("status=b", "condition=a", "initialized=60s", "restarts=not once")]
WEB = Path("podsim-lessons/02-wait-for-a-service/wrong-name/web.yaml")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "home"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def fix() -> None:
    WEB.write_text(WEB.read_text("utf-8").replace("redis-svc", "redis"), "utf-8")


def test_without_answers_the_questions_are_printed_and_nothing_of_the_run(podsim: Podsim) -> None:
    result = podsim("learn", "2")
    assert result.code == 0
    assert "Question 1. Redis's image is still being pulled." in result.out
    assert "--answer status=...   (a, b, c, d)" in result.out
    assert result.out.splitlines()[-1].startswith("Answer, then see the run: podsim learn 2 --answer status=... --answer condition=...")
    assert "Connection ok" not in result.out
    assert "Tasks" not in result.out
    assert podsim("get", "pods").code != 0, "the run must not be there to look at"


def test_with_all_answers_the_run_the_grades_and_the_tasks_are_printed(podsim: Podsim) -> None:
    assert podsim("learn", "2", *ALL[:1]).out.splitlines()[-1].startswith("Answer, then see the run: podsim learn 2 --answer condition=...")
    out = podsim("learn", "2", *ALL[1:]).out
    marks = re.findall(r"^([✓✗]) Question (\d)", out, re.MULTILINE)
    assert marks == [("✓", "1"), ("✗", "2"), ("✓", "3"), ("✓", "4")]
    assert "✗ Question 2: your answer: as soon as the Service exists; right is: when Redis's pod is ready" in out
    assert "A Service is only a name and an address." in out
    assert "✓ Question 3: your answer: 60s (exactly: 1m0.2s)" in out
    assert "    $ podsim why deployment/app-tier-dp -n pb --at 30s" in out
    assert f"edit  {WEB}" in out
    assert out.endswith(
        "Look at a task with podsim run podsim-lessons/02-wait-for-a-service/wrong-name, edit its file, then: podsim learn check\n"
    )
    assert WEB.is_file()
    assert "Init:0/1" in podsim("get", "pods", "-n", "pb", "--at", "30s").out
    assert "✓ Question 4" in podsim("learn", "2").out, "a lesson that was answered shows its run again"
    second = podsim("learn", "2", "--answer", "condition=c")
    assert (second.code, second.err) == (2, "error: condition: answered already; `podsim learn reset 2` starts again\n")


def test_a_task_is_checked_until_it_is_solved(podsim: Podsim) -> None:
    podsim("learn", "2", *ALL)
    unchanged = podsim("learn", "check")
    assert (unchanged.code, unchanged.out) == (1, f"Nothing has changed yet. Next: podsim run {WEB.parent}, then edit {WEB}\n")
    WEB.write_text(WEB.read_text("utf-8").replace("redis-svc", "rediss"), "utf-8")
    first, second = podsim("learn", "check"), podsim("learn", "check", "wrong-name")
    assert (first.code, second.code) == (1, 1)
    assert "expected  deployment/web is ready within 30s of its creation" in first.out
    assert "Hint: What does the loop print?" in first.out
    assert first.out.splitlines()[-1].endswith("show this attempt; podsim learn hint wrong-name")
    assert "bad address 'rediss'" in podsim("logs", "deployment/web", "-c", "await-redis").out, "the attempt is the last run"
    assert "Hint: `bad address`" in second.out
    assert podsim("learn", "hint", "wrong-name").out.splitlines()[-1] == "3. The Service is called `redis`."
    WEB.write_text("kind: [", "utf-8")
    assert "web.yaml:2:1: while parsing" in podsim("learn", "check").out
    diff = podsim("learn", "solution", "wrong-name").out
    assert [line[0] for line in diff.splitlines() if line[0] in "+-"] == ["-", "+", "-", "+"]
    WEB.unlink()
    assert podsim("learn", "check").code == 1, "a file that was deleted is written again"
    fix()
    solved = podsim("learn", "check")
    assert solved.code == 0
    assert "✓ It waits forever" in solved.out
    folder = WEB.parent.with_name("no-endpoints")
    assert solved.out.splitlines()[-1] == f"Next: podsim run {folder}, then edit {folder}/redis.yaml"
    assert "3/4 predicted, 1/3 tasks" in podsim("learn").out


def test_files_of_the_student_are_not_overwritten(podsim: Podsim) -> None:
    podsim("learn", "2")
    fix()
    podsim("learn", "2", *ALL)
    assert "redis-svc" not in WEB.read_text("utf-8")
    assert podsim("learn", "check", str(WEB.parent)).code == 0


def test_progress_is_kept_in_one_private_file_and_can_be_reset(podsim: Podsim) -> None:
    podsim("learn", "2", *ALL[:1])
    assert stat.S_IMODE(progress_file().stat().st_mode) == 0o600
    assert "1/4 predicted" in podsim("learn").out
    assert podsim("learn", "reset", "2").out == "forgot the progress in lesson 2; your files are unchanged\n"
    assert "predicted" not in podsim("learn").out
    progress_file().write_text("{", "utf-8")
    damaged = podsim("learn")
    assert damaged.code == 2
    assert "is damaged: `podsim learn reset` starts again" in damaged.err
    assert podsim("learn", "reset").code == 0
    assert podsim("learn").code == 0


def test_a_home_that_cannot_be_written_is_a_warning(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    result = podsim("learn", "2", *ALL)
    assert result.code == 0
    assert "your progress is lost at the end of this command" in result.err


def test_json(podsim: Podsim) -> None:
    def read(*args: str) -> Any:
        return json.loads(podsim("learn", *args, "-o", "json").out)

    assert [one["number"] for one in read()][:2] == [1, 2]
    assert [task["name"] for task in read("2")["tasks"]] == ["wrong-name", "no-endpoints", "write-one"]
    grades = read("2", *ALL)
    assert [(one["question"], one["right"]) for one in grades] == [
        ("status", True), ("condition", False), ("initialized", True), ("restarts", True),
    ]  # fmt: skip
    assert read("check") == []
    fix()
    (result,) = read("check")
    assert (result["task"], result["passed"], {one["holds"] for one in result["checks"]}) == ("wrong-name", True, {True})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["99"], "no lesson '99': there are 1 to"),
        (["2", "x"], "too many words: 2 x"),
        (["check"], "take a lesson first: podsim learn 1"),
        (["hint"], "name a task: podsim learn hint TASK"),
        (["check", "nonsense"], "take a lesson first"),
        (["2", "--answer", "status"], "must be QUESTION=ANSWER, such as status=a"),
        (["2", "--answer", "state=a"], "no question 'state'; those of lesson 2: status, condition, initialized, restarts"),
        (["2", "--answer", "status=z"], "status: type one of a, b, c, d, not 'z'"),
        (["check", "--answer", "a=b"], "--answer goes with a lesson"),
    ],
)
def test_what_cannot_be_done_is_refused(words: list[str], message: str, podsim: Podsim) -> None:
    result = podsim("learn", *words)
    assert result.code == 2
    assert message in result.err


def test_the_tab_key_offers_lessons_and_tasks(podsim: Podsim) -> None:
    from simulator.cli.app import podsim as root

    assert {"1", "2", "check", "hint", "reset", "solution"} <= set(answer(root, "bash", ["podsim learn "]))
    podsim("learn", "2")
    assert answer(root, "bash", ["podsim learn hint w"]) == ["wrong-name", "write-one"]


def test_on_a_terminal_each_question_is_asked_until_the_answer_fits(tmp_path: Path) -> None:
    state = {"XDG_STATE_HOME": str(tmp_path / "state"), "PODSIM_LAST_RUN": str(tmp_path / "last")}
    with PtyTerminal("learn", "2", "--folder", str(tmp_path / "files"), columns=90, rows=200, env=state) as terminal:
        terminal.until("Press Enter for the questions")
        terminal.type(b"\n")
        for number, typed in enumerate((b"b\n", b"c\n", b"60s\n", b"a\n"), 1):
            terminal.until(f"Question {number}.")
            if number == 1:
                terminal.type(b"x\n")
                terminal.until("type one of a, b, c, d, not 'x'")
            terminal.type(typed)
        for pause in ("for the answers", "to look closer", "for the tasks"):
            terminal.until(f"Press Enter {pause}")
            terminal.type(b"\n")
        assert terminal.wait() == 0
        assert "then: podsim learn check" in terminal.text.replace("\n", "")
    assert (tmp_path / "files/02-wait-for-a-service/wrong-name/web.yaml").is_file()


# ---- lessons of one's own


@pytest.fixture
def own(home: Path) -> Path:
    for name, text in LESSON_FILES.items():
        (home / "crash" / name).parent.mkdir(parents=True, exist_ok=True)
        (home / "crash" / name).write_text(text, "utf-8")
    return home / "crash"


def test_a_lesson_of_ones_own_is_taken_from_its_folder(own: Path, podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = podsim("learn", "crash").out
    assert "podsim learn crash --answer why=... --answer restarts=... --answer ready=..." in out
    answers = [f"--answer={answer}" for answer in ("why=b", "restarts=1", "ready=never")]
    assert podsim("learn", str(own), *answers).out.count("✓ Question") == 3
    file = own.parent / "podsim-lessons/crash/run/app.yaml"
    file.write_text(file.read_text("utf-8").replace("exit 1", "sleep 1000"), "utf-8")
    monkeypatch.chdir(tmp_path)
    assert podsim("learn", "check").out.endswith("This lesson has no more tasks. Next: podsim learn\n")


def test_a_lesson_is_verified(own: Path, podsim: Podsim) -> None:
    assert podsim("learn", "verify", "crash").out == "✓ crash: 3 questions and 1 task with 8 seeds\n"
    (own / "solution/run/app.yaml").write_text(LESSON_FILES["run/app.yaml"], "utf-8")
    lesson = own / "lesson.yaml"
    lesson.write_text(lesson.read_text("utf-8").replace("unless: [{ready: pod/app}]", "if: [{ready: pod/app}]"), "utf-8")
    wrong = podsim("learn", "verify", "crash")
    assert wrong.code == 1
    assert wrong.out.count("question why, seed ") == 8
    assert wrong.out.count("the solution fails: neverRestarts: pod/app: pod/app app restarted at ") == 8
    (own / "solution/run/app.yaml").write_text(LESSON_FILES["solution/run/app.yaml"], "utf-8")
    (own / "run/app.yaml").write_text(LESSON_FILES["solution/run/app.yaml"], "utf-8")
    assert podsim("learn", "verify", "crash").out.count("the starting point passes") == 8
    (own / "run/app.yaml").write_text("kind: Pod\n", "utf-8")
    assert "run: app.yaml:1" in podsim("learn", "verify", "crash").out
    lesson.write_text(lesson.read_text("utf-8").replace("minutes", "minuets"), "utf-8")
    broken = podsim("learn", "crash")
    assert broken.code == 2
    assert "lesson.yaml:7:3: spec.minuets: unknown key 'minuets'" in broken.err


def test_no_colour_without_a_terminal(podsim: Podsim) -> None:
    assert "\x1b" not in podsim("learn").out + podsim("learn", "2", *ALL).out + podsim("learn", "check").out
