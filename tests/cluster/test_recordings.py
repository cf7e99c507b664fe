"""Whole clusters agree with recorded real ones, where the recordings are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.recordings import UNEXPLAINED, names, outcomes

PAGE = Path(__file__).parents[2] / "docs" / "controllers.md"


@pytest.mark.parametrize("name", [name for name in names() if name not in UNEXPLAINED])
def test_a_simulated_cluster_agrees_with_the_recorded_one(name: str) -> None:
    found = outcomes()[name]
    assert found.seed is not None, "\n".join(found.differences[:5])


@pytest.mark.parametrize("name", sorted(UNEXPLAINED))
def test_what_does_not_agree_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text()


@pytest.mark.skipif(not names(), reason="the recordings are not beside the project")
def test_the_page_counts_them() -> None:
    assert f"**{len(names()) - len(UNEXPLAINED)} of {len(names())} recordings agree**" in PAGE.read_text()
