"""Probes that cannot change anything are skipped, without any difference in the journal."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.cluster import Cluster
from simulator.journal.lines import dump
from simulator.scenario.inputs import gather
from tests.conformance.play import play
from tests.conformance.traces import Case, all_cases
from tests.depth import tries
from tests.kubelet.world import cluster, skipping_nothing
from tests.properties.worlds import World, handlers, worlds

SETTINGS = settings(
    max_examples=tries(120), deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
probes = st.builds(
    lambda handler, period, failures, timeout: {
        **handler,
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": timeout,
    },
    handlers,
    st.integers(1, 4),
    st.integers(1, 5),
    st.integers(1, 2),
)
times = st.integers(1, 9).map(lambda n: f"{n}s")
delays = st.sampled_from(["0s", "0s", "500ms", "1s", "1500ms"])
runs = st.fixed_dictionaries(
    {},
    optional={
        "exitAfter": times,
        "listen": times.map(lambda t: [{"port": 8080, "from": t}]),
        "http": st.builds(lambda t, delay: [{"path": "/", "status": 500, "from": t, "delay": delay}], times, delays),
        "exec": st.builds(lambda t, delay: [{"command": "check", "exit": 1, "to": t, "delay": delay}], times, delays),
    },
)


@st.composite
def probed(draw: st.DrawFn) -> World:
    """Containers with two or three probes each, whose ticks coincide, and which fail, restart and answer late."""
    kinds = st.lists(st.sampled_from(["startup", "liveness", "readiness"]), min_size=2, max_size=3, unique=True)
    names = [f"main-{i}" for i in range(draw(st.integers(1, 2)))]
    containers = [{"name": name, **{f"{kind}Probe": draw(probes) for kind in draw(kinds)}} for name in names]
    programs = [{"match": {"container": name}, "runs": draw(st.lists(runs, min_size=2, max_size=3))} for name in names]
    release = draw(st.sampled_from(["1.30", "1.32", "1.36"]))
    return World({"containers": containers}, {"kubernetes": release, "seed": draw(st.integers(0, 1000)), "programs": programs})


def assert_no_difference(world: World, **changes: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        skipping = cluster(Path(folder), world.spec, **{**world.scenario, **changes}).run()
        playing = skipping_nothing(cluster(Path(folder), world.spec, **{**world.scenario, **changes})).run()
    assert list(dump(skipping)) == list(dump(playing))


@SETTINGS
@given(world=worlds())
def test_both_journals_of_a_random_pod_are_equal(world: World) -> None:
    assert_no_difference(world, duration="5m")


@SETTINGS
@given(world=probed())
def test_both_journals_of_containers_with_several_probes_are_equal(world: World) -> None:
    assert_no_difference(world, duration="90s")


@pytest.mark.parametrize("startup_period", [1, 2, 3])
def test_probes_of_a_second_instance_are_not_skipped_at_a_common_tick(startup_period: int) -> None:
    """The startup probe succeeds at a tick of the liveness probe, which began to be skipped at another time than the startup probe."""
    container = {
        "name": "main",
        "startupProbe": {"exec": {"command": ["check"]}, "periodSeconds": startup_period, "failureThreshold": 30},
        "livenessProbe": {"httpGet": {"path": "/", "port": 8080}, "periodSeconds": 1},
        "readinessProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 2},
    }
    first = {"listen": [{"port": 8080, "to": "2s"}]}
    second = {"exec": [{"command": "check", "exit": 1, "to": "3s"}]}
    assert_no_difference(World({"containers": [container]}, {"programs": [{"match": {"container": "main"}, "runs": [first, second]}]}))


@pytest.mark.parametrize(
    "case", [case for case in all_cases() if case.family in ("live", "ready", "startup", "sidecar", "prestop")], ids=str
)
def test_both_journals_of_a_recorded_pod_are_equal(case: Case, tmp_path: Path) -> None:
    skipping = play(case.takes[0], case.release, 3, tmp_path)
    playing = skipping_nothing(Cluster(gather([str(tmp_path)]))).run()
    assert list(dump(skipping)) == list(dump(playing))
