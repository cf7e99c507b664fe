"""Same input and seed, same bytes: in other surroundings, and whatever the order in which objects are written down."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

from simulator.journal.lines import dump
from simulator.public.runs import run
from tests.conftest import ROOT, Podsim
from tools.determinism import SURROUNDINGS, Surroundings, digests_elsewhere

SCENARIOS = sorted(file.parent.name for file in (ROOT / "scenarios").glob("*/scenario.yaml"))
VIEWED = ("rolling-update",)
"""Scenarios of which all views are compared."""


@cache
def digests(around: Surroundings, *options: str) -> dict[str, str]:
    """What `make determinism` compares, for the first seed and this Python."""
    scenarios = list(SCENARIOS if "--journals" in options else VIEWED)
    return digests_elsewhere(sys.executable, around, scenarios, ["--seeds", "1", *options, "--scenarios", *scenarios])


@pytest.mark.parametrize("around", SURROUNDINGS[1:], ids=lambda around: around.zone)
def test_surroundings_change_no_journal(around: Surroundings) -> None:
    expected = digests(SURROUNDINGS[0], "--journals")
    assert len(expected) == len(SCENARIOS) > 20
    assert digests(around, "--journals") == expected


def test_surroundings_change_no_view() -> None:
    expected = digests(SURROUNDINGS[0])
    assert len(expected) >= 15 * len(VIEWED)
    assert digests(SURROUNDINGS[1]) == expected


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
