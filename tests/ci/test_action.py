"""action.yml is what GitHub's schema asks for, and its steps do what they say: install, test, advise, compare, comment."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from jsonschema.validators import validator_for
from packaging.markers import Marker

from tests.ci.action_steps import ACTION, EXPRESSION, STEPS, Runner
from tests.conftest import ROOT

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web
        readinessProbe: {tcpSocket: {port: 80}, initialDelaySeconds: DELAY, periodSeconds: 2}
"""
EXPECTATIONS = """\
apiVersion: podsim/v1
kind: Expectations
spec:
  manifests: [deploy/web.yaml]
  expect:
    - {ready: deployment/web, within: 20s}
"""
GH = """#!/bin/sh
printf '%s\\n' "$@" > "$RUNNER_TEMP/gh-$(ls "$RUNNER_TEMP" | grep -c '^gh-')"
case "$*" in
  *--paginate*) printf "$COMMENTS" ;;
  *) test -z "$READ_ONLY" ;;
esac
"""


def git(folder: Path, *args: str) -> str:
    identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *identity, *args], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """A runner in a pull request that makes the readiness probe wait longer."""
    origin, workspace = tmp_path / "origin", tmp_path / "workspace"
    project = origin / "my shop"
    (project / "deploy").mkdir(parents=True)
    git(origin, "init", "-q")
    (project / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "1"))
    (project / "web.podsim.yaml").write_text(EXPECTATIONS)
    git(origin, "add", ".")
    git(origin, "commit", "-qm", "before")
    base = git(origin, "rev-parse", "HEAD")
    git(tmp_path, "clone", "-q", str(origin), str(workspace))
    (workspace / "my shop" / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "31"))
    pull_request = {"base.sha": base, "base.ref": "main", "number": "12"}
    values = {f"github.event.pull_request.{name}": value for name, value in pull_request.items()}
    return Runner(tmp_path, workspace, {**values, "github.action_path": str(ROOT), "github.token": "secret"})


def asked(runner: Runner) -> list[list[str]]:
    """The command lines that `gh` got."""
    return [file.read_text("utf-8").splitlines() for file in sorted(runner.temp.glob("gh-*"))]


def test_it_is_what_the_schema_asks_for() -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/github-actions.json").read_text("utf-8"))
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(ACTION)] == []
    assert list(validator.iter_errors({**ACTION, "runs": {"using": "composite"}}))


def test_no_expression_is_inside_a_script() -> None:
    scripts = [step["run"] for step in STEPS.values() if "run" in step]
    assert len(scripts) == 5
    assert [script for script in scripts if EXPRESSION.search(script)] == []


def test_ci_runs_it_with_inputs_that_exist() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/github-workflows.json").read_text("utf-8"))
    text = {("on" if key is True else key): value for key, value in workflow.items()}
    assert [error.message for error in validator_for(schema)(schema).iter_errors(text)] == []
    [given] = [step["with"] for step in workflow["jobs"]["action"]["steps"] if step["uses"] == "./"]
    assert given.keys() <= ACTION["inputs"].keys()


def test_every_input_is_described_and_used() -> None:
    text = (ROOT / "action.yml").read_text("utf-8")
    for name, item in ACTION["inputs"].items():
        assert item["description"].endswith(".")
        assert f"inputs.{name} " in text, name


def is_locked() -> bool:
    """Whether this environment has the releases that the Action installs, which no index is asked for here."""
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)(?: ; (.*?))? \\$", (ROOT / "requirements" / "slim.txt").read_text("utf-8"), re.MULTILINE)
    return all(metadata.version(name) == release for name, release, marker in pins if not marker or Marker(marker).evaluate())


@pytest.mark.skipif(not is_locked(), reason="the Action installs locked releases, and these are others")
def test_it_installs_its_own_checkout(runner: Runner) -> None:
    done = runner.run("Install podsim", python=sys.executable)
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [runner.temp / "podsim" / "bin" / "podsim", "--version"], env=runner.environment, capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("podsim ")
    assert (runner.temp / "podsim" / "bin" / "kubectl-podsim").exists()


def test_a_test_that_fails(runner: Runner) -> None:
    runner.put_podsim_on_the_path()
    done = runner.run("Test", folder="my shop", tests="\nweb.podsim.yaml\n")
    assert done.returncode == 1
    [annotation] = [line for line in done.stderr.splitlines() if line.startswith("::error ")]
    assert annotation.startswith("::error file=my shop/web.podsim.yaml,line=6,")
    assert annotation.endswith("%0ADetails: https://github.com/shop/web/actions/runs/7")
    assert "## ❌ podsim test: 1 failed" in runner.summary
    assert "Report page: web.podsim.html" in runner.summary
    assert sorted(file.name for file in (runner.temp / "podsim-report").iterdir()) == ["podsim.xml", "web.podsim.html"]


