"""`apply: {each: ...}`: objects appear one after the other, and controllers act in between."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator.objects.event import Event
from simulator.objects.kinds import Key
from simulator.public.runs import run
from simulator.units import MILLISECOND

POD = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "app:1"}]}}
SELECTOR = {"matchLabels": {"app": "web"}}
OBJECTS = [
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {"selector": SELECTOR, "template": POD}},
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}},
    {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "web"}, "spec": {"selector": SELECTOR}},
]


@pytest.mark.parametrize(
    ("apply", "times", "no_pods"), [({"each": "30ms"}, [0, 30, 60], 0), ({}, [0, 0, 0], 1), ({"as": "kubectl"}, [0, 0, 0], 1)]
)
def test_a_budget_that_comes_after_its_pods_finds_them(tmp_path: Path, apply: dict[str, str], times: list[int], no_pods: int) -> None:
    (tmp_path / "app.yaml").write_text(yaml.safe_dump_all(OBJECTS))
    spec = {"duration": "10s", "manifests": ["app.yaml"], **({"apply": apply} if apply else {})}
    (tmp_path / "scenario.yaml").write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}))
    outcome = run(tmp_path / "scenario.yaml").journal
    view = outcome.at()
    keys = [Key(str(item["kind"]), "default", str(item["metadata"]["name"])) for item in OBJECTS]  # type: ignore[index]
    assert [outcome.born(key)[0] // MILLISECOND for key in keys] == times
    assert sum(item.reason == "NoPods" for item in view.typed(Event)) == no_pods
