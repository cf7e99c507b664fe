"""A timeline that is cut is the timeline that would have been read."""

from __future__ import annotations

import pytest

from simulator.journal.journal import Journal
from simulator.journal.records import Fact
from simulator.metrics.cut import cut
from simulator.metrics.timeline import timeline
from simulator.public.runs import run
from tests.conftest import ROOT

SCENARIOS = sorted(path.name for path in (ROOT / "scenarios").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("facts", [True, False], ids=["simulated", "recorded"])
def test_cut_is_what_is_read_at_that_instant(name: str, facts: bool) -> None:
    played = run(ROOT / "scenarios" / name).journal
    journal = played if facts else Journal(played.header, [record for record in played if not isinstance(record, Fact)])
    whole = timeline(journal.at())
    written = sorted({record.t for record in journal})
    for t in written[:: max(1, len(written) // 25)]:
        for instant in (t, t - 1):
            if instant >= 0:
                assert cut(whole, instant) == timeline(journal.at(instant)), f"{name} at {instant}"
