"""The comparator itself: what it lets pass and what it finds, and that it judges as the tools that came with the recordings do."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from simulator.journal.lines import dump
from tests.conformance import agreement, series
from tests.conformance.play import manifests, play, pod_key, scenario
from tests.conformance.series import AllSeries, Series
from tests.conformance.traces import FOLDER, Case, all_cases, case

SHARED = FOLDER.parents[3] / "shared" / "conformance"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the original recordings are not there")


def one(name: str, *entries: tuple[float, Any]) -> AllSeries:
    series_of_one = Series()
    for t, value in entries:
        series_of_one.add(t, value)
    return {name: series_of_one}


def test_sharp_times_may_differ_by_a_third_of_a_second() -> None:
    assert agreement.compare(one("phase", (5, "Running")), one("phase", (5.34, "Running")), 60).agrees
    assert not agreement.compare(one("phase", (5, "Running")), one("phase", (5.36, "Running")), 60).agrees


def test_after_a_random_wait_times_may_differ_by_that_wait() -> None:
    failed = ("Warning", "BackOff", "Back-off")
    real = one("events pod", (4, failed)) | one("phase", (30, "Running"))
    assert agreement.compare(real, one("events pod", (4, failed)) | one("phase", (46, "Running")), 90).agrees
    assert not agreement.compare(real, one("events pod", (4, failed)) | one("phase", (47.5, "Running")), 90).agrees


def test_values_and_their_number_must_be_equal() -> None:
    real = one("phase", (0, "Pending"), (2, "Running"))
    assert (
        "real Running != simulated Failed" in agreement.compare(real, one("phase", (0, "Pending"), (2, "Failed")), 60).differences[0].text
    )
    assert "missing #2" in agreement.compare(real, one("phase", (0, "Pending")), 60).differences[0].text
    extra = one("phase", (0, "Pending"), (2, "Running"), (4, "Failed"))
    assert "extra #3" in agreement.compare(real, extra, 60).differences[0].text


def test_an_event_at_the_very_end_may_be_missing() -> None:
    assert agreement.compare(one("phase", (0, "Pending"), (59.8, "Running")), one("phase", (0, "Pending")), 60).agrees


def test_an_event_that_repeats_is_counted() -> None:
    failed = ("Warning", "Unhealthy", "Readiness probe failed")
    real = one("events pod", *((t, failed) for t in range(5)), (10.0, ("Normal", "Pulled", "")))
    fake = one("events pod", *((t, failed) for t in range(3)), (10.0, ("Normal", "Pulled", "")))
    assert "came 5 times, simulated 3" in agreement.compare(real, fake, 60).differences[0].text


# ---- against the tools of the recordings


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SHARED / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def originals(recorded: Case) -> list[dict[str, Any]]:
    paths = sorted((SHARED / "traces" / recorded.release).glob(f"{recorded.id}.*json"))
    return [json.loads(path.read_text()) for path in paths]


@needs_shared
@pytest.mark.parametrize("recorded", all_cases()[::7], ids=str)
def test_the_scenario_is_the_one_of_the_recordings_tool(recorded: Case) -> None:
    to_scenario = tool("to_scenario")
    for trace, original in zip(recorded.takes, originals(recorded), strict=True):
        assert manifests(trace) == to_scenario.manifests_of(original)
        assert scenario(trace, recorded.release, 3) == to_scenario.scenario_of(original, 3)


@needs_shared
@pytest.mark.parametrize("recorded", all_cases()[::7], ids=str)
def test_verdicts_are_those_of_the_recordings_tool(recorded: Case, tmp_path: Path) -> None:
    """Also where they are not kind: not every seed agrees."""
    compare = tool("compare")
    for trace, original in zip(recorded.takes, originals(recorded), strict=True):
        for seed in (0, 5):
            journal = play(trace, recorded.release, seed, tmp_path)
            ours = agreement.compare(series.recorded(trace), series.simulated(journal, pod_key(trace)), trace["duration"])
            assert len(ours.differences) == len(compare.compare(original, dump(journal)))


@needs_shared
def test_both_tools_see_a_known_disagreement(tmp_path: Path) -> None:
    recorded = case("1.32/ready-after-restart")
    compare = tool("compare")
    for trace, original in zip(recorded.takes, originals(recorded), strict=True):
        journal = play(trace, "1.32", 0, tmp_path)
        theirs = compare.compare(original, dump(journal))
        ours = agreement.compare(series.recorded(trace), series.simulated(journal, pod_key(trace)), trace["duration"])
        assert theirs
        assert len(ours.differences) == len(theirs)
