"""`podsim story`: what it tells, of whom, and how it is chosen and folded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.journal.journal import Journal
from simulator.journal.records import Fact, LogLine
from simulator.objects.kinds import Key
from simulator.views.story.collect import Choice, Story, family, story
from simulator.views.story.entry import THINGS, as_json
from simulator.views.story.lines import lines
from simulator.views.styled import plain
from tests.depth import tries
from tests.views.why.test_why_laws import RECORDINGS, SCENARIOS, cut, journal_of
from tests.views.why.test_why_situations import FILES, played

ALL = Choice(everything=True, fold=False)
TOLD = ("liveness", "terminating", "rollout", "script", "jobs")
"""Situations whose stories are kept as texts."""


def text_of(told: Story, journal: Journal) -> str:
    return plain(lines(told, journal.at(), 120))


@pytest.mark.parametrize("name", TOLD)
def test_a_situation_is_told(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    file = next(file for file in FILES if file.stem == name)
    _, journal = played(file, tmp_path)
    text, golden = text_of(story(journal.at()), journal), file.with_suffix(".story.txt")
    if request.config.getoption("--update-golden"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


@settings(max_examples=tries(20), deadline=None, derandomize=True)
@given(data=st.data(), place=st.sampled_from(SCENARIOS + RECORDINGS))
def test_a_story_needs_nothing_later_and_goes_on_where_it_ended(data: st.DataObject, place: Path) -> None:
    journal = journal_of(place)
    t = data.draw(st.sampled_from(sorted({record.t for record in journal})))
    early = story(journal.at(t), choice=ALL).entries
    assert early == story(cut(journal, t).at(t), choice=ALL).entries
    assert early == [entry for entry in story(journal.at(), choice=ALL).entries if entry.t <= t]
    assert all(entry.thing in THINGS and entry.component and entry.text for entry in early), [as_json(entry) for entry in early]


@pytest.mark.parametrize("place", SCENARIOS, ids=lambda place: place.name)
def test_every_fact_and_every_printed_line_is_told(place: Path) -> None:
    journal = journal_of(place)
    told = story(journal.at(), choice=ALL).entries
    instants = {(entry.t, entry.about) for entry in told}
    for record in journal:
        # What a program is going to do stands in the line about its start.
        if isinstance(record, Fact) and record.what != "container.program":
            assert (record.t, record.about) in instants, record
        elif isinstance(record, LogLine) and record.pod:
            assert (record.t, Key("Pod", record.namespace, record.pod)) in instants, record


def test_folding_keeps_the_count_and_never_crosses_something_else() -> None:
    journal = journal_of(next(place for place in SCENARIOS if place.name == "await-redis"))
    loose, tight = (story(journal.at(), choice=Choice(fold=fold)).entries for fold in (False, True))
    assert sum(entry.times for entry in tight) == len(loose) > len(tight)
    errors = [entry for entry in tight if entry.thing == "probe" and entry.times > 5]
    assert {(entry.text.partition(":")[0], entry.times) for entry in errors}
    starts = [entry.t for entry in tight if entry.thing == "start"]
    for entry in (entry for entry in tight if entry.times > 1):
        between = [t for t in starts if entry.t < t < entry.last]
        same = [other for other in tight if other.about == entry.about and other.thing == "start" and other.t in between]
        assert not same, entry


def test_an_object_comes_with_what_it_controls() -> None:
    journal = journal_of(next(place for place in SCENARIOS if place.name == "redis-late"))
    keys = family(journal.at(), [Key("Deployment", "pb", "data-tier")])
    kinds: dict[str, int] = {}
    for key in keys:
        kinds[key.kind] = kinds.get(key.kind, 0) + 1
    assert kinds == {"Deployment": 1, "ReplicaSet": 1, "Pod": 1}
    about = {entry.about for entry in story(journal.at(), [Key("Deployment", "pb", "data-tier")], ALL).entries}
    assert about <= keys


@pytest.mark.parametrize(
    ("choice", "fits"),
    [
        (Choice(only=("probe",)), lambda entry: entry.thing == "probe"),
        (Choice(components=("sched*", "user")), lambda entry: entry.component in ("scheduler", "user")),
        (Choice(since=10**9, until=50 * 10**9), lambda entry: 10**9 <= entry.t <= 50 * 10**9),
    ],
    ids=["only", "component", "time"],
)
def test_choices(choice: Choice, fits: Any) -> None:
    journal = journal_of(next(place for place in SCENARIOS if place.name == "redis-late"))
    everything, chosen = (story(journal.at(), choice=one._replace(everything=True, fold=False)).entries for one in (Choice(), choice))
    assert chosen == [entry for entry in everything if fits(entry)] != []
