"""A saved journal of 1,000 pods is small, loads at once, and every view of it is a look-up."""

from __future__ import annotations

import cProfile
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import simulator
from tests.benchmarks.conftest import Note

PODS = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1000
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: nginx:1.27
        ports: [{containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10}
        livenessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 10}
        resources: {requests: {cpu: 10m, memory: 16Mi}}
"""
LOAD = """
import sys, time
import simulator
begun = time.process_time()
run = simulator.load(sys.argv[1])
# Not ru_maxrss: Linux keeps the parent's peak in it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(time.process_time() - begun, int(peak.split()[1]) / 1024)
"""


MOST_CALLS = 400_000
"""Of a view: about 100 ms on a machine of 2026."""


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The journal of a start of 1,000 pods, and the number of its records."""
    folder = tmp_path_factory.mktemp("journal")
    (folder / "day.yaml").write_text(PODS)
    run = simulator.run(str(folder / "day.yaml"), nodes=10, duration="10m")
    run.save(folder / "day.journal")
    return folder / "day.journal", len(run.journal)


def test_it_is_small(saved: tuple[Path, int], note: Note) -> None:
    file, records = saved
    size = file.stat().st_size / records
    note(f"journal of 1,000 pods: {records:,} records, {size:.1f} bytes each")
    assert size <= 60


def test_it_loads_at_once(saved: tuple[Path, int], note: Note) -> None:
    printed = subprocess.run([sys.executable, "-c", LOAD, str(saved[0])], capture_output=True, text=True, check=True).stdout
    seconds, megabytes = map(float, printed.split())
    note(f"journal of 1,000 pods: loads in {seconds:.2f} CPU s, {megabytes:.0f} MB")
    assert megabytes <= 300


def test_views_are_look_ups(saved: tuple[Path, int], note: Note) -> None:
    run = simulator.load(saved[0])
    pod = run.journal.keys("Pod")[500].name
    views: dict[str, Callable[[], object]] = {
        "describe": lambda: run.at("20s").describe(f"pod/{pod}"),
        "why": lambda: run.why(f"pod/{pod}", at="20s"),
        "story of a pod": lambda: run.story(f"pod/{pod}"),
        "timeline": run.timeline,
        "graph": lambda: str(run.graph()),
    }
    taken = {name: statistics.median(_milliseconds(view) for _ in range(5)) for name, view in views.items()}
    note("views of 1,000 pods, ms: " + ", ".join(f"{name} {ms:.0f}" for name, ms in taken.items()))
    calls = {name: _calls(view) for name, view in views.items()}
    assert max(calls.values()) <= MOST_CALLS, calls


def _calls(view: Callable[[], object]) -> int:
    """How many calls of functions a view takes: the same on every machine."""
    profile = cProfile.Profile()
    profile.runcall(view)
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined,no-any-return]


def _milliseconds(view: Callable[[], object]) -> float:
    begun = time.process_time()
    view()
    return (time.process_time() - begun) * 1000
