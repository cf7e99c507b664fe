"""The sentence of what happens now: the words of the story, the pods that are furthest behind, and counts."""

from __future__ import annotations

from itertools import pairwise

import pytest

from simulator.metrics.timeline import timeline
from simulator.public.runs import run
from simulator.units import SECOND
from simulator.views.caption import caption
from tests.conftest import ROOT


def sentence(scenario: str, seconds: float) -> str:
    snapshot = run(ROOT / "scenarios" / scenario).journal.at()
    return [text for t, text in caption(snapshot, timeline(snapshot)) if t <= seconds * SECOND][-1]


@pytest.mark.parametrize(
    ("scenario", "seconds", "expected"),
    [
        ("redis-late", 0, "redis: container is being created · 0 of 3 pods ready"),
        ("redis-late", 20, "redis pulls its image · await-redis calls data-tier:6379: connection refused (×2) · 0 of 3 pods ready"),
        ("redis-late", 100, "3 of 3 pods ready"),
        ("await-redis", 60, 'server: readiness probe errors: strconv.Atoi: parsing "server": invalid syntax (×2) · 1 of 3 pods ready'),
        ("crash-loop", 30, "worker: next start in 20s, at 42.2s · 0 of 1 pod ready"),
        ("unschedulable", 10, "web is not scheduled yet · 0 of 1 pod ready"),
        ("job-retries", 10, "import failed with exit code 1 · No pods"),
        ("sidecar", 32, "app is terminating · 1 of 1 pod ready"),
    ],
)
def test_what_happens_now(scenario: str, seconds: float, expected: str) -> None:
    assert sentence(scenario, seconds) == expected


def test_it_begins_at_the_start_and_changes_each_time() -> None:
    snapshot = run(ROOT / "scenarios" / "await-redis").journal.at()
    sentences = caption(snapshot, timeline(snapshot))
    assert sentences[0] == (0, "1 of 3 pods ready"), "the other tier was there before"
    assert all(before[1] != after[1] and before[0] < after[0] for before, after in pairwise(sentences))
