"""The bench as the page uses it: JSON in, JSON out."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from simulator.lab.bench import Bench
from simulator.lessons import lessons
from simulator.objects.base import JSON
from simulator.scenario.gallery import exhibits

SECOND = 1_000_000
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1
        ports: [{containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: 80}}
"""


class Page:
    """Asks as the page does."""

    def __init__(self, folder: Path) -> None:
        self._bench = Bench(folder)

    def __call__(self, do: str, **arguments: Any) -> JSON:
        answer: JSON = json.loads(self._bench.answer(json.dumps({"do": do, **arguments})))
        return answer


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Page:
    monkeypatch.chdir(tmp_path)
    return Page(tmp_path)


def value(picture: JSON, control: str) -> Any:
    return next(one["value"] for one in picture["controls"] if one["id"] == control)


@pytest.mark.parametrize("name", [one.name for one in exhibits()])
def test_every_scenario_of_the_gallery_opens_and_runs(page: Page, name: str) -> None:
    files = page("open", name=name)["files"]
    picture = page("run", files=files)
    assert picture["problems"] == []
    assert picture["lanes"]["pods"]
    assert picture["end"] > 0
    assert page("texts")["run"]["lanes"] == picture["lanes"]


def test_every_control_of_the_gallery_writes_what_it_shows(page: Page) -> None:
    for name in ("await-redis", "rolling-update", "job-retries", "statefulset-ordered"):
        files = page("open", name=name)["files"]
        for control in page("run", files=files)["controls"]:
            wanted = "1.33" if control["kind"] == "choice" else (control["value"] or 0) + 2
            turned = page("turn", files=files, control=control["id"], value=wanted)
            assert turned["problems"] == [], (name, control["id"])
            assert turned["files"] != files
            assert {one["id"]: one["value"] for one in turned["controls"]}.get(control["id"]) == wanted, (name, control["id"])


def test_an_assumed_program_becomes_one_of_the_scenario(page: Page) -> None:
    files = {"app.yaml": WEB}
    picture = page("run", files=files)
    turned = page("turn", files=files, control="deployment/web web listen 0", value=20)
    assert turned["files"]["app.yaml"] == WEB
    assert "from: 20s" in turned["files"]["scenario.yaml"]
    ready = [one["lanes"]["pods"][0]["ready"][0][0] for one in (picture, turned)]
    assert ready[1] - ready[0] > 10 * SECOND
    assert value(turned, "deployment/web web listen 0") == 20


def test_crashes_end_at_zero(page: Page) -> None:
    files = {"app.yaml": WEB}
    page("run", files=files)
    crashing = page("turn", files=files, control="deployment/web web crash", value=5)
    assert crashing["lanes"]["pods"][0]["containers"][0]["exits"][0] == 1
    again = page("turn", files=crashing["files"], control="deployment/web web crash", value=0)
    assert again["lanes"]["pods"][0]["containers"][0]["exits"] == []


def test_problems_have_their_lines_and_valid_objects_still_run(page: Page) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, image: x, imagePullPolice: Always}\n"
    broken = f"{WEB}---\n{pod}"
    picture = page("run", files={"app.yaml": broken})
    (problem,) = picture["problems"]
    assert (problem["file"], problem["line"]) == ("app.yaml", 21)
    assert "imagePullPolice" in problem["message"] + problem["path"]
    assert len(picture["lanes"]["pods"]) == 2
    nothing = page("run", files={"app.yaml": "a: b: c\n"})
    assert nothing["lanes"] is None
    assert nothing["problems"][0]["line"] == 1


def test_reading_commands_print_what_kubectl_prints_at_the_instant(page: Page) -> None:
    files = {"app.yaml": WEB}
    page("run", files=files)
    early, late = (page("command", files=files, line="get pods", t=t * SECOND)["text"] for t in (0, 60))
    assert early.count("ContainerCreating") == 2
    assert late.count("Running") == 2
    assert page("command", files=files, line="podsim get pods -w", t=60 * SECOND)["text"].count("ContainerCreating") >= 2
    assert page("command", files=files, line="describe deploy web", t=60 * SECOND)["text"].startswith("Name:                   web\n")
    assert "is not ready" in page("command", files=files, line="why", t=1 * SECOND)["text"]
    assert "Scheduled" in page("command", files=files, line="events", t=60 * SECOND)["text"]
    assert "scale" in page("command", files=files, line="help", t=0)["text"]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("frobnicate", 'error: unknown command "frobnicate"; `help` lists the commands\n'),
        ("get pods --foo", "error: unknown flag: --foo\n"),
        ("get 'pods", "error: No closing quotation\n"),
        ("delete pod nope", 'Error from server (NotFound): pods "nope" not found\n'),
        ("scale deploy/web", 'error: required flag(s) "replicas" not set\n'),
        ("why pod/nope", None),
    ],
)
def test_refused_commands_change_nothing(page: Page, line: str, text: str | None) -> None:
    answer = page("command", files={"app.yaml": WEB}, line=line, t=SECOND)
    assert answer["code"] == 1
    assert "files" not in answer
    assert text is None or answer["text"] == text
    assert answer["text"]


