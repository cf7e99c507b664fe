"""Same input and seed, same bytes: across processes, hash seeds, and the order in which objects are written down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.journal.lines import dump
from simulator.public.runs import run
from tests.conftest import ROOT, Podsim

SCENARIOS = sorted(file.parent.name for file in (ROOT / "scenarios").glob("*/scenario.yaml"))


def journal_in_a_process(scenario: str, hash_seed: str, folder: Path) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo" if hash_seed == "1" else "UTC"}
    command = [sys.executable, "-m", "simulator", "run", str(ROOT / "scenarios" / scenario), "-o", "journal"]
    return subprocess.run(command, cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, check=True).stdout


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_processes_and_hash_seeds_change_no_byte(scenario: str, tmp_path: Path) -> None:
    one = journal_in_a_process(scenario, "0", tmp_path)
    assert one.count(b"\n") > 20
    for hash_seed in ("1", "4242"):
        assert journal_in_a_process(scenario, hash_seed, tmp_path) == one


def test_two_runs_in_one_process_are_equal() -> None:
    first, second = (list(dump(run(ROOT / "scenarios" / "redis-late").journal)) for _ in range(2))
    assert first == second


def test_another_seed_is_another_run() -> None:
    names = {run(ROOT / "scenarios" / "redis-late", seed=seed).at().pod("app-tier").name for seed in range(3)}
    assert len(names) == 3


def test_a_view_of_the_whole_is_the_view_of_the_part(podsim: Podsim, tmp_path: Path) -> None:
    """A view at t of the whole journal equals the view of the journal cut at t."""
    folder = ROOT / "scenarios" / "await-redis-retries"
    whole = list(dump(run(folder).journal))
    cut_at = 20.0
    records = [line for line in whole[1:] if float(line.partition('"t":')[2].partition(",")[0]) <= cut_at]
    cut, full = tmp_path / "cut.journal", tmp_path / "full.journal"
    cut.write_text("\n".join([whole[0], *records]), encoding="utf-8")
    full.write_text("\n".join(whole), encoding="utf-8")
    assert len(records) < len(whole) - 1
    for words in (("get", "pods,svc,endpointslices,events", "-A"), ("describe", "pod", "app-tier"), ("events", "-A")):
        views = [podsim(*words, "--from", str(file), "--at", "20s").out for file in (cut, full)]
        assert views[0] == views[1] != ""
