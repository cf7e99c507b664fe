"""Journals as text: what is written is read back, and a line that is not one of a journal is refused in podsim's words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.errors import JournalError
from simulator.journal.lines import dump, load

HEADER = {"type": "HEADER", "startTime": "2026-01-01T00:00:00Z", "kubernetes": "1.36"}
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "a", "namespace": "default", "resourceVersion": "7"},
    "spec": {"containers": [{"name": "a", "image": "b"}]},
}
LINES: list[dict[str, Any]] = [
    HEADER,
    {"t": -300, "type": "ADDED", "revision": 7, "object": POD},
    {"t": 0.5, "type": "FACT", "fact": "probe", "about": ["Pod", "default", "a"], "data": {"result": "ok"}, "cause": [7, "PRB-01"]},
    {"t": 1.25, "type": "LOG", "namespace": "default", "pod": "a", "container": "a", "run": 1, "line": "hello"},
    {"t": 2.0, "type": "DELETED", "revision": 8, "object": POD, "cause": [7, "TRM-01"]},
]


def test_what_is_written_is_read_back() -> None:
    journal = load(json.dumps(line) for line in LINES)
    lines = list(dump(journal))
    assert [json.loads(line)["t"] for line in lines[1:]] == [-300, 0.5, 1.25, 2.0]
    assert list(dump(load(lines))) == lines
    assert [type(record).__name__ for record in journal] == ["Write", "Fact", "LogLine", "Write"]


def test_a_recorded_change_has_its_revision_in_its_object() -> None:
    journal = load([json.dumps(HEADER), json.dumps({"t": 1, "type": "MODIFIED", "object": POD})])
    (write,) = journal.writes_until(journal.end)
    assert (write.revision, write.type) == (7, "MODIFIED")


NO_OBJECT = "its object is not a Kubernetes API object"


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("{", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ('{"t": 1e999, "type": "LOG", "line": "x"}', "it is not JSON"),
        ("5", "it is not a JSON object"),
        ("{}", "it has no type"),
        ('{"type": "BOOKMARK"}', "unknown type 'BOOKMARK'"),
        ('{"type": "HEADER"}', "unknown type 'HEADER'"),
        ('{"type": "LOG", "line": "x"}', "type LOG needs the field t"),
        ('{"type": "LOG", "t": 1}', "type LOG needs the field line"),
        ('{"type": "LOG", "t": "1", "line": "x"}', "type LOG: the field t has a wrong type"),
        ('{"type": "LOG", "t": 1, "line": "x", "run": "first"}', "type LOG: the field run has a wrong type"),
        (
            '{"type": "FACT", "t": 1, "fact": "x", "about": ["Pod", "a"], "data": {}}',
            "type FACT: the field about has a wrong type",
        ),
        ('{"type": "FACT", "t": 1, "fact": "x", "about": ["Pod", "a", "b"]}', "type FACT needs the field data"),
        ('{"type": "ADDED", "t": 1}', "type ADDED needs the field object"),
        (
            '{"type": "ADDED", "t": 1, "object": {"apiVersion": "v1", "kind": "Pod", "spec": 1}}',
            "its object is not a Kubernetes API object",
        ),
        (
            '{"type": "ADDED", "t": 1, "object": {"apiVersion": "x/v1", "kind": "X", "metadata": 1}}',
            "its object is not a Kubernetes API object",
        ),
        ('{"type": "ADDED", "t": 1, "object": {}, "cause": ["x", 1]}', "type ADDED: the field cause has a wrong type"),
        ('{"type": "LOG", "t": 0.5, "line": "x"}', "it is earlier than the line before it"),
    ],
)
def test_a_line_that_is_not_one_of_a_journal(line: str, mistake: str) -> None:
    before = [json.dumps(HEADER), "", '{"type": "LOG", "t": 1, "line": "x"}']
    with pytest.raises(JournalError) as error:
        load([*before, line], "run.journal")
    assert str(error.value) == f"run.journal:4: not a line of a journal: {mistake}"


def test_changes_of_a_real_cluster_may_arrive_a_little_out_of_order() -> None:
    """Each kind is watched for itself."""
    lines = ['{"type": "LOG", "t": 1, "line": "a"}', '{"type": "LOG", "t": 0.95, "line": "b"}']
    real = [json.dumps({"type": "HEADER", "startTime": "2026-01-01T00:00:00Z", "kubernetes": "1.36"}), *lines]
    assert [record.t for record in load(real)] == [10**9, 10**9]
    with pytest.raises(JournalError):
        load([json.dumps({**json.loads(real[0]), "podsim": "1"}), *lines])


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("apiVersion: v1", "it is not JSON"),
        ("[]", "it is not a JSON object"),
        ('{"type": "LOG", "t": 1, "line": "x"}', "the first line must be the HEADER"),
        ('{"type": "HEADER"}', "type HEADER needs the field startTime"),
        ('{"type": "HEADER", "startTime": "x", "kubernetes": 1.36}', "type HEADER: the field kubernetes has a wrong type"),
    ],
)
def test_a_header_that_is_not_one(line: str, mistake: str) -> None:
    with pytest.raises(JournalError) as error:
        load([line], "run.journal")
    assert str(error.value) == f"run.journal:1: not a line of a journal: {mistake}"


def test_an_empty_file_is_no_journal() -> None:
    with pytest.raises(JournalError, match="empty file: a journal begins with a HEADER line"):
        load(["", "\n"])
