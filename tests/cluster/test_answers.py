"""What kubectl printed when things were done to the real cluster, held against what the same actions print here."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import Cluster
from simulator.scenario.inputs import gather
from tests.conftest import ROOT

SHARED = ROOT.parent / "shared" / "cluster"
READ_ONLY = ("get", "describe", "logs", "events", "wait", "top", "explain")
NO_ANSWER = ("node", "programs", "kill")

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the recordings themselves are not here")


def masked(text: str) -> str:
    """Without the names that the control plane makes up, and the names of files."""
    return re.sub(r'"[\w-]+\.(json|yaml)"', '"FILE"', re.sub(r"[a-z0-9]{8,10}-[a-z0-9]{5}\b", "NAME", text))


def answer(out: str, err: str, code: int) -> tuple[list[str], str, int]:
    """Several objects at once are listed in the order of their names, which are made up."""
    return sorted(masked(out).splitlines()), masked(err), code


def done(recording: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions that change something, without the first one: it applies the manifests."""
    acts = [(act["cmd"] if isinstance(act["cmd"], list) else shlex.split(act["cmd"]), act) for act in recording["actions"] if "out" in act]
    changing = [
        act for words, act in acts if words[1] not in READ_ONLY and words[1:3] not in (["rollout", "status"], ["rollout", "history"])
    ]
    return [act for act in changing if act["t"] != "setup"][1:]


@pytest.mark.parametrize("file", sorted((SHARED / "recordings").glob("*.json")), ids=lambda file: file.stem)
def test_answers(file: Path, tmp_path: Path) -> None:
    recording = json.loads(file.read_text())
    expected = [answer(act["out"], act["err"], act["rc"]) for act in done(recording)]
    if not expected:
        pytest.skip("nothing was done")
    subprocess.run([sys.executable, str(SHARED / "to_scenario.py"), str(file), str(tmp_path)], check=True, capture_output=True)
    cluster = Cluster(gather([str(tmp_path / "scenario.yaml")]))
    cluster.run()
    paths = [action.path for action in cluster.scenario.actions if action.verb not in NO_ANSWER]
    answers = [cluster.answers[path] for path in paths]
    assert [answer(one.text("stdout"), one.text("stderr"), one.code) for one in answers] == expected
