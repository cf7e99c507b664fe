"""A healthy day costs hardly more than a healthy minute: probes that cannot say anything new are not played."""

from __future__ import annotations

import time
from pathlib import Path

from tests.benchmarks.conftest import Note
from tests.kubelet.world import cluster, probing_every_tick

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
PROGRAMS = [{"match": {"container": "main"}, "runs": [{"listen": [{"port": 8080, "from": "1s"}]}]}]


def steps(folder: Path, duration: str, *, every_tick: bool = False) -> tuple[int, float]:
    """How many events the engine played, and what they took of a processor (seconds)."""
    found = cluster(folder, HEALTHY, programs=PROGRAMS, duration=duration)
    if every_tick:
        probing_every_tick(found)
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


def test_a_healthy_day_costs_its_resyncs_and_no_probes(tmp_path: Path, note: Note) -> None:
    minute, _ = steps(tmp_path, "1m")
    day, took = steps(tmp_path, "24h")
    every_tick, took_then = steps(tmp_path, "24h", every_tick=True)
    note(f"a minute {minute} events; a day {day} events, {took:.2f} s; with every probe {every_tick} events, {took_then:.2f} s")
    resyncs = 24 * 60
    assert day < minute + 8 * resyncs
    assert day < every_tick / 5
