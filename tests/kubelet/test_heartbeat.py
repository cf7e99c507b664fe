"""A node that stops reporting, and one that comes back."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from simulator.journal.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.node import Node
from simulator.units import SECOND
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


def readiness(journal: Journal, since: int) -> list[tuple[str, str]]:
    """Status and message of the node's condition Ready at each of its writes, in turn."""
    writes = [write.item for write in journal.writes_until(10**12, Key("Node", "", "minikube")) if write.t >= since]
    seen = [(one.status, one.message) for item in writes for one in item.status.conditions if one.type == "Ready"]
    return [state for state, _ in groupby(seen)]


@pytest.mark.rule("PRC-04")
def test_a_kubelet_that_hung_may_first_say_that_the_runtime_is_down(tmp_path: Path) -> None:
    """Two things are due at once; which of them comes first differs from seed to seed, and only after half a minute it matters."""
    ready, down = ("True", "kubelet is posting ready status"), ("False", "container runtime is down")
    seen = set()
    for seed in range(6):
        actions = [{"at": "10s", "node": "minikube", "down": True}, {"at": "95s", "node": "minikube", "down": False}]
        journal = cluster(tmp_path, {}, actions=actions, duration="2m", seed=seed).run()
        seen.add(tuple(readiness(journal, 95 * SECOND)))
    assert seen == {(ready,), (down, ready)}
    short = [{"at": "10s", "node": "minikube", "down": True}, {"at": "35s", "node": "minikube", "down": False}]
    assert readiness(cluster(tmp_path, {}, actions=short, duration="1m").run(), 35 * SECOND) in ([], [ready])
