"""Actions that wait for a condition."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.journal.snapshot import Snapshot
from simulator.public.runs import run
from simulator.scenario.conditions import in_words
from simulator.scenario.read import read_scenario
from simulator.units import SECOND
from tests.conftest import Podsim
from tests.delivery.playing import job, web


def play(folder: Path, *actions: object, duration: str = "40s") -> Snapshot:
    """Play a Deployment that is ready after 3 s, a Service without endpoints and a Job of 5 s, with these actions."""
    lost = {"selector": {"app": "no"}, "ports": [{"port": 80}]}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "lost"}, "spec": lost}
    (folder / "app.yaml").write_text(yaml.safe_dump_all([web(), job("seed"), service]), encoding="utf-8")
    programs = [
        {"match": {"image": "job*"}, "runs": [{"exitAfter": "5s"}]},
        {"match": {}, "runs": [{"listen": [{"port": 80, "from": "3s"}], "term": {"delay": "1s"}}]},
    ]
    spec = {
        "duration": duration, "manifests": ["app.yaml"], "images": {"*": {"cached": True}}, "programs": programs, "actions": list(actions),
    }  # fmt: skip
    (folder / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}), encoding="utf-8")
    return run(folder).at().snapshot


def done(snapshot: Snapshot) -> dict[str, int]:
    """When actions were done, in whole seconds, by their verb and object."""
    return {f"{fact.data['verb']} {fact.about}": fact.t // SECOND for fact in snapshot.facts("action")}


def test_an_action_is_done_when_its_condition_holds(tmp_path: Path) -> None:
    played = play(
        tmp_path,
        {"when": {"ready": "deployment/web"}, "scale": "deployment/web", "replicas": 2},
        {"when": {"complete": "job/seed", "available": "deployment/web"}, "delete": "job/seed"},
        {"when": {"deleted": "job/seed"}, "delete": "deployment/web"},
        {"at": "20s", "when": {"exists": "service/lost"}, "delete": "service/lost"},
        {"when": {"ready": "service/lost", "timeout": "15s"}, "cordon": "node/minikube"},
    )
    times = done(played)
    ready = times["scale deployment/web"]
    assert 3 <= ready <= 5
    assert times["delete job/seed"] == times["delete deployment/web"] >= ready + 1
    assert times["delete service/lost"] == 20
    assert "cordon node/minikube" not in times
    assert "error: cordon node/minikube: gave up after 15s, as it never held that service/lost is ready" in [
        line.line for line in played.logs() if line.component == "kubectl"
    ]


def test_the_report_names_what_still_waits(tmp_path: Path, podsim: Podsim) -> None:
    play(tmp_path, {"when": {"exists": "pod/nobody"}, "delete": "pod/nobody"}, duration="5s")
    assert "spec.actions[0]: delete pod/nobody still waits until pod/nobody exists" in podsim("run", str(tmp_path)).out


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ({}, "needs one of exists, deleted"),
        ({"ready": "deployment"}, "must name its subject"),
        ({"complete": "deployment/web"}, "complete does not apply to a Deployment; use exists, deleted, gone, ready, available, rolledOut"),
        ({"readi": "pod/a"}, "did you mean 'ready'?"),
        ({"ready": "pod/a", "timeout": "0s"}, "must be more than 0"),
    ],
)
def test_conditions_are_checked_where_they_are_read(tmp_path: Path, when: object, message: str) -> None:
    spec = {"actions": [{"when": when, "delete": "pod/a"}]}
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}), encoding="utf-8")
    with pytest.raises(ScenarioError, match="actions") as error:
        read_scenario(str(tmp_path / "scenario.yaml"))
    assert message in str(error.value)


def test_conditions_have_words() -> None:
    assert in_words({"ready": "deployment/db", "exists": "pod/a", "timeout": 1}) == "deployment/db is ready and pod/a exists"
