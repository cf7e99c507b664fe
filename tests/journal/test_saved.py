"""Saved journals and archived records: everything is as it was, small, and damage is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

import simulator
from simulator.errors import JournalError
from simulator.journal import blocks, journal
from simulator.journal.journal import Journal
from simulator.journal.lines import dump, export
from simulator.journal.outline import outline
from simulator.journal.saved import load
from tests.conftest import Podsim

ROOT = Path(__file__).parents[2]
APP = """
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 40
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", readinessProbe: {httpGet: {path: /, port: 80}}}
"""


def saved(run: Journal) -> bytes:
    return b"".join(run.saved())


@pytest.fixture(scope="module")
def crashes() -> Journal:
    return simulator.run(str(ROOT / "scenarios/crash-loop"), duration="30m").journal


@pytest.mark.parametrize("scenario", ["await-redis", "cronjob-overlap", "rolling-update", "statefulset-ordered"])
def test_a_saved_journal_is_the_journal(scenario: str) -> None:
    run = simulator.run(str(ROOT / "scenarios" / scenario)).journal
    again = load(io.BytesIO(saved(run)))
    assert list(dump(again)) == list(dump(run))


def test_it_is_small(tmp_path: Path) -> None:
    file = tmp_path / "app.yaml"
    file.write_text(APP)
    run = simulator.run(str(file), nodes=2).journal
    assert len(saved(run)) / len(run) < 80, "about 44 with 1,000 pods"


def test_versions_share_their_equal_parts(crashes: Journal) -> None:
    again = load(io.BytesIO(saved(crashes)))
    key = next(key for key in again.keys("Pod"))
    first, *others = [write.item for write in again.writes_until(again.end, key)]
    assert len(others) > 5
    assert all(item.metadata.labels is first.metadata.labels for item in others)  # type: ignore[union-attr]
    assert len({id(item.spec) for item in (first, *others)}) <= 2  # type: ignore[union-attr]  # the binding changes it


@pytest.fixture
def archived(crashes: Journal, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """The same run, most of which is in an archive."""
    for module in (blocks, journal):
        monkeypatch.setattr(module, "SIZE", 32)
    monkeypatch.setattr(journal, "RECENT", 4)
    assert len(crashes) > 200
    return Journal(crashes.header, crashes)


def test_archived_records_are_as_they_were(crashes: Journal, archived: Journal) -> None:
    assert len(archived) == len(crashes)
    assert list(dump(archived)) == list(dump(crashes))
    for t in sorted({record.t for record in crashes}):
        old, new = crashes.at(t), archived.at(t)
        assert list(new.all()) == list(old.all())
        assert new.known() == old.known()
        assert len(new.records()) == len(old.records())
        assert [write.revision for write in new.writes()] == [write.revision for write in old.writes()]
        expected = [write for write in old.writes() if write.item.kind in ("Pod", "Event")]
        assert new.writes_of("Pod", "Event") == old.writes_of("Pod", "Event") == expected
        assert list(new.facts("probe")) == list(old.facts("probe"))
        assert [write.revision for write in archived.writes_after(t)] == [write.revision for write in crashes.writes_after(t)]
        for key in new.known("Pod"):
            assert new.writes(key) == old.writes(key)


def test_later_writes_of_an_object_are_found_in_the_archive_too(crashes: Journal, archived: Journal) -> None:
    keys = {write.key for write in crashes.writes_until(crashes.end)}
    for revision in (0, 5, 40, crashes.writes_until(crashes.end)[-1].revision):
        for key in keys:
            expected = [write.revision for write in crashes.writes_until(crashes.end, key) if write.revision > revision]
            assert [write.revision for write in archived.writes_since(key, revision)] == expected


def test_an_archived_journal_is_saved_and_loaded_as_it_is(crashes: Journal, archived: Journal) -> None:
    again = load(io.BytesIO(saved(archived)))
    assert list(dump(again)) == list(dump(crashes))
    assert again.keys() == crashes.keys()
    assert again.end == crashes.end
    assert [*again.at(30_000_000_000).all()] == [*crashes.at(30_000_000_000).all()]


def test_a_long_journal_is_sliced_as_a_list(crashes: Journal, archived: Journal) -> None:
    records, expected = archived.at().records(), list(crashes)
    places = [None, 0, 5, 31, 32, 33, 64, len(expected) - 40, len(expected) - 1, len(expected), len(expected) + 9, -1, -33]
    for begin in places:
        for end in places:
            assert list(records[begin:end]) == expected[begin:end]
    assert [records[i] for i in (0, 31, 32, -1, -len(expected))] == [expected[i] for i in (0, 31, 32, -1, -len(expected))]
    assert list(records[::-7]) == expected[::-7]
    with pytest.raises(IndexError):
        records[len(expected)]


def test_names_are_read_from_blocks_and_lines(crashes: Journal) -> None:
    by_blocks = outline(io.BytesIO(saved(crashes)))
    by_lines = outline(io.BytesIO("".join(export(crashes)).encode()))
    assert by_blocks == by_lines
    assert any(one.kind == "Pod" and one.containers for one in by_blocks.objects)


def test_a_cut_file_is_refused(crashes: Journal) -> None:
    content = saved(crashes)
    for size in (*range(0, len(content) - 2, 997), len(content) - 2):
        with pytest.raises(JournalError):
            load(io.BytesIO(content[:size]))
    with pytest.raises(JournalError, match="damaged"):
        load(io.BytesIO(content + b"\n"))
    with pytest.raises(JournalError, match=f"cut after {len(crashes)} records"):
        load(io.BytesIO(content[: content.rindex(b'{"type":"END"')]))


def test_lines_that_are_cut_or_changed_are_refused(crashes: Journal) -> None:
    lines = list(export(crashes))
    assert list(dump(load(io.BytesIO("".join(lines).encode())))) == list(dump(crashes))
    for end in (1, 2, len(lines) - 1):
        with pytest.raises(JournalError, match=f"cut after {end - 1} records: its END line is missing"):
            load(io.BytesIO("".join(lines[:end]).encode()))
    with pytest.raises(JournalError, match="damaged: its END line is for"):
        load(io.BytesIO("".join([*lines[:5], *lines[6:]]).encode()))
    with pytest.raises(JournalError, match="it is after the END"):
        load(io.BytesIO("".join([*lines, lines[1]]).encode()))


def test_journals_of_older_versions_load_with_a_warning(crashes: Journal, podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "old.journal"
    content = "".join(f"{line}\n" for line in dump(crashes))
    file.write_text(content)
    shown = podsim("get", "pods", "--from", str(file))
    assert shown.code == 0
    assert shown.err == f"warning: {file} has no END line: podsim cannot check whether this journal is complete\n"
    file.write_text(content.replace('"podsim":"', '"by":"', 1))
    assert podsim("get", "pods", "--from", str(file)).err == "", "recordings of real clusters have none"


def test_a_journal_without_an_end_that_cannot_be_shown_is_refused(crashes: Journal, podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "old.journal"
    file.write_text("".join(f"{line}\n" for line in dump(crashes)).replace('creationTimestamp":"2', 'creationTimestamp":"x'))
    shown = podsim("get", "pods", "--from", str(file))
    assert (shown.code, shown.out) == (2, "")
    assert shown.err.splitlines()[-1].endswith("and without an END line podsim cannot check whether it is damaged")