def test_a_command_becomes_an_action_of_the_scenario(page: Page) -> None:
    files = {"app.yaml": WEB}
    page("run", files=files)
    first = page("command", files=files, line="scale deploy/web --replicas 4", t=30 * SECOND)
    assert first["text"] == "deployment.apps/web scaled\n"
    assert "{at: 30s, scale: deploy/web, replicas: 4}" in first["files"]["scenario.yaml"]
    assert len(first["lanes"]["pods"]) == 4
    name = first["lanes"]["pods"][0]["name"]
    second = page("command", files=first["files"], line=f"delete pod {name}", t=40 * SECOND)
    assert second["text"].startswith(f'pod "{name}" deleted')
    assert len(second["lanes"]["pods"]) == 5
    assert page("run", files=second["files"])["lanes"] == second["lanes"]


def test_export_and_import(page: Page) -> None:
    files = page("open", name="rolling-update")["files"]
    packed = page("pack", files=files)["zip"]
    assert page("pack", files=files)["zip"] == packed
    assert page("unpack", zip=packed)["files"] == files
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"rolling-update/{name}", text)
    assert page("unpack", zip=base64.b64encode(folder.getvalue()).decode())["files"] == files
    assert page("unpack", zip=base64.b64encode(b"no zip").decode())["problems"][0]["message"].startswith("this is no zip")


def test_files_stay_in_their_folder(page: Page, tmp_path: Path) -> None:
    for name in ("../out.yaml", "/tmp/out.yaml", ""):
        assert "is no name of a file" in page("run", files={name: WEB})["problems"][0]["message"]
    assert not (tmp_path.parent / "out.yaml").exists()


@pytest.mark.parametrize(
    ("file", "text", "line", "column", "expected"),
    [
        ("app.yaml", WEB, 13, 25, {"httpGet", "periodSeconds", "failureThreshold"}),
        ("app.yaml", f"{WEB}        live", 14, 8, {"livenessProbe", "image", "env"}),
        ("app.yaml", f"{WEB}      rest", 14, 6, {"restartPolicy", "initContainers"}),
        ("app.yaml", f"{WEB}      restartPolicy: ", 14, 21, {"Always", "Never"}),
        ("app.yaml", f"{WEB}  str", 14, 2, {"strategy", "minReadySeconds"}),
        ("app.yaml", f"{WEB}---\napi", 15, 0, {"apiVersion", "kind"}),
        ("scenario.yaml", "apiVersion: podsim/v1\nkind: Scenario\nspec:\n  pro", 3, 2, {"programs", "images"}),
        ("scenario.yaml", "kind: Scenario\nspec:\n  programs:\n    - match: {container: a}\n      ru", 4, 6, {"runs", "interpret"}),
        ("scenario.yaml", "kind: Scenario\nspec:\n  actions:\n  - ", 3, 4, {"at", "scale", "delete"}),
        ("scenario.yaml", "kind: ", 0, 6, {"Scenario"}),
    ],
)
def test_completion(page: Page, file: str, text: str, line: int, column: int, expected: set[str]) -> None:
    options = page("complete", files={file: text}, file=file, line=line, column=column)["options"]
    assert expected <= {one["label"] for one in options}


def test_lessons_are_listed_predicted_and_checked(page: Page) -> None:
    listed = page("lessons")["lessons"]
    assert [one["number"] for one in listed] == list(range(1, len(listed) + 1))
    for one in lessons():
        opened = page("lesson", name=one.name)
        assert not [question for question in opened["questions"] if "explain" in question or "show" in question]
    first = lessons()[0]
    question = first.questions[0]
    grades = [page("grade", name=first.name, question=question.name, typed=option.text) for option in question.options]
    assert sum(grade["right"] for grade in grades) == 1
    assert grades[0]["because"]
    assert "problems" in page("grade", name=first.name, question=question.name, typed="nonsense")


def test_a_task_fails_at_first_and_passes_with_its_solution(page: Page) -> None:
    first = lessons()[0]
    task = first.tasks[0]
    failed = page("check", name=first.name, task=task.name, files=task.files, attempt=0)
    assert not failed["passed"]
    assert failed["hint"] == task.hints[0]
    assert [verdict for verdict in failed["verdicts"] if not verdict["holds"] and verdict["happened"]]
    assert failed["explain"] == ""
    passed = page("check", name=first.name, task=task.name, files=task.solved_files, attempt=1)
    assert passed["passed"]
    assert passed["explain"] == task.explain