def test_a_test_that_holds_under_several_seeds(runner: Runner) -> None:
    runner.put_podsim_on_the_path()
    (runner.workspace / "my shop" / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "1"))
    done = runner.run("Test", seeds="2", tests="my shop")
    assert done.returncode == 0, done.stdout
    assert "## ✅ podsim test: 1 passed" in runner.summary
    strict = runner.run("Test", strict="true")
    assert strict.returncode == 1
    assert "assumption" in strict.stdout


@pytest.mark.parametrize("name", ["$(touch owned)", "--help", "`touch owned`; touch owned #"])
def test_inputs_are_words_and_nothing_else(runner: Runner, name: str) -> None:
    runner.put_podsim_on_the_path()
    for step, inputs in (("Test", {"tests": name}), ("Advise", {"advise": name})):
        done = runner.run(step, **inputs)
        assert done.returncode == 2
        assert name in done.stderr
    assert not list(runner.workspace.rglob("owned"))


def test_advice_is_annotations_and_never_fails(runner: Runner) -> None:
    runner.put_podsim_on_the_path()
    done = runner.run("Advise", folder="my shop", advise="deploy")
    assert done.returncode == 0, done.stderr
    assert "podsim advise: " in runner.summary
    assert all(line.startswith("::") for line in done.stdout.splitlines())


def test_the_comparison_becomes_a_comment_which_a_later_run_edits(runner: Runner) -> None:
    runner.put_podsim_on_the_path()
    runner.put_on_the_path("gh", GH)
    compared = runner.run("Compare", folder="my shop", diff="deploy")
    assert compared.returncode == 0, compared.stderr
    text = (runner.temp / "podsim-diff.md").read_text("utf-8")
    assert text.splitlines()[:2] == ["<!-- podsim diff of deploy -->", "### What this change does: `main/my shop/deploy` → `deploy`"]
    assert "deployment/web ready 30s later" in text
    assert text in runner.summary
    assert runner.run("Comment").returncode == 0
    assert (runner.temp / "podsim-comment.md").read_text("utf-8") == text
    assert asked(runner)[-1] == [
        "api",
        "--silent",
        "--method",
        "POST",
        "repos/shop/web/issues/12/comments",
        "--field",
        f"body=@{runner.temp}/podsim-comment.md",
    ]
    runner.environment["COMMENTS"] = "41\\n42\\n"
    assert runner.run("Comment").returncode == 0
    assert asked(runner)[-1][2:5] == ["--method", "PATCH", "repos/shop/web/issues/comments/41"]
    assert asked(runner)[-2][2] == "repos/shop/web/issues/12/comments"


def test_a_long_comparison_is_cut(runner: Runner) -> None:
    runner.put_on_the_path("gh", GH)
    text = "<!-- podsim diff of deploy -->\n" + "- a line\n" * 10_000
    (runner.temp / "podsim-diff.md").write_text(text)
    assert runner.run("Comment").returncode == 0
    comment = (runner.temp / "podsim-comment.md").read_text("utf-8")
    assert 50_000 < len(comment) < 65_536
    assert comment.endswith("- a line\n\n</details>\n\nThis is the beginning; the summary of the job has all of it.\n")


def test_a_token_that_cannot_write_is_a_warning(runner: Runner) -> None:
    runner.put_on_the_path("gh", GH)
    (runner.temp / "podsim-diff.md").write_text("<!-- podsim diff of deploy -->\nnothing\n")
    runner.environment["READ_ONLY"] = "1"
    done = runner.run("Comment")
    assert done.returncode == 0
    assert "::warning title=podsim diff::The comment could not be written" in done.stdout


def test_new_manifests_are_compared_with_nothing(runner: Runner) -> None:
    runner.put_podsim_on_the_path()
    runner.put_on_the_path("gh", GH)
    (runner.workspace / "new.yaml").write_text(MANIFEST.replace("DELAY", "1"))
    done = runner.run("Compare", diff="new.yaml")
    assert done.returncode == 0
    assert "new.yaml is new" in done.stdout
    assert runner.run("Comment").returncode == 0
    assert asked(runner) == []
