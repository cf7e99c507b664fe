"""docs/ci.md: its workflows are valid, its commands run on the example project, its scripts on the stored rendering of a chart.

`--update-golden` rewrites the page.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from tests.ci.action_steps import ACTION, Runner
from tests.ci.test_pre_commit import HOOKS
from tests.conftest import ROOT, Podsim

PAGE = ROOT / "docs" / "ci.md"
TEXT = PAGE.read_text("utf-8")
CONSOLE = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
TOOK = re.compile(r"\b\d+\.\d\ds$", re.MULTILINE)
RENDERED = ROOT / "tests" / "testing" / "data" / "rendered-chart.yaml"
PROJECT = ROOT / "docs" / "example-project"


def blocks(language: str) -> list[str]:
    return [found[1] for found in re.finditer(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)]


def check(kind: str, value: Any) -> None:
    """Check a value against a schema of GitHub or GitLab."""
    schema = json.loads((files("check_jsonschema") / f"builtin_schemas/vendor/{kind}.json").read_text("utf-8"))
    assert [error.message for error in validator_for(schema)(schema).iter_errors(value)] == []


def uses_of(workflow: Any) -> dict[str, Any]:
    """What a workflow gives to the Action."""
    [given] = [step["with"] for step in workflow["jobs"]["start-up"]["steps"] if step.get("uses", "").startswith("podsim/podsim@")]
    return dict(given)


def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example project, in which the test runs."""
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project, ignore=shutil.ignore_patterns("__pycache__", ".pytest_cache"))
    monkeypatch.chdir(project)
    return project


def test_the_workflows_are_valid_and_give_inputs_that_exist() -> None:
    workflow = yaml.safe_load(blocks("yaml")[0])
    own = yaml.safe_load((PROJECT / ".github" / "workflows" / "start-up.yaml").read_text("utf-8"))
    for one in (workflow, own):
        check("github-workflows", {("on" if key is True else key): value for key, value in one.items()})
        assert uses_of(one).keys() <= ACTION["inputs"].keys()
    assert uses_of(workflow) == uses_of(own)
    for step in yaml.safe_load(blocks("yaml")[1]):
        assert step.keys() <= {"run", "uses", "with"}


def test_the_table_has_the_inputs() -> None:
    table = TEXT.partition("| input | default |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`([a-z-]+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:]))) == ACTION["inputs"].keys()


def test_what_the_example_project_gives_to_the_action_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = example(tmp_path, monkeypatch)
    given = uses_of(yaml.safe_load((PROJECT / ".github" / "workflows" / "start-up.yaml").read_text("utf-8")))
    for path in (given["tests"], given["advise"], given["diff"], given["diff-with"]):
        assert (project / path).exists()
    runner = Runner(tmp_path, project, {})
    runner.put_podsim_on_the_path()
    assert runner.run("Test", tests=given["tests"], seeds="2").returncode == 0
    assert runner.run("Advise", advise=given["advise"]).returncode == 0


def test_the_gitlab_job_is_valid_and_sets_variables_that_exist() -> None:
    job = yaml.safe_load(blocks("yaml")[2])
    template = yaml.safe_load((ROOT / "ci" / "podsim.gitlab-ci.yml").read_text("utf-8"))
    check("gitlab-ci", {**job, "podsim": {**template["podsim"], **job["podsim"]}})
    assert job["podsim"]["variables"].keys() <= template["podsim"]["variables"].keys()
    assert job["include"][0]["remote"].endswith("/main/ci/podsim.gitlab-ci.yml")


def test_the_hooks_exist() -> None:
    [repository] = yaml.safe_load(blocks("yaml")[3])["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == list(HOOKS)


def test_the_commands(podsim: Podsim, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example(tmp_path, monkeypatch)

    def typed(found: re.Match[str]) -> str:
        shown = ""
        for line in (line for line in found[0].splitlines() if line.startswith("$ ")):
            command, _, file = line.removeprefix("$ podsim ").partition(" > ")
            result = podsim(*shlex.split(command))
            assert result.code == 0, result.err
            if file:
                Path(file).write_text(result.out)
            shown += f"{line}\n" + ("" if file else TOOK.sub("0.12s", result.out))
        return shown

    renewed = CONSOLE.sub(typed, TEXT)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(renewed, "utf-8")
    assert PAGE.read_text("utf-8") == renewed
    assert json.loads(Path("podsim.sarif").read_text())["version"] == "2.1.0"
    assert not Path("pages").exists()


def shell(script: str, tmp_path: Path, given: str) -> subprocess.CompletedProcess[str]:
    """Run a script with podsim, and a helm and a kustomize that print the stored rendering, on the PATH."""
    workspace = tmp_path / "workspace"
    workspace.mkdir(exist_ok=True)
    runner = Runner(tmp_path, workspace, {})
    runner.put_podsim_on_the_path()
    for name in ("helm", "kubectl", "kustomize"):
        runner.put_on_the_path(name, f'#!/bin/sh\ncat "{RENDERED}"\n')
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(["sh", "-c", script], cwd=workspace, env=environment, input=given, capture_output=True, text=True, check=False)


def test_charts_and_kustomizations_are_paths(tmp_path: Path) -> None:
    for file in ("chart/Chart.yaml", "values.yaml", "overlays/production/kustomization.yaml", "new/kustomization.yaml"):
        path = tmp_path / "workspace" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("name: web\n" if file.endswith("Chart.yaml") else "")
    done = shell(blocks("sh")[0], tmp_path, "")
    assert done.returncode == 0, done.stderr
    assert "deployment/release-web:web" in done.stdout
    assert "no difference" in done.stdout


def test_a_rendered_chart_can_be_piped_into_podsim(tmp_path: Path) -> None:
    done = shell(blocks("sh")[1], tmp_path, "")
    assert done.returncode == 0, done.stderr
    assert "release-web" in done.stdout
    assert "deployment/release-web:web" in done.stdout


def test_a_post_renderer_passes_on_what_it_has_checked(tmp_path: Path) -> None:
    script = blocks("sh")[2]
    assert script.startswith("#!/bin/sh\n")
    known = RENDERED.read_text("utf-8")
    passed = shell(script, tmp_path, known)
    assert (passed.returncode, passed.stdout) == (0, known)
    (tmp_path / "temp").rmdir()
    stopped = shell(script, tmp_path, known.replace("nginx:1.27", "shop/unknown:1"))
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert "rests on assumptions" in stopped.stderr
