"""A lesson's folder is read with every problem at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.errors import ScenarioError, UsageError
from simulator.lessons import check, grade, lesson, play, read_lesson
from simulator.objects.kinds import Key
from simulator.units import SECOND

SCENARIO = """\
apiVersion: podsim/v1
kind: Scenario
spec:
  manifests: [app.yaml]
  duration: 30s
  images: {"*": {cached: true}}
"""
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers: [{name: app, image: "busybox:1.36", command: [sh, -c, "exit 1"]}]
"""
LESSON = """\
apiVersion: podsim/v1
kind: Lesson
metadata: {name: crash}
spec:
  title: Crash
  summary: A container that fails is restarted.
  minutes: 10
  questions:
    - name: why
      ask: Does it run?
      choices:
        - {text: "yes", if: [{ready: pod/app}], because: It does.}
        - {text: "no", unless: [{ready: pod/app}], because: It exits.}
    - name: restarts
      ask: How often does it restart?
      number: {metric: restarts, of: pod/app, at: 5s}
      tolerance: 1
    - name: ready
      ask: When is it ready?
      instant: pod/app ready
      tolerance: 500ms
  tasks:
    - name: run
      title: Make it run
      text: Change the command.
      edit: [app.yaml]
      expect: [{neverRestarts: pod/app}, {ready: pod/app}]
      hints: [Look at its command., Use sleep.]
"""


LESSON_FILES = {
    "lesson.yaml": LESSON,
    "before.md": "# Crash\n",
    "after.md": "",
    "run/scenario.yaml": SCENARIO,
    "run/app.yaml": POD,
    "solution/run/app.yaml": POD.replace("exit 1", "sleep 1000"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in LESSON_FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def test_a_lesson_is_read_run_answered_and_checked(folder: Path) -> None:
    one = read_lesson(folder, 3)
    assert (one.number, one.name, one.minutes, [question.kind for question in one.questions]) == (
        3, "crash", 10, ["choice", "number", "instant"],
    )  # fmt: skip
    snapshot = play(one.files).at()
    choice, number, instant = one.questions
    assert [grade(choice, typed, snapshot).right for typed in ("a", "b", "2", "NO")] == [False, True, True, True]
    assert grade(choice, "a", snapshot).because == "It does."
    assert [grade(number, typed, snapshot).right for typed in ("0", "1", "2", "3")] == [True, True, True, False]
    assert grade(number, "3", snapshot).answer == "1"
    assert [grade(instant, typed, snapshot).right for typed in ("never", "3s")] == [True, False]
    (task,) = one.tasks
    failed = check(task, {"app.yaml": POD.replace("exit 1", "sleep 5; exit 1")}, attempt=1)
    assert [verdict.text for verdict in failed.failures] == ["neverRestarts: pod/app", "ready: pod/app"]
    assert failed.hint == "Use sleep."
    assert check(task, task.solution).passed


def test_files_that_cannot_run_are_reported_at_their_lines(folder: Path) -> None:
    (task,) = read_lesson(folder).tasks
    assert check(task, {"app.yaml": POD.replace("image:", "imgae:")}).problems == (
        "app.yaml:5:16: spec.containers[0].image: Required value",
        'app.yaml:5:28: spec.containers[0].imgae: unknown field "spec.containers[0].imgae"',
    )
    assert check(task, {"app.yaml": "a: [b"}).problems[0].startswith("app.yaml:2:1: while parsing")
    assert check(task, {"scenario.yaml": "kind: Nonsense"}).problems == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("kind: Lesson", "kind: Scenario", "lesson.yaml:2:1: kind: must be Lesson"),
        ("metadata: {name: crash}", "metadata: {name: A B}", "lesson.yaml:3:12: metadata.name: must be lower-case words"),
        ("  minutes: 10", "  minuets: 10", "lesson.yaml:7:3: spec.minuets: unknown key 'minuets'; did you mean 'minutes'?"),
        ("      ask: Does it run?\n", "", "lesson.yaml:9:7: spec.questions[0]: needs a ask"),
        ("if: [{ready: pod/app}]", "if: [{raedy: pod/app}]", "lesson.yaml:12:31: spec.questions[0].choices[0].if[0].raedy: unknown key"),
        ("of: pod/app, at: 5s}", "of: pod/app, at: soon}", "lesson.yaml:16:47: spec.questions[1].number.at: must be a duration"),
        (
            '        - {text: "no", unless: [{ready: pod/app}], because: It exits.}\n',
            "",
            "lesson.yaml:11:7: spec.questions[0].choices: needs 2 to 8",
        ),
        ("metric: restarts", "metric: restart", "lesson.yaml:16:16: spec.questions[1].number.metric: "),
        ("      instant: pod/app ready\n", "", "lesson.yaml:18:7: spec.questions[2]: needs one of choices, number, instant"),
        ("pod/app ready", "pod/app redy", "lesson.yaml:20:7: spec.questions[2].instant: must be a subject and a word"),
        ("tolerance: 500ms", "tolerance: little", "lesson.yaml:21:7: spec.questions[2].tolerance: must be a duration"),
        ("edit: [app.yaml]", "edit: [web.yaml]", "lesson.yaml:26:14: spec.tasks[0].edit[0]: no such file in run/ or tasks/run/: web.yaml"),
        ("name: run", "name: walk", "lesson.yaml:23:7: spec.tasks[0].name: no solution: solution/walk/ has the files that it changes"),
        ("ready: pod/app}]\n      hints", "ready: pod/app, by: 1h}]\n      hints", "is after the end of the run; see duration"),
    ],
)
def test_problems_have_their_lines(folder: Path, old: str, new: str, problem: str) -> None:
    assert old in LESSON
    (folder / "lesson.yaml").write_text(LESSON.replace(old, new), "utf-8")
    with pytest.raises(ScenarioError) as raised:
        read_lesson(folder)
    assert problem in str(raised.value)


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("lesson.yaml", "lesson.yaml: No such file or directory"),
        ("before.md", "no before.md beside lesson.yaml"),
        ("run/scenario.yaml", "no scenario.yaml in run/"),
        ("solution/run/app.yaml", "no solution: solution/run/"),
    ],
)
def test_missing_files_are_reported(folder: Path, file: str, problem: str) -> None:
    (folder / file).unlink()
    with pytest.raises(ScenarioError, match=problem):
        read_lesson(folder)


