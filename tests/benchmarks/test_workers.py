"""How many runs a second, and how much a second worker helps. Prints; how busy the machine is decides, so no time is asserted."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from simulator.whatif.engines.engine import serial
from simulator.whatif.engines.processes import available, processes
from simulator.whatif.plan import Outcome, Plan
from simulator.whatif.sweep import make_plan
from tests.benchmarks.conftest import Note
from tests.conftest import ROOT

RUNS = int(os.environ.get("PODSIM_BENCHMARK_RUNS", "24"))
"""Enough to show that it works; 1000 or more for numbers worth writing down."""


def timed(play: Callable[[], list[Outcome]]) -> tuple[float, list[Outcome]]:
    begun = time.perf_counter()
    outcomes = play()
    return time.perf_counter() - begun, sorted(outcomes)


def test_runs_a_second(note: Note) -> None:
    plan: Plan = make_plan([str(ROOT / "scenarios" / "redis-late")], {}, ["time-to-ready"], RUNS)
    tasks = plan.tasks()
    list(processes(1)(plan, tasks[:1]))  # the server of workers starts once
    took: dict[str, float] = {}
    found: dict[str, list[Outcome]] = {}
    engines = {"in this process": serial, "1 worker": processes(1), "2 workers": processes(2)}
    for name, engine in engines.items():
        took[name], found[name] = timed(lambda engine=engine: [o for piece in engine(plan, tasks) for o in piece])  # type: ignore[misc]
    times = ", ".join(f"{name} {1000 * seconds / RUNS:.1f} ms a run" for name, seconds in took.items())
    ratio = took["1 worker"] / took["2 workers"]
    note(f"{RUNS} runs: {times}; two workers are {ratio:.2f} times as fast as one ({available()} processors)")
    assert found["1 worker"] == found["2 workers"] == found["in this process"]
