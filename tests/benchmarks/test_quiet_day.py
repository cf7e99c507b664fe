"""A healthy day costs no more than its first 90 minutes: probes and syncs that cannot change anything are not simulated."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from simulator.cluster import Cluster
from simulator.scenario.inputs import Choices, gather
from simulator.units import HOUR
from tests.benchmarks.conftest import Note
from tests.kubelet.world import cluster, skipping_nothing

CONFIG = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"mode": "fast"}}
HEALTHY = {
    "containers": [
        {
            "name": "main",
            "readinessProbe": {"httpGet": {"port": 8080}, "periodSeconds": 5},
            "livenessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 10},
            "startupProbe": {"exec": {"command": ["check"]}, "periodSeconds": 1},
        }
    ]
}
MOUNT = {"name": "settings", "mountPath": "/etc/settings"}
PROGRAMS = [{"match": {"container": "main"}, "runs": [{"listen": [{"port": 8080, "from": "1s"}]}]}]


def deployment(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Ten pods."""
    container = {**next(iter(spec.get("containers", [{}]))), "name": "main", "image": "nginx:1.27", "volumeMounts": [MOUNT]}
    container.pop("startupProbe", None)
    volumes = [{"name": "settings", "configMap": {"name": "settings"}}]
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], "volumes": volumes}}
    body = {"replicas": 10, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": body}


def steps(folder: Path, duration: str, *, every_tick: bool = False) -> tuple[int, float]:
    """How many events the engine played, and what they took of a processor (seconds)."""
    found = cluster(folder, HEALTHY, programs=PROGRAMS, duration=duration)
    if every_tick:
        skipping_nothing(found)
    played = 0
    step = found.engine._env.step

    def counted() -> None:
        nonlocal played
        played += 1
        step()

    found.engine._env.step = counted
    begun = time.process_time()
    found.run()
    return played, time.process_time() - begun


def test_a_healthy_day_costs_what_its_first_90_minutes_cost(tmp_path: Path, note: Note) -> None:
    """After an hour, the API server deletes the events of the start."""
    minutes, _ = steps(tmp_path, "90m")
    day, took = steps(tmp_path, "24h")
    every_tick, took_then = steps(tmp_path, "24h", every_tick=True)
    note(f"90 minutes {minutes} events; a day {day} events, {took:.2f} s; with every probe and sync {every_tick} events, {took_then:.2f} s")
    assert day <= minutes + 1
    assert every_tick > 300_000


def test_an_hour_without_change_needs_at_most_one_event_per_node(tmp_path: Path) -> None:
    """Heartbeats included. Some pods have probes, some lack them; all read a ConfigMap."""
    nodes = 3
    (tmp_path / "app.yaml").write_text(
        "\n---\n".join(json.dumps(item) for item in (CONFIG, deployment("probed", HEALTHY), deployment("plain", {})))
    )
    world = Cluster(gather([str(tmp_path / "app.yaml")], Choices(duration=3 * HOUR, nodes=nodes)))
    played = 0
    step = world.engine._env.step

    def counted() -> None:
        nonlocal played
        played += 1
        step()

    world.begin()
    world.play(2 * HOUR)
    world.engine._env.step = counted  # type: ignore[method-assign]
    before = len(world.journal)
    world.play(3 * HOUR)
    assert len(world.journal) == before
    assert played <= nodes
