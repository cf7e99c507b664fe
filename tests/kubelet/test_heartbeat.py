"""A node that stops reporting, and one that comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.objects.kinds import Key
from simulator.objects.node import Node
from tests.kubelet.world import cluster


@pytest.mark.parametrize(("back_at", "status"), [(None, "Unknown"), ("90s", "True")])
def test_the_ready_condition(tmp_path: Path, back_at: str | None, status: str) -> None:
    actions = [{"at": "10s", "node": "minikube", "down": True}]
    actions += [] if back_at is None else [{"at": back_at, "node": "minikube", "down": False}]
    world = cluster(tmp_path, {}, actions=actions, duration="2m")
    world.run()
    node = world.store.get(Key("Node", "", "minikube"))
    assert isinstance(node, Node)
    assert {item.type: item.status for item in node.status.conditions}["Ready"] == status
