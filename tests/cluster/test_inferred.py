"""What is inferred from recorded real clusters plays as they did, where the recordings are at hand."""

from __future__ import annotations

from functools import cache

import pytest

from tests.cluster.inferred import PAGE, UNEXPLAINED, Outcome, outcomes, write
from tests.cluster.recordings import names

results = cache(outcomes)


@pytest.mark.skipif(not names(), reason="the recordings are not beside the project")
def test_times_agree_within_two_seconds_except_where_the_page_says_why() -> None:
    assert {outcome.name for outcome in results() if outcome.different} == set(UNEXPLAINED)


@pytest.mark.skipif(not names(), reason="the recordings are not beside the project")
def test_nearly_every_pod_is_ready_when_it_was() -> None:
    total = [sum(getattr(outcome, field) for outcome in results()) for field in ("ready", "ready_within_1")]
    assert total[1] >= 0.95 * total[0]


@pytest.mark.skipif(not names(), reason="the recordings are not beside the project")
def test_the_page_is_true() -> None:
    assert write(results()) == PAGE.read_text(encoding="utf-8"), "python -m tests.cluster.inferred"


def test_the_page_names_what_differs() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in UNEXPLAINED)
    assert isinstance(write([Outcome("a", 1, 1, 1, 1, 1, [])]), str)
