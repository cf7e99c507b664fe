"""The nodes of a Scenario: by the make of their machine, and what is left of them for pods."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import simulate
from simulator.errors import ScenarioError, UsageError
from simulator.journal import Journal
from simulator.kubectl.read.describe import description
from simulator.kubectl.view import View
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.scenario.inputs import Choices, gather
from simulator.scenario.presets import PRESETS
from simulator.scenario.read import read_scenario
from simulator.scenario.spec import NodeSpec
from simulator.units import SECOND


def scenario(folder: Path, nodes: list[dict[str, Any]], **spec: Any) -> str:
    file = folder / "scenario.yaml"
    (folder / "any.yaml").write_text(json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "any"}}))
    body = {"manifests": ["any.yaml"], "cluster": {"nodes": nodes}, **spec}
    file.write_text(json.dumps({"apiVersion": "podsim/v1", "kind": "Scenario", "spec": body}))
    return str(file)


def read(folder: Path, *nodes: dict[str, Any]) -> tuple[NodeSpec, ...]:
    return read_scenario(scenario(folder, list(nodes))).nodes


def node(journal: Journal, name: str) -> Node:
    node = journal.at().get(Key("Node", "", name))
    assert isinstance(node, Node)
    return node


@pytest.mark.parametrize(
    ("name", "cpu", "memory", "pods"),
    [
        ("minikube", "4", "8Gi", "110"),
        ("eks-m5.large", "1930m", "7518Mi", "29"),
        ("eks-m5.xlarge", "3920m", "15391Mi", "58"),
        ("gke-e2-standard-4", "3920m", "13622Mi", "110"),
        ("gke-e2-medium", "940m", "2972Mi", "110"),
        ("aks-d2s-v5", "1900m", "6044Mi", "110"),
    ],
)
def test_what_a_make_leaves_for_pods(tmp_path: Path, name: str, cpu: str, memory: str, pods: str) -> None:
    journal = simulate([scenario(tmp_path, [{"preset": name, "name": "one"}])], Choices(duration=SECOND))
    there = node(journal, "one").status.allocatable
    assert (there["cpu"], there["memory"], there["pods"]) == (cpu, memory, pods)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_every_make_has_room(tmp_path: Path, name: str) -> None:
    journal = simulate([scenario(tmp_path, [{"preset": name, "count": 3}])], Choices(duration=SECOND))
    names = [item.metadata.name for item in journal.at().typed(Node)]
    assert len(set(names)) == 3
    assert all(not amount.startswith("-") and amount != "0" for one in names for amount in node(journal, one).status.allocatable.values())


def test_nodes_are_called_as_their_tools_call_them(tmp_path: Path) -> None:
    nodes = read(tmp_path, {"preset": "minikube"}, {"preset": "minikube"}, {"preset": "kind", "count": 2}, {"name": "db", "count": 2})
    assert [item.name for item in nodes] == ["minikube", "minikube-m02", "kind-worker", "kind-worker2", "db-1", "db-2"]
    assert nodes[1].labels["minikube.k8s.io/primary"] == "false"


def test_what_is_written_goes_over_the_make(tmp_path: Path) -> None:
    (one,) = read(tmp_path, {"preset": "eks-m5.large", "cpu": "3", "reserved": {"cpu": "1"}, "labels": {"disk": "ssd"}})
    assert (one.cpu, one.memory, one.reserved["cpu"], one.reserved["memory"]) == ("3", "8Gi", "1", "674Mi")
    assert one.labels == {"node.kubernetes.io/instance-type": "m5.large", "disk": "ssd"}


@pytest.mark.parametrize(
    ("given", "path", "message"),
    [
        ({"preset": "eks"}, "spec.cluster.nodes[0].preset", "must be one of minikube, "),
        ({}, "spec.cluster.nodes[0]", "needs a name, or a preset"),
        ({"name": "a", "count": 2, "ip": "10.0.0.1"}, "spec.cluster.nodes[0].ip", "cannot be set for 2 nodes"),
        ({"name": "a", "reserved": {"cpu": "much"}}, "spec.cluster.nodes[0].reserved[cpu]", "must be a quantity"),
    ],
)
def test_problems_are_reported_with_their_path(tmp_path: Path, given: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        read(tmp_path, given)
    assert [(problem.path, problem.message[: len(message)]) for problem in raised.value.problems] == [(path, message)]


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        (2, ["minikube", "node-2"]),
        ("2", ["minikube", "node-2"]),
        ("kind", ["kind-worker"]),
        ("3xeks-m5.large", ["node-1", "node-2", "node-3"]),
    ],
)
def test_nodes_are_chosen_by_number_and_preset(tmp_path: Path, choice: int | str, names: list[str]) -> None:
    file = scenario(tmp_path, [{"name": "minikube"}])
    assert [item.name for item in gather([file], Choices(nodes=choice)).scenario.nodes] == names


@pytest.mark.parametrize("choice", ["eks", "0xkind", "x", "3x"])
def test_an_unknown_preset_is_reported_with_the_known_ones(tmp_path: Path, choice: str) -> None:
    with pytest.raises(UsageError, match="presets: minikube, kind"):
        gather([scenario(tmp_path, [{"name": "minikube"}])], Choices(nodes=choice))


def heartbeats(journal: Journal, name: str, seconds: int) -> dict[str, str]:
    """Lines of `describe node` by their first word."""
    view = View(journal.at(seconds * SECOND))
    item = view.snapshot.get(Key("Node", "", name))
    assert item is not None
    return {line.split()[0]: " ".join(line.split()[1:]) for line in description(item, view).splitlines() if line.strip()}


def test_a_node_sends_heartbeats_until_its_kubelet_stops(tmp_path: Path) -> None:
    actions = [{"at": 700, "node": "two", "down": True}]
    file = scenario(tmp_path, [{"name": "one"}, {"name": "two"}], startTime="2025-01-01T09:00:00Z", actions=actions)
    journal = simulate([file], Choices(duration=1500 * SECOND))
    at = {seconds: {name: heartbeats(journal, name, seconds) for name in ("one", "two")} for seconds in (100, 301, 1400)}
    assert "09:00:00 +0000 Wed, 01 Jan 2025 09:00:00" in at[100]["one"]["Ready"]
    assert "09:05:00 +0000 Wed, 01 Jan 2025 09:00:00" in at[301]["one"]["Ready"]
    assert "09:20:00 +0000 Wed, 01 Jan 2025 09:00:00" in at[1400]["one"]["Ready"]
    lost = at[1400]["two"]["Ready"]
    assert lost.startswith("Unknown Wed, 01 Jan 2025 09:10:00")
    assert lost.endswith("NodeStatusUnknown Kubelet stopped posting node status.")
    assert "09:23:1" in at[1400]["one"]["RenewTime:"]
    assert "09:11:3" in at[1400]["two"]["RenewTime:"]
