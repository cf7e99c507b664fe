"""Every record says why it was written, and every kind of fact is in the table of docs/architecture.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from simulator.cluster import simulate
from simulator.journal.lines import dump, load
from simulator.journal.records import Fact, Write
from tests.conftest import ROOT

SCENARIOS = sorted(ROOT.glob("scenarios/*/scenario.yaml"))
TABLE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Facts")[2]
FACTS = {name for row in re.findall(r"^\| (`.*?) \|", TABLE, re.MULTILINE) for name in re.findall(r"`([\w.]+)`", row)}


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.parent.name)
def test_every_write_names_its_cause_and_every_fact_is_known(file: Path) -> None:
    journal = simulate([str(file)])
    assert [f"{record.t / 1e9:g}s {record.key}" for record in journal if isinstance(record, Write) and not record.cause.rule] == []
    assert {record.what for record in journal if isinstance(record, Fact)} <= FACTS


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.parent.name)
def test_facts_and_causes_survive_writing_and_reading(file: Path) -> None:
    journal = simulate([str(file)])
    assert list(load(dump(journal))) == list(journal)


def test_the_journal_records_where_objects_are_defined(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(
        """# a comment
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: web
    readinessProbe:
      httpGet: {path: /, port: 80}
""",
        encoding="utf-8",
    )
    (tmp_path / "scenario.yaml").write_text(
        """apiVersion: podsim/v1
kind: Scenario
spec:
  manifests: [app.yaml]
  duration: 20s
  programs:
    - match: {container: web}
      runs:
        - listen:
            - {port: 80, from: 2s, to: 4s}
          exitAfter: 10s
""",
        encoding="utf-8",
    )
    facts = simulate([str(tmp_path)]).at().facts()
    by_kind = {fact.what: fact for fact in reversed(facts)}
    applied, program = by_kind["applied"].data, by_kind["container.program"].data
    assert (applied["file"], applied["line"], applied["fields"]["spec.containers[web].readinessProbe"]) == ("app.yaml", 2, 9)
    assert program["origin"] == {"kind": "scenario", "file": "scenario.yaml", "line": 7}
    assert program["plan"] == {"listen": [{"port": 80, "from": 2, "to": 4, "line": 10}], "exitAfter": 10, "exitCode": 0}
    started = by_kind["container.started"].t
    assert [(fact.what, fact.t - started) for fact in facts if fact.about.name == "web" and "container." in fact.what][:5] == [
        ("container.program", 0),
        ("container.started", 0),
        ("container.listens", 2_000_000_000),
        ("container.closed", 4_000_000_000),
        ("container.exited", 10_000_000_000),
    ]
    assert by_kind["container.exited"].cause.rule == "program"
