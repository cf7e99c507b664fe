"""Restart delays are spread as the real kubelet spreads them: the two distributions cannot be distinguished."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest
from scipy.stats import ks_2samp

from simulator.journal.snapshot import Snapshot
from tests.conformance.play import play

DATA = Path(__file__).parents[1] / "data" / "kubelet" / "restart-delays.json"
RECORDED: dict[str, list[list[float]]] = {release: data["delays"] for release, data in json.loads(DATA.read_text())["releases"].items()}
PODS = 72
"""So many are simulated for each release; their arrivals are spread over the relist period."""
DURATION = 700

CRASHING = {
    "id": "crash",
    "duration": DURATION,
    "startTime": "2026-11-22T10:00:00.3Z",
    "serializeImagePulls": True,
    "pod": {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "crash"},
        "spec": {"containers": [{"name": "main", "image": "registry.test/app:1"}]},
    },
    "behavior": {"sandbox": 0.2, "containers": {"main": {"create": 0.02, "start": 0.03, "runs": [{"exitAfter": 1, "exitCode": 1}]}}},
}


def delays_of(snapshot: Snapshot) -> list[float]:
    """Seconds from the k-th exit to the next start."""
    starts = [fact.t for fact in snapshot.facts("container.started")]
    exits = [fact.t for fact in snapshot.facts("container.exited")]
    return [(start - end) / 1e9 for end, start in zip(exits, starts[1:], strict=False)]


@lru_cache(maxsize=2)
def simulated(release: str, folder: Path) -> list[list[float]]:
    """The delays of all simulated pods, by number of the restart."""
    result: list[list[float]] = [[] for _ in RECORDED[release]]
    for seed in range(PODS):
        trace = {**CRASHING, "relist": {"phase": seed / PODS, "period": 1.008}}
        for delays, delay in zip(result, delays_of(play(trace, release, seed, folder).at()), strict=False):
            delays.append(delay)
    return result


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("crash")


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("release", list(RECORDED))
def test_delays_cannot_be_distinguished_from_recorded_ones(release: str, number: int, folder: Path) -> None:
    real, fake = RECORDED[release][number], simulated(release, folder)[number]
    assert len(fake) >= PODS * 0.9
    assert ks_2samp(real, fake).pvalue > 0.05


def test_the_test_distinguishes_the_releases() -> None:
    """1.32 looks every 10 to 15 s whether the back-off is over, 1.36 at its end: a simulation of the wrong release would be noticed."""
    assert min(ks_2samp(*pair).pvalue for pair in zip(RECORDED["1.32"], RECORDED["1.36"], strict=True)) < 0.05
