"""The story of some objects reads only the records about them: it is what remains of the whole story."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulator
from simulator.views.story.collect import Choice, family, story

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("scenario", ["requests-lost", "cronjob-overlap", "statefulset-ordered", "redis-late"])
def test_it_is_what_remains_of_the_whole_story(scenario: str) -> None:
    journal = simulator.run(str(ROOT / "scenarios" / scenario)).journal
    everything = Choice(everything=True, fold=False)
    for t in (5_000_000_000, journal.end // 2, journal.end):
        snapshot = journal.at(t)
        whole = story(snapshot, None, everything).entries
        for key in snapshot.known():
            keys = family(snapshot, [key])
            assert story(snapshot, [key], everything).entries == [entry for entry in whole if entry.about in keys], key


def test_a_family_is_all_that_is_controlled() -> None:
    journal = simulator.run(str(ROOT / "scenarios/cronjob-overlap")).journal
    snapshot = journal.at()
    (cron_job,) = snapshot.known("CronJob")
    assert {key.kind for key in family(snapshot, [cron_job])} == {"CronJob", "Job", "Pod"}
    assert family(journal.at(0), [cron_job]) == {cron_job}
