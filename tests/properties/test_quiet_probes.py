"""Probes that cannot change anything are skipped, without any difference in the journal."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.scenario.inputs import gather
from tests.conformance.play import play
from tests.conformance.traces import Case, all_cases
from tests.kubelet.world import cluster, probing_every_tick
from tests.properties.worlds import World, worlds


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
def test_both_journals_of_a_random_pod_are_equal(world: World) -> None:
    with tempfile.TemporaryDirectory() as folder:
        skipping = cluster(Path(folder), world.spec, **{**world.scenario, "duration": "5m"}).run()
        playing = probing_every_tick(cluster(Path(folder), world.spec, **{**world.scenario, "duration": "5m"})).run()
    assert list(dump(skipping)) == list(dump(playing))


@pytest.mark.parametrize(
    "case", [case for case in all_cases() if case.family in ("live", "ready", "startup", "sidecar", "prestop")], ids=str
)
def test_both_journals_of_a_recorded_pod_are_equal(case: Case, tmp_path: Path) -> None:
    skipping = play(case.takes[0], case.release, 3, tmp_path)
    playing = probing_every_tick(Cluster(gather([str(tmp_path)]))).run()
    assert list(dump(skipping)) == list(dump(playing))
