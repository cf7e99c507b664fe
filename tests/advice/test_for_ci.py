"""`podsim advise` for CI systems: SARIF that its schema accepts, annotations of GitHub, code quality of GitLab."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from simulator.advice.rules import RULES
from simulator.views.github_job import Annotation, Job, details
from tests.conftest import ROOT, Podsim

SCHEMA = ROOT / "tests/npm/node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"
EVIL = """
apiVersion: v1
kind: Pod
metadata: {name: api, labels: {app: api}}
spec:
  containers:
  - name: api
    image: shop/api
    livenessProbe:
      httpGet: {path: "/a%0A::error::b|</code>", port: nope}
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec: {selector: {app: api}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, livenessProbe: {tcpSocket: {port: 80}, timeoutSeconds: 20}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "my app" / "deploy"
    folder.mkdir(parents=True)
    (folder / "api, 1.yaml").write_text(EVIL)
    monkeypatch.chdir(folder.parent)
    return folder.parent


def findings(podsim: Podsim, *args: str) -> Any:
    return json.loads(podsim("advise", "deploy", *args).out)


def test_sarif_is_what_its_schema_asks_for(podsim: Podsim, project: Path) -> None:
    if not SCHEMA.exists() and os.environ.get("PODSIM_LANGUAGE_SERVER") != "required":
        pytest.skip("no SARIF schema: npm ci --prefix tests/npm")
    schema = json.loads(SCHEMA.read_text("utf-8"))
    log = findings(podsim, "-o", "sarif")
    assert [error.message for error in Draft4Validator(schema).iter_errors(log)] == []
    assert list(Draft4Validator(schema).iter_errors({**log, "version": "3.0"}))


def test_sarif_has_every_finding_and_every_rule(podsim: Podsim, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_WORKSPACE", str(project.parent))
    plain = findings(podsim, "-o", "json")["findings"]
    assert len(plain) > 1
    [run] = findings(podsim, "-o", "sarif")["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    for one, result in zip(plain, run["results"], strict=True):
        assert (result["ruleId"], result["level"]) == (one["rule"], one["severity"])
        assert rules[result["ruleIndex"]]["id"] == one["rule"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "my%20app/deploy/api%2C%201.yaml"
        assert place["region"]["startLine"] == one["line"]
        assert one["shown"] in result["message"]["text"]
    assert len({result["partialFingerprints"]["podsim/v1"] for result in run["results"]}) == len(plain)


def test_fingerprints_do_not_depend_on_lines(podsim: Podsim, project: Path) -> None:
    before = [one["fingerprint"] for one in findings(podsim, "-o", "gitlab")]
    file = project / "deploy" / "api, 1.yaml"
    file.write_text("# moved\n\n" + file.read_text())
    assert [one["fingerprint"] for one in findings(podsim, "-o", "gitlab")] == before


def test_gitlab(podsim: Podsim, project: Path) -> None:
    for one, plain in zip(findings(podsim, "-o", "gitlab"), findings(podsim, "-o", "json")["findings"], strict=True):
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert one["location"] == {"path": "deploy/api, 1.yaml", "lines": {"begin": plain["line"]}}


def test_github(podsim: Podsim, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = {"WORKSPACE": str(project), "SERVER_URL": "https://github.com", "REPOSITORY": "a/b", "RUN_ID": "7"}
    for name, value in {"STEP_SUMMARY": str(project / "summary.md"), **server}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    lines = podsim("advise", "deploy", "-o", "github").out.splitlines()
    plain = findings(podsim, "-o", "json")["findings"]
    levels = {"error": "error", "warning": "warning", "note": "notice"}
    for line, one in zip(lines, plain, strict=True):
        title = f"{one['rule']}%3A {one['subject'].replace(':', '%3A')}"
        assert line.startswith(f"::{levels[one['severity']]} file=deploy/api%2C 1.yaml,line={one['line']},title={title}::")
        assert line.count("%0A") == 2
        assert line.endswith("%0ADetails: https://github.com/a/b/actions/runs/7")
    page = (project / "summary.md").read_text()
    assert page.startswith(f"## ❌ podsim advise: {len(plain)} findings\n")
    assert page.count("<details>") == len(plain)
    assert not re.search(r"^(?!.*<details>).*</code>(?! \()", page, re.MULTILINE)


def test_what_would_end_a_command_is_escaped() -> None:
    note = Annotation("error", "a:b,c\n%.yaml", 3, "t::x", ("one\r\ntwo%0A", "", "three", "four"))
    assert Job().command(note) == "::error file=a%3Ab%2Cc%0A%25.yaml,line=3,title=t%3A%3Ax::one%0Atwo%250A%0Athree"


def test_text_cannot_leave_its_fence() -> None:
    assert details("<b>", "", ["```", "    ````sh"])[0] == "<details><summary><code>&lt;b&gt;</code></summary>"
    assert details("x", "", ["```", "    ````sh"])[2] == "`````"
    assert details("x", "", ["plain"])[2] == "```"


def test_solve_prints_no_findings(podsim: Podsim, project: Path) -> None:
    result = podsim("advise", "deploy", "--solve", "P(restart during start) < 0.1", "-o", "sarif")
    assert result.code == 2
    assert "-o sarif is for findings" in result.err
