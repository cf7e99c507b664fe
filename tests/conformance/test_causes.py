"""Every event of the simulated kubelet names the rule that was followed, and the table of rules lets that rule report that event."""

from __future__ import annotations

import tempfile
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import NamedTuple

from simulator.journal import Journal
from simulator.journal.records import Write
from simulator.objects.event import Event
from tests.conformance.play import play
from tests.conformance.traces import all_cases
from tests.kubelet.rules import by_id, rows
from tests.kubelet.test_causes import REPORTED
from tests.kubelet.test_eviction import SHOWN
from tests.kubelet.test_pod_actions import RULES

WORDED = {
    "failed liveness probe": {"RST-06", "INI-13"},
    "failed startup probe": {"RST-07", "INI-11"},
    "definition changed": {"RST-05", "INI-12"},
    "FailedPostStartHook": {"HOK-01"},
    "Back-off restarting": {"RST-09"},
    "Back-off pulling": {"IMG-03"},
    "Failed to pull image": {"IMG-03"},
    "Error: ErrImagePull": {"IMG-03"},
    "Error: ImagePullBackOff": {"IMG-03"},
    "Error: InvalidImageName": {"IMG-01"},
    "Error: ErrImageNeverPull": {"IMG-02"},
    "Error: configmap": {"ENV-02"},
    "Error: secret": {"ENV-02"},
    "couldn't find key": {"ENV-02"},
    "unable to start container process": {"STA-05"},
}
"""Texts of events that can only come from these rules."""


class Report(NamedTuple):
    """One event of a simulated pod."""

    case: str
    rule: str
    reason: str
    message: str


def reports_in(case: str, journal: Journal) -> list[Report]:
    writes = [write for write in journal if isinstance(write, Write) and isinstance(write.item, Event) and write.type != "DELETED"]
    events = [(write, write.item) for write in writes if isinstance(write.item, Event)]
    kubelets = [(write, event) for write, event in events if event.source.component == "kubelet" and event.involved_object.kind == "Pod"]
    return [Report(case, write.cause.rule, event.reason, event.message) for write, event in kubelets]


@cache
def reports() -> tuple[Report, ...]:
    """The events of all recorded pods, each take simulated once."""
    all_reports: list[Report] = []
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(all_cases()):
            for take in case.takes:
                all_reports += reports_in(str(case), play(take, case.release, number, Path(folder)))
    return tuple(all_reports)


def test_every_event_names_a_rule_that_may_report_it() -> None:
    table = by_id()
    assert [report for report in reports() if report.rule not in table or not table[report.rule].may_report(report.reason)] == []
    assert len(reports()) > 5_000


def test_the_rule_fits_the_text_of_the_event() -> None:
    wrong = [
        (text, report) for report in reports() for text, rules in WORDED.items() if text in report.message and report.rule not in rules
    ]
    assert wrong == []


def test_a_recorded_container_killed_by_its_liveness_probe_names_that_rule() -> None:
    """With restart policy Never the event's text does not say so; the rule does."""
    kills = {report.case: report for report in reports() if report.reason == "Killing"}
    assert kills["1.36/live-never-policy"][1:] == ("RST-06", "Killing", "Stopping container main")
    assert kills["1.36/live-probe-grace"].rule == "RST-06"


def test_whatever_the_table_lets_a_rule_report_is_reported_somewhere() -> None:
    """By a recorded pod, a small world of `tests/kubelet/test_causes.py` or `test_eviction.py`, or a decision in Kubernetes' own tables."""
    decided = {(rule, "Killing") for rules in RULES.values() for rule in [rules.get("pod", "")]}
    decided |= {(rule, reason) for rules in RULES.values() for rule in rules.values() for reason in ("Created", "Started")}
    seen = {(report.rule, report.reason) for report in reports()} | REPORTED | SHOWN | decided
    claimed = {(row.id, reason) for row in rows() for reason in row.reasons}
    shown = {(rule, pattern) for rule, pattern in claimed for other, reason in seen if rule == other and fnmatchcase(reason, pattern)}
    assert claimed - shown == set()
