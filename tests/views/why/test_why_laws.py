"""Laws of `why` and `story`: what is told of an instant needs nothing later, and something can be told of everything, at any time."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.cluster import simulate
from simulator.journal.journal import Journal
from simulator.journal.lines import load
from simulator.objects.kinds import Key
from simulator.views.why.because import Because, as_json
from simulator.views.why.question import explain, explain_unready
from tests.conftest import ROOT
from tests.depth import tries
from tests.views.why.test_why_situations import FILES, played

SCENARIOS = sorted(file.parent for file in ROOT.glob("scenarios/*/scenario.yaml"))
RECORDINGS = sorted((ROOT.parent / "shared" / "cluster" / "recordings").glob("*.json"))
NOT_ASKED = ("Event", "Lease")


@cache
def journal_of(place: Path) -> Journal:
    """The journal of a scenario, or of a recorded real cluster."""
    if place.is_dir():
        return simulate([str(place)])
    sys.path.insert(0, str(ROOT.parent / "shared" / "cluster"))
    from as_journal import journal  # type: ignore[import-not-found]

    return load(json.dumps(line) for line in journal(json.loads(place.read_text(encoding="utf-8"))))


def cut(journal: Journal, t: int) -> Journal:
    """The journal as it was at that instant."""
    return Journal(journal.header, [record for record in journal if record.t <= t])


def keys_at(journal: Journal, t: int) -> list[Key]:
    """Everything that can be asked about at an instant."""
    known = journal.keys()
    return sorted(key for key in known if key.kind not in NOT_ASKED and journal.object_at(key, t) is not None)


def told(journal: Journal, t: int) -> list[Any]:
    """All that is told of an instant."""
    snapshot = journal.at(t)
    return [as_json(tree) for tree in (*explain(snapshot, keys_at(journal, t)), *explain_unready(snapshot, None))]


def is_well_formed(tree: Because, t: int) -> bool:
    """Whether every line says something, and nothing that happened lies in the future."""
    return all(line.text and "None" not in line.text and (line.t is None or line.t <= t) for line in tree.walk())


@settings(max_examples=tries(25), deadline=None, derandomize=True)
@given(data=st.data(), place=st.sampled_from(SCENARIOS))
def test_what_is_told_needs_nothing_later(data: st.DataObject, place: Path) -> None:
    journal = journal_of(place)
    t = data.draw(st.sampled_from(sorted({record.t for record in journal})))
    assert told(journal, t) == told(cut(journal, t), t)


@settings(max_examples=tries(60), deadline=None, derandomize=True)
@given(data=st.data(), place=st.sampled_from(SCENARIOS + RECORDINGS))
def test_everything_can_be_asked_about_at_any_time(data: st.DataObject, place: Path) -> None:
    journal = journal_of(place)
    t = data.draw(st.integers(0, journal.end))
    for tree in explain(journal.at(t), keys_at(journal, t)):
        assert is_well_formed(tree, t), as_json(tree)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_situations_can_be_asked_about_at_every_change(file: Path, tmp_path: Path) -> None:
    _, journal = played(file, tmp_path)
    for t in sorted({record.t for record in journal})[:: 1 + len(journal) // 60]:
        for tree in (*explain(journal.at(t), keys_at(journal, t)), *explain_unready(journal.at(t), None)):
            assert is_well_formed(tree, t), as_json(tree)
