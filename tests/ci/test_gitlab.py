"""The template for GitLab CI is what GitLab's schema asks for, and its script runs."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.resources import files
from pathlib import Path

import yaml
from jsonschema.validators import validator_for

from tests.ci.action_steps import Runner
from tests.ci.test_action import EXPECTATIONS, MANIFEST
from tests.conftest import ROOT

TEMPLATE = yaml.safe_load((ROOT / "ci" / "podsim.gitlab-ci.yml").read_text("utf-8"))
JOB = TEMPLATE["podsim"]


def test_it_is_what_the_schema_asks_for() -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/gitlab-ci.json").read_text("utf-8"))
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(TEMPLATE)] == []
    assert list(validator.iter_errors({"podsim": {**JOB, "artifacts": {"reports": {"junit": 3}}}}))


def test_its_script_writes_the_reports(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "deploy").mkdir(parents=True)
    (project / "deploy" / "web.yaml").write_text(MANIFEST.replace("DELAY", "31").replace("port: 80", "port: http"))
    (project / "web.podsim.yaml").write_text(EXPECTATIONS)
    runner = Runner(tmp_path, project, {})
    runner.put_podsim_on_the_path()
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    script = "\n".join(["set -e", *JOB["script"]])
    environment = {**own, "PATH": path, **JOB["variables"], "PODSIM_ADVISE": "deploy", "PODSIM_TESTS": "web.podsim.yaml"}
    done = subprocess.run(["bash", "-c", script], cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == ""
    reports = JOB["artifacts"]["reports"]
    assert "<failure" in (project / reports["junit"]).read_text("utf-8")
    assert [one["check_name"] for one in json.loads((project / reports["codequality"]).read_text("utf-8"))] == ["unknown-port"]
    assert [file.name for file in (project / "podsim-report").iterdir()] == ["web.podsim.html"]
