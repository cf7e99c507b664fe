"""Golden journals: written, read back, and compared by meaning."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.cluster import simulate
from simulator.journal.lines import dump, load
from simulator.scenario.inputs import Choices
from simulator.testing.golden.compare import differences
from simulator.testing.golden.summary import Summary, summary
from simulator.testing.golden.text import from_text, to_text
from tests.conftest import Podsim
from tests.testing.test_command import EXPECTATIONS, POD, SCENARIO

SHOP = str(Path(__file__).parent / "data" / "shop")


@cache
def shop(seed: int = 0) -> Summary:
    return summary(simulate([SHOP], Choices(seed=seed)).at())


def test_it_is_read_back_as_it_was_written() -> None:
    assert differences(from_text(to_text(shop()), "x"), shop()) == []
    assert to_text(from_text(to_text(shop()), "x")) == to_text(shop())


def test_it_has_nothing_in_it_that_is_made_at_random() -> None:
    text = to_text(shop())
    names = {
        write.key.name for write in simulate([SHOP]).at().writes() if write.key.kind in ("Pod", "ReplicaSet", "Event", "EndpointSlice")
    }
    made = {name for name in names if name not in ("flaky", "lone")}
    assert made
    assert [name for name in made if name in text] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|10\.\d+\.\d+\.\d+", text)


def test_a_saved_journal_has_the_same_summary() -> None:
    assert summary(load(dump(simulate([SHOP]))).at()) == shop()


def changed(subject: str, **parts: object) -> Summary:
    subject_parts = {**shop().subjects[subject], **parts}
    return shop()._replace(subjects={**shop().subjects, subject: subject_parts})


APP, LONE = "deployment/app pod 1", "pod/lone"


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (changed(LONE, ready=[31.2]), "pod/lone: ready at 31.2s, was 1.224s"),
        (changed(LONE, ready=[1.224]), "pod/lone: never unready, was at 40.003s"),
        (changed(LONE, ready=[1.224, 40.003, 50.0]), "pod/lone: ready again at 50s, was never"),
        (changed(LONE, events={"BackOff": 2}), "pod/lone: new event BackOff x2"),
        (changed(LONE, events={}), "pod/lone: missing event Killing, was x1"),
        (changed(LONE, events={"Created": 3}), "pod/lone: event Created x3, was x1"),
        (changed(LONE, end="0/1 Error"), "pod/lone: 0/1 Error at the end, was gone"),
        (changed(LONE, times={"created": 0}), "pod/lone: never scheduled, was at 0s"),
        (changed(LONE, times={"created": 0, "lost": 2}), "pod/lone: lost at 2s, was never"),
        (changed(APP, containers={}), "deployment/app pod 1: container app is missing, was: started once, ended with 0"),
        (changed(APP, containers={"more": "started once"}), "deployment/app pod 1: container more started once, is new"),
        (changed("service/db", endpoints=["0 from 0"]), "service/db: endpoints 0 from 0s; was 0 from 0s, 1 from 9.175s"),
        (
            changed("service/db", endpoints=["0 from 0", "1 from 12"]),
            "service/db: endpoints 0 from 0s, 1 from 12s; was 0 from 0s, 1 from 9.175s",
        ),
        (changed("deployment/app", times={"rolledOut": 20.0}), "deployment/app: rolled out at 20s, was 13.265s"),
        (shop()._replace(subjects={**shop().subjects, "pod/x": {"end": "1/1 Running"}}), "pod/x: new, 1/1 Running"),
        (
            shop()._replace(subjects={name: subject_parts for name, subject_parts in shop().subjects.items() if name != LONE}),
            "pod/lone: missing",
        ),
        (shop()._replace(kubernetes="1.30"), "run with Kubernetes 1.30, seed 0; was Kubernetes 1.34, seed 0"),
        (shop()._replace(seconds=50), "ran for 50s, was 1m40s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_different_is_said_in_a_sentence(new: Summary, sentence: str) -> None:
    assert sentence in differences(new, shop())


def test_times_may_differ_by_the_tolerance() -> None:
    new = changed(LONE, ready=[1.3, 40.1], times={**shop().subjects[LONE]["times"], "gone": 40.5})
    assert differences(new, shop(), 0.1) == []
    assert len(differences(new, shop(), 0.05)) == 2
    assert differences(new, shop()._replace(tolerance=0.1)) == []
    assert len(differences(new, shop()._replace(tolerance=0.1), 0)) == 3


@given(st.integers(0, 6), st.integers(0, 6))
def test_two_runs_differ_exactly_when_their_texts_do(one: int, other: int) -> None:
    same = to_text(shop(one)) == to_text(shop(other))
    assert (differences(shop(one), shop(other)) == []) == same
    assert same == (one == other)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pod.yaml").write_text(POD)
    (tmp_path / "scenario.yaml").write_text((SCENARIO % "2s").partition("  expect:")[0])
    (tmp_path / "quick.podsim.yaml").write_text(EXPECTATIONS % "9s")
    return tmp_path


def test_from_writing_to_a_difference(podsim: Podsim, project: Path) -> None:
    written = podsim("test", "--update-golden")
    assert (written.code, "wrote quick.golden" in written.out, "wrote scenario.golden" in written.out) == (0, True, True)
    again = podsim("test", "--update-golden")
    assert "wrote" not in again.out
    assert podsim("test").out.count("..") == 1
    assert podsim("test", "-o", "json").code == 0
    text = (project / "scenario.golden").read_text()
    (project / "scenario.golden").write_text(text.replace("tolerance: 0s", "tolerance: 250ms"))
    (project / "scenario.yaml").write_text((SCENARIO % "8s").partition("  expect:")[0])
    result = podsim("test", "scenario.yaml")
    assert result.code == 1
    assert "✗ golden journal scenario.golden  (scenario.golden:1)" in result.out
    assert re.search(r"happened  pod/web: ready at 9\.\d+s, was 3\.\d+s\n +pod/web: event Unhealthy x8, was x2", result.out), result.out
    assert "podsim test scenario.yaml --update-golden" in result.out
    assert podsim("test", "scenario.yaml", "--tolerance", "10s").code == 1, "events are counted whatever the tolerance"
    assert podsim("test", "scenario.yaml", "--update-golden").code == 0
    assert "tolerance: 250ms" in (project / "scenario.golden").read_text(), "it is the user's"
    assert podsim("test", "scenario.yaml").code == 0


def test_golden_journals_in_a_folder(podsim: Podsim, project: Path) -> None:
    missing = podsim("test", "scenario.yaml", "--golden", "kept")
    assert (missing.code, "kept/scenario.golden does not exist" in missing.out) == (1, True)
    assert podsim("test", "scenario.yaml", "--golden", "kept", "--update-golden").code == 0
    assert podsim("test", "scenario.yaml", "--golden", "kept").code == 0
    (project / "kept" / "scenario.golden").write_text("hello")
    broken = podsim("test", "scenario.yaml", "--golden", "kept")
    assert (broken.code, "kept/scenario.golden: no golden journal" in broken.out) == (2, True)
