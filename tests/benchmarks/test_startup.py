"""A whole run of the lesson, as a process, against what Python needs to import the two libraries that everybody needs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Note
from tests.conftest import ROOT

BASE = [sys.executable, "-c", "import simpy, yaml"]
RUN = [sys.executable, "-m", "simulator", "run", "scenarios/await-redis"]
HELP = [sys.executable, "-m", "simulator", "--help"]
ROUNDS = 7
MOST = 4.0
COMMIT = os.environ.get("PODSIM_BENCHMARK_BASE", "")
"""A commit to compare with: `make bench BASE=v0.1.0`."""
MORE_ROUNDS = 25
MOST_SLOWER = 1.05


def seconds(command: list[str], environment: dict[str, str], folder: Path = ROOT) -> float:
    """What the process took of a processor: on an idle machine the time it takes, and nearly the same on a busy one."""
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return usage.ru_utime + usage.ru_stime


@pytest.fixture
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compiled modules are kept, as an installation keeps them."""
    cache = tmp_path_factory.mktemp("compiled")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache), "PODSIM_LAST_RUN": str(Path(cache, "last"))}


def test_run_of_the_lesson_takes_at_most_four_times_as_long_as_two_imports(environment: dict[str, str], note: Note) -> None:
    for command in (BASE, RUN, HELP):
        seconds(command, environment)  # fills the caches
    # One after the other, and the best of each.
    rounds = [(seconds(BASE, environment), seconds(RUN, environment), seconds(HELP, environment)) for _ in range(ROUNDS)]
    base, run, help_ = (min(times) for times in zip(*rounds, strict=True))
    note(f"import simpy, yaml {base * 1000:.0f} ms; podsim run {run * 1000:.0f} ms ({run / base:.2f}); podsim --help {help_ * 1000:.0f} ms")
    assert run <= MOST * base
    assert help_ <= 2 * base


@pytest.mark.skipif(not COMMIT, reason="PODSIM_BENCHMARK_BASE names no commit to compare with")
def test_start_up_is_as_fast_as_it_was(environment: dict[str, str], tmp_path: Path, note: Note) -> None:
    """Both trees in turn, so that a machine that gets slower meanwhile slows both; the best of each."""
    old = tmp_path / "old"
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(old), COMMIT], cwd=ROOT, check=True)
    try:
        ratios = {}
        for name, command in (("podsim --help", HELP), ("podsim run", RUN)):
            for folder in (old, ROOT):
                seconds(command, environment, folder)
            rounds = [(seconds(command, environment, old), seconds(command, environment)) for _ in range(MORE_ROUNDS)]
            before, now = (min(times) for times in zip(*rounds, strict=True))
            ratios[name] = now / before
            note(f"{name}: {before * 1000:.1f} ms at {COMMIT}, {now * 1000:.1f} ms now ({now / before:.3f})")
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(old)], cwd=ROOT, check=True)
    assert {name: ratio for name, ratio in ratios.items() if ratio > MOST_SLOWER} == {}
