"""Which program a container gets, and what is assumed of those that nobody described."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.public.runs import Run, run

POD = (
    """\
apiVersion: v1
kind: Pod
metadata: {{name: web-1}}
spec:
  restartPolicy: Never
  containers:
    - {{name: main, image: "app:1"}}
    - {{name: side, image: "app:2"}}
---
apiVersion: podsim/v1
kind: Nothing
""".partition("---")[0]
    .replace("{{", "{")
    .replace("}}", "}")
)


def exit_codes(folder: Path, programs: str, manifest: str = POD) -> dict[str, int]:
    (folder / "pod.yaml").write_text(manifest, encoding="utf-8")
    scenario = folder / "scenario.yaml"
    head = 'apiVersion: podsim/v1\nkind: Scenario\nspec:\n  duration: 20s\n  manifests: [pod.yaml]\n  images: {"*": {cached: true}}\n'
    scenario.write_text(f"{head}  programs:\n{programs}", encoding="utf-8")
    facts = run(scenario).journal.at().facts("container.exited")
    return {fact.data["container"]: fact.data["exitCode"] for fact in facts}


@pytest.mark.parametrize(
    ("match", "matched"),
    [
        ("{}", {"main", "side"}),
        ("{container: main}", {"main"}),
        ('{container: "*i*", image: "app:2"}', {"side"}),
        ('{pod: "web-*"}', {"main", "side"}),
        ('{pod: "db-*"}', set()),
        ("{workload: pod/web-1, container: side}", {"side"}),
        ("{namespace: default}", {"main", "side"}),
        ("{namespace: other}", set()),
    ],
)
def test_match(tmp_path: Path, match: str, matched: set[str]) -> None:
    programs = f"    - {{match: {match}, runs: [{{exitAfter: 1s, exitCode: 3}}]}}\n    - {{match: {{}}, runs: [{{}}]}}\n"
    assert exit_codes(tmp_path, programs) == dict.fromkeys(matched, 3)


def test_the_first_match_wins(tmp_path: Path) -> None:
    programs = (
        "    - {match: {container: main}, runs: [{exitAfter: 1s, exitCode: 3}]}\n    - {match: {}, runs: [{exitAfter: 2s, exitCode: 4}]}\n"
    )
    assert exit_codes(tmp_path, programs) == {"main": 3, "side": 4}


def test_a_workload_is_the_topmost_controller(tmp_path: Path) -> None:
    template = "template: {spec: {restartPolicy: Never, containers: [{name: main, image: app}]}}"
    job = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: once}}\nspec: {{backoffLimit: 0, {template}}}\n"
    programs = "    - {match: {workload: job/once}, runs: [{exitAfter: 1s, exitCode: 5}]}\n"
    assert exit_codes(tmp_path, programs, job) == {"main": 5}


def test_a_pod_goes_by_the_name_that_its_own_was_generated_from(tmp_path: Path) -> None:
    template = "template: {spec: {restartPolicy: Never, containers: [{name: main, image: app}]}}"
    spec = f"{{completions: 1, completionMode: Indexed, backoffLimit: 0, {template}}}"
    job = f"apiVersion: batch/v1\nkind: Job\nmetadata: {{name: pi}}\nspec: {spec}\n"
    programs = "".join(f"    - {{match: {{pod: pi-{index}}}, runs: [{{exitAfter: 1s, exitCode: {5 - index}}}]}}\n" for index in (1, 0))
    assert exit_codes(tmp_path, programs, job) == {"main": 5}


def assumed(folder: Path, manifest: str) -> tuple[Run, dict[str, str]]:
    file = folder / "app.yaml"
    file.write_text(manifest, encoding="utf-8")
    played = run(file, duration="1m")
    return played, {found["subject"]: found["text"] for found in played.assumptions}


SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {selector: {app: db}, ports: [{port: 5432}]}\n"
DB = (
    "---\napiVersion: v1\nkind: Pod\nmetadata: {name: db, labels: {app: db}}\n"
    "spec: {containers: [{name: db, image: unheard-of/db, ports: [{containerPort: 5432}]}]}\n"
)


def waiting(init: str) -> str:
    return (
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  initContainers: [{init}]\n"
        "  containers: [{name: c, image: unheard-of/app}]\n"
    )


@pytest.mark.parametrize(
    "init",
    [
        '{name: i, image: unheard-of/tool, env: [{name: URL, value: "http://$(DB_SERVICE_HOST)"}]}',
        '{name: i, image: unheard-of/tool, env: [{name: HOST, value: "db:5432"}]}',
        "{name: i, image: unheard-of/tool, command: [/check, db]}",
        "{name: wait-for-db, image: unheard-of/tool}",
    ],
)
def test_an_init_container_that_names_a_service_waits_for_it(tmp_path: Path, init: str) -> None:
    played, _ = assumed(tmp_path, waiting(init) + SERVICE)
    assert played.at().pod("a").status == "Init:0/1"
    played, _ = assumed(tmp_path, waiting(init) + SERVICE + DB)
    assert played.at().pod("a").status == "Running"


def test_other_init_containers_and_jobs_end_with_0(tmp_path: Path) -> None:
    job = (
        "---\napiVersion: batch/v1\nkind: Job\nmetadata: {name: once}\n"
        "spec: {template: {spec: {restartPolicy: Never, containers: [{name: j, image: unheard-of/job}]}}}\n"
    )
    played, texts = assumed(tmp_path, waiting("{name: prepare, image: unheard-of/tool}") + job)
    assert played.at().pod("a").status == "Running"
    assert played.at().pod("once").status == "Completed"
    assert "exits with 0" in texts["pod/a prepare"]
    assert "exits with 0" in texts["job/once j"]


def test_a_main_container_answers_its_own_probes(tmp_path: Path) -> None:
    probe = "readinessProbe: {httpGet: {path: /ready, port: 9000}}"
    played, texts = assumed(
        tmp_path, f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{containers: [{{name: c, image: x/y, {probe}}}]}}\n"
    )
    assert played.at().pod("a").ready
    assert "9000" in texts["pod/a c"]