def test_answers_that_do_not_fit_are_refused(folder: Path) -> None:
    one = read_lesson(folder)
    snapshot = play(one.files).at()
    for question, typed, message in zip(
        one.questions, ("e", "many", "soon"), ("type one of a, b, not 'e'", "type a number, not", "type a time such as 12s"), strict=True
    ):
        with pytest.raises(UsageError, match=message):
            grade(question, typed, snapshot)


def test_a_question_without_one_right_answer_is_a_fault_of_the_lesson(folder: Path) -> None:
    (folder / "lesson.yaml").write_text(LESSON.replace("unless: [{ready: pod/app}]", "if: [{ready: pod/app}]"), "utf-8")
    one = read_lesson(folder)
    with pytest.raises(UsageError, match="why: the run confirms 0 answers; `podsim learn verify` shows"):
        grade(one.questions[0], "a", play(one.files).at())


def test_lessons_have_numbers_and_names() -> None:
    assert lesson("2") is lesson("02") is lesson("wait-for-a-service")
    with pytest.raises(UsageError, match="did you mean 'wait-for-a-service'"):
        lesson("wait-for-service")
    with pytest.raises(UsageError, match="there are 1 to"):
        lesson("99")


def test_actions_apply_files_that_are_in_memory() -> None:
    scenario = SCENARIO.replace("manifests: [app.yaml]", "actions: [{at: 5s, apply: app.yaml}]")
    snapshot = play({"scenario.yaml": scenario, "app.yaml": POD}).at()
    assert snapshot.writes(Key("Pod", "default", "app"))[0].t == 5 * SECOND
    with pytest.raises(ScenarioError, match=r"scenario.yaml:4:22: spec.actions\[0\].apply: no such file: app.yaml"):
        play({"scenario.yaml": scenario})
