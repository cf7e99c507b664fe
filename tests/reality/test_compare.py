"""`podsim compare` on recordings of a real cluster: undisturbed ones agree, and each planted disturbance is found with its cause.

The table of docs/compare.md has all recordings and disturbances; here are those of five small recordings.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Podsim
from tests.reality.planted import PLANTS, Plant, unexpected
from tests.reality.recorded import COPIED, copies, held_against

RUNS = 3
SOME = [plant for plant in PLANTS if plant.recording in COPIED]
CAUSES = {
    "a slower pull": "a slow registry",
    "a missing restart, in the status": "has lost restarts",
    "Created after Started": "another order",
    "a lost event Scheduled": "the event is lost",
    "a pod that waited 12 s for a node": "no node had room",
    "a volume that was not there at first": "was missing or late",
    "a Job without one of its retries": "scaled or deleted",
    "an init container that took 8 s longer": "its program ran longer",
}


@pytest.fixture(scope="module")
def dumps() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    return copies()


@pytest.mark.parametrize("name", COPIED)
def test_a_recording_agrees_with_its_scenario(name: str, dumps: dict[str, Any]) -> None:
    dump, files = dumps[name]
    result = held_against(dump, files)
    assert [finding.sentence for finding in result.findings] == []
    assert result.pods + result.events > 5


@pytest.mark.parametrize("plant", SOME, ids=lambda plant: plant.title)
def test_a_disturbance_is_found(plant: Plant, dumps: dict[str, Any]) -> None:
    dump, files = dumps[plant.recording]
    disturbed = copy.deepcopy(dump)
    plant.change(disturbed)
    result = held_against(disturbed, files, RUNS)
    assert result.findings
    assert any(CAUSES.get(plant.title, "") in finding.cause for finding in result.findings)


def test_what_follows_is_not_a_finding_of_its_own(dumps: dict[str, Any]) -> None:
    dump, files = dumps["await-redis-pull-1node"]
    disturbed = copy.deepcopy(dump)
    next(plant for plant in PLANTS if plant.title == "a slower pull").change(disturbed)
    (finding,) = held_against(disturbed, files, RUNS).findings
    assert finding.sentence == "redis: the pull of redis:7 took 12.0 s; in the runs 3 s"
    assert "redis: run 1 began 9 s later" in finding.follows


def test_the_command(dumps: dict[str, Any], podsim: Podsim, tmp_path: Path) -> None:
    """Without a Scenario what containers do is fitted; texts, Markdown, JSON and exit codes."""
    dump, files = dumps["svc-headless"]
    (tmp_path / "app.yaml").write_text(files["manifest.yaml"])
    real = tmp_path / "real.json"
    real.write_text(json.dumps(dump))
    line = ("compare", "--from", str(real), str(tmp_path / "app.yaml"), "--runs", "3")
    same = podsim(*line)
    assert same.code == 0
    assert same.out.startswith("The cluster does what the simulation does")
    disturbed = copy.deepcopy(dump)
    unexpected("web", "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500")(disturbed)
    real.write_text(json.dumps(disturbed))
    assert podsim(*line).code == 1
    data = json.loads(podsim(*line, "-o", "json").out)
    assert not data["agrees"]
    assert [one["fact"] for one in data["differences"]] == ["event Unhealthy (liveness probe)"]
    table = podsim(*line, "-o", "markdown").out
    assert "| `deployment/web` | web: Unhealthy (liveness probe); never in the runs: Liveness probe failed" in table
    assert podsim("compare", str(tmp_path / "app.yaml")).code == 2
    real.write_text("{}")
    assert podsim(*line).code == 2
    other = tmp_path / "other.yaml"
    other.write_text("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: nginx}]}\n")
    real.write_text(json.dumps(dump))
    assert "deployment/web: not in the manifests" in podsim("compare", "--from", str(real), str(other)).out
