"""Objects of a run's manifests are applied one after the other, in no time or with `apply: {each: ...}`; controllers act in between."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.public.runs import Run, run
from simulator.public.simulated_cluster import SimulatedCluster
from simulator.units import MILLISECOND

POD = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "app:1"}]}}
SELECTOR = {"matchLabels": {"app": "web"}}
DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"selector": SELECTOR, "template": POD}}
CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
BUDGET = {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": {"selector": SELECTOR}}


def played(folder: Path, objects: list[dict[str, Any]], spec: dict[str, Any]) -> Run:
    (folder / "app.yaml").write_text(yaml.safe_dump_all(objects))
    spec = {"duration": "10s", "manifests": ["app.yaml"], **spec}
    (folder / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
    return run(folder / "scenario.yaml")


@pytest.mark.parametrize(
    ("spec", "times"),
    [({}, [0, 0, 0]), ({"apply": {"as": "kubectl"}}, [0, 0, 0]), ({"apply": {"each": "30ms"}}, [0, 30, 60])],
)
@pytest.mark.parametrize(("objects", "no_pods"), [([DEPLOYMENT, CONFIG, BUDGET], 0), ([BUDGET, CONFIG, DEPLOYMENT], 1)])
def test_a_budget_finds_the_pods_of_what_is_written_before_it(
    tmp_path: Path, spec: dict[str, Any], times: list[int], objects: list[dict[str, Any]], no_pods: int
) -> None:
    outcome = played(tmp_path, objects, spec).journal
    keys = [Key(str(item["kind"]), "default", str(item["metadata"]["name"])) for item in objects]
    assert [outcome.born(key)[0] // MILLISECOND for key in keys] == times
    assert sum(item.reason == "NoPods" for item in outcome.at().typed(Event)) == no_pods


def test_what_was_applied_before_is_applied_in_order_too(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(yaml.safe_dump_all([DEPLOYMENT, BUDGET]))
    outcome = played(tmp_path, [CONFIG], {"before": {"manifests": ["old.yaml"], "since": "1m"}}).journal
    assert not [item for item in outcome.at().typed(Event) if item.reason == "NoPods"]


def test_actions_of_zero_follow_the_last_object(tmp_path: Path) -> None:
    actions = [
        {"at": "0s", "delete": "poddisruptionbudget/web"},
        {"at": "0s", "when": {"deleted": "configmap/settings"}, "delete": "deployment/web"},
    ]
    outcome = played(tmp_path, [DEPLOYMENT, BUDGET, CONFIG], {"actions": actions})
    view = outcome.journal.at()
    assert view.get(Key("PodDisruptionBudget", "default", "web")) is None
    assert view.get(Key("Deployment", "default", "web")) is not None, "the ConfigMap was not deleted: it was not there yet"


def test_a_cluster_in_python_starts_with_all_objects(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(yaml.safe_dump_all([DEPLOYMENT, BUDGET, CONFIG]))
    cluster = SimulatedCluster(tmp_path / "app.yaml")
    cluster.delete("configmap/settings")
    assert cluster.now == 0
    assert "web" in str(cluster.get("poddisruptionbudget"))
