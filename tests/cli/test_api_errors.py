"""What kubectl 1.37 and a real API server said to 179 manifests and commands, most of them wrong: word for word, exit codes included."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Podsim, Result

Row = dict[str, Any]
ROWS: list[Row] = json.loads(gzip.decompress((ROOT / "tests" / "data" / "kubectl" / "api-errors.json.gz").read_bytes()))
RECORDED = ROOT.parent / "shared" / "cluster" / "api-errors.json"
MANIFESTS = [row for row in ROWS if "cmd" not in row]
COMMANDS = [row for row in ROWS if "cmd" in row]
BEFORE = {"cmd-expose-twice": ("expose", "deployment", "web", "--port=80"), "cmd-resume-twice": ("rollout", "resume", "deployment/web")}
"""Commands that were done before and are not among the recorded ones: something is there twice."""
WEB = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "nginx"}]}},
    },
}
"""What was there when the commands were recorded: applied once, so that it has one revision."""


def masked(text: str) -> str:
    """Without uids and the random letters of token volumes."""
    return re.sub(r"kube-api-access-\w{5}", "kube-api-access-*****", re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UID", text))


def said(result: Result) -> tuple[int, str, str]:
    return result.code, masked(result.out), masked(result.err)


def expected(answer: Row) -> tuple[int, str, str]:
    return answer["rc"], masked(answer["out"]), masked(answer["err"])


@pytest.fixture
def apply(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Podsim:
    monkeypatch.chdir(tmp_path)

    def call(name: str, text: str, *options: str) -> Result:
        Path(name).write_text(text, encoding="utf-8")
        return podsim("apply", "-n", "api-errors", "-f", name, *options)

    return call


@pytest.mark.parametrize("row", MANIFESTS, ids=[row["id"] for row in MANIFESTS])
def test_manifests(row: Row, apply: Podsim) -> None:
    if "first" in row:
        assert said(apply("first.json", json.dumps(row["first"]))) == expected(row["applied"])
        assert said(apply("second.json", json.dumps(row["second"]))) == expected(row["kubectl"])
    elif "manifest" in row:
        text = json.dumps(row["manifest"])
        assert said(apply("manifest.json", text, "--dry-run=server")) == expected(row["kubectl"]), "nothing is changed by that"
        assert said(apply("manifest.json", text)) == expected(row["kubectl"])
    else:
        assert said(apply("manifest.yaml", row["yaml"])) == expected(row["kubectl"])


def test_commands_in_their_order(podsim: Podsim, apply: Podsim) -> None:
    apply("web.json", json.dumps(WEB))
    for row in COMMANDS:
        if row["id"] in BEFORE:
            assert podsim("-n", "api-errors", *BEFORE[row["id"]]).code == 0
        result = podsim("-n", "api-errors", *row["cmd"])
        assert said(result) == expected(row["kubectl"]), row["id"]


@pytest.mark.skipif(not RECORDED.exists(), reason="the recording itself is not here")
def test_the_copy_has_everything_that_was_recorded() -> None:
    recorded = {case["id"]: case["kubectl"] for case in json.loads(RECORDED.read_text())["cases"]}
    assert {row["id"]: row["kubectl"] for row in ROWS} == recorded
