"""Every option of every action is checked where it is read: odd values are refused at their line, and what is accepted runs."""

from __future__ import annotations

import json
import os
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
import yaml

import simulator
from simulator.errors import InputError
from simulator.scenario.read_actions import VERBS, options_of
from simulator.scenario.read_options import BY_VERB, NEEDS, OPTIONS
from tests.conftest import Podsim

APP = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx, ports: [{containerPort: 80}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cm}
data: {a: b}
"""
TARGETS = {
    "apply": "more", "create": "configmap/new", "replace": "more", "kill": "pod/web-*", "node": "node-1", "imageRegistry": "down",
    "dns": "down", "cordon": "node/node-1", "uncordon": "node/node-1", "drain": "node/node-1", "taint": "node/node-1", "exec": "pod/web-*",
}  # fmt: skip
WORKING: dict[str, dict[str, Any]] = {
    "scale": {"replicas": 2},
    "autoscale": {"max": 3},
    "exec": {"command": ["true"]},
    "patch": {"with": {"metadata": {"labels": {"a": "b"}}}},
    "setImage": {"with": {"c": "nginx:2"}},
    "label": {"with": {"a": "b"}},
    "annotate": {"with": {"a": "b"}},
    "taint": {"with": ["a=b:NoSchedule"]},
    "apply": {"with": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}},
    "create": {"with": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "new"}}},
    "replace": {"with": {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cm"}}},
    "setEnv": {"with": {"A": "b"}},
}
"""What an action needs, with values that work."""
TEXTS = ["", "x", "tier=x", "two", " ", "a b", "\n", "é", "x" * 300, "*", "../x", "$(A)", "{}"]
ODD: list[Any] = [None, True, False, 0, -1, 1.9, 10**30, *TEXTS, [], [None], ["x"], [[]], {}, {"a": None}, {"a": {"b": []}}, {"a b": "c"}]
EVERY = int(os.environ.get("PODSIM_TEST_EVERY", "8"))
"""One of so many combinations is run; 1: all 4,000."""


def scenario(folder: Path, action: dict[str, Any]) -> Path:
    (folder / "app.yaml").write_text(APP)
    spec = {"manifests": ["app.yaml"], "duration": "20s", "actions": [{"at": "10s", **action}]}
    file = folder / "scenario.yaml"
    file.write_text(yaml.safe_dump({"apiVersion": "podsim/v1", "kind": "Scenario", "metadata": {"name": "s"}, "spec": spec}))
    return file


def test_every_option_has_a_row() -> None:
    rows = {(verb, option) for verb in VERBS for option in options_of(verb)}
    assert {row for row in rows if row not in BY_VERB and row[1] not in OPTIONS} == set()
    assert BY_VERB.keys() <= rows
    assert OPTIONS.keys() <= {option for _, option in rows}
    assert NEEDS.keys() <= set(VERBS)


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "programs"])
def test_odd_values_are_refused_at_their_line_or_run(verb: str, tmp_path: Path) -> None:
    for option, value in islice(product(options_of(verb), ODD), VERBS.index(verb) % EVERY, None, EVERY):
        action = {verb: TARGETS.get(verb, "deployment/web"), **WORKING.get(verb, {}), option: value}
        file = scenario(tmp_path, action)
        try:
            simulator.run(str(file))
        except InputError as error:
            if not all(problem.line for problem in error.problems):
                pytest.fail(f"{json.dumps(action)}: no line in: {error}")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ({"label": "deployment/web", "with": "tier=x"}, "spec.actions[0].with: must be a mapping, not a string"),
        ({"scale": "deployment/web", "replicas": "two"}, "spec.actions[0].replicas: must be a whole number, not a string"),
        ({"scale": "deployment/web", "replicas": 1.9}, "spec.actions[0].replicas: must be a whole number, not a number"),
        ({"scale": "deployment/web"}, "spec.actions[0]: needs a replicas"),
        (
            {"patch": "deployment/web", "with": {}, "type": "Merge"},
            "spec.actions[0].type: must be one of json, merge, strategic, not 'Merge'",
        ),
        ({"kill": "pod/web-*", "exitCode": "x"}, "spec.actions[0].exitCode: must be a whole number, not a string"),
        ({"kill": "pod/web-*", "signal": "STOPP"}, "spec.actions[0].signal: must be one of KILL, TERM, INT, HUP, SEGV, ABRT, not 'STOPP'"),
        ({"drain": "node/node-1", "timeout": "soon"}, "spec.actions[0].timeout: must be a duration"),
    ],
)
def test_what_is_wrong_is_said(action: dict[str, Any], message: str, podsim: Podsim, tmp_path: Path) -> None:
    result = podsim("run", str(scenario(tmp_path, action)))
    assert result.code == 2
    assert message in result.err
    assert "scenario.yaml:" in result.err


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"name": "A_b"}, "spec.cluster.nodes[0].name: 'A_b': "),
        ({"name": "x1", "labels": {"a b": "c"}}, "spec.cluster.nodes[0].labels[a b]: 'a b': name part must consist of"),
        ({"name": "x1", "labels": {"a": "b c"}}, "spec.cluster.nodes[0].labels[a]: 'b c': a valid label must be"),
        ({"name": "x1", "taints": [{"key": "a b", "effect": "NoSchedule"}]}, "spec.cluster.nodes[0].taints[0].key: 'a b': "),
        ({"name": "x1", "taints": [{"key": "a"}]}, "spec.cluster.nodes[0].taints[0]: needs a effect"),
    ],
)
def test_nodes_follow_the_rules_of_the_api(node: dict[str, Any], message: str, podsim: Podsim, tmp_path: Path) -> None:
    file = scenario(tmp_path, {"scale": "deployment/web", "replicas": 2})
    content = yaml.safe_load(file.read_text())
    content["spec"]["cluster"] = {"nodes": [node]}
    file.write_text(yaml.safe_dump(content))
    result = podsim("run", str(file))
    assert result.code == 2
    assert message in result.err


def test_more_nodes_than_the_scenario_names(podsim: Podsim, tmp_path: Path) -> None:
    file = scenario(tmp_path, {"scale": "deployment/web", "replicas": 2})
    content = yaml.safe_load(file.read_text())
    content["spec"]["cluster"] = {"nodes": [{"name": "node-2"}]}
    file.write_text(yaml.safe_dump(content))
    assert podsim("run", str(file), "--nodes", "3").code == 0
    assert podsim("get", "nodes", "-o", "name").out.split() == ["node/node-2", "node/node-3", "node/node-4"]
