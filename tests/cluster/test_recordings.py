"""Whole clusters agree with recorded real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cluster.compact import KINDS, TOOLS, compact, recordings_of
from tests.cluster.recordings import FRESH, PUBLISHED, RECORDED, RESTARTS, ROOT, UNEXPLAINED, names, outcomes, recordings

SHARED = ROOT.parent / "shared"

PAGE = Path(__file__).parents[2] / "docs" / "controllers.md"


@pytest.mark.parametrize("name", [name for name in names() if name not in UNEXPLAINED])
def test_a_simulated_cluster_agrees_with_the_recorded_one(name: str) -> None:
    outcome = outcomes()[name]
    assert outcome.seed is not None, "\n".join(outcome.differences[:5])


@pytest.mark.parametrize("name", names(RESTARTS))
def test_restarts_agree_with_recorded_ones(name: str) -> None:
    outcome = outcomes(RESTARTS)[name]
    assert outcome.seed is not None, "\n".join(outcome.differences[:5])


@pytest.mark.parametrize("name", [name for name in names(FRESH) if name not in UNEXPLAINED])
def test_later_recordings_agree(name: str) -> None:
    outcome = outcomes(FRESH)[name]
    assert outcome.seed is not None, "\n".join(outcome.differences[:5])


@pytest.mark.parametrize("name", sorted(UNEXPLAINED))
def test_what_does_not_agree_is_on_the_page(name: str) -> None:
    assert f"`{name}`" in PAGE.read_text()


@pytest.mark.parametrize("name", sorted(UNEXPLAINED))
def test_what_is_called_unexplained_does_not_agree(name: str) -> None:
    assert (outcomes(FRESH) if name in names(FRESH) else outcomes())[name].seed is None, "it agrees: take it from the list"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the full recordings are not beside the project")
def test_the_copy_is_what_was_recorded_and_published() -> None:
    for copy in KINDS:
        full = [json.loads(path.read_text()) for path in recordings_of(SHARED, copy)]
        assert recordings(copy) == {recording["id"]: compact(recording) for recording in full}
    for room, tools in TOOLS.items():
        for tool in tools:
            assert (PUBLISHED / room / f"{tool}.py").read_bytes() == (SHARED / room / f"{tool}.py").read_bytes()


def test_the_page_counts_them() -> None:
    known = len(names(RECORDED)) + len(names(FRESH))
    assert f"**{known - len(UNEXPLAINED)} of {known} recordings agree**" in PAGE.read_text()
