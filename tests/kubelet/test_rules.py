"""Every rule of docs/kubelet-rules.md is followed by a guard with its id and proved by a test with its mark."""

from __future__ import annotations

import re

import pytest

from tests.conformance.judge import judge
from tests.conformance.traces import case
from tests.conftest import ROOT
from tests.kubelet.cases import Fact, facts
from tests.kubelet.rules import RULE, by_id, rows
from tests.kubelet.test_pod_actions import check as check_actions
from tests.kubelet.test_probe_tables import check_sequence, check_turn

RECORDED = [
    pytest.param("1.36/host-network", marks=pytest.mark.rule("SBX-03"), id="1.36/host-network"),
    pytest.param("1.36/image-pull-cold", marks=pytest.mark.rule("SBX-07", "IMG-04"), id="1.36/image-pull-cold"),
    pytest.param("1.36/sandbox-fails", marks=pytest.mark.rule("SBX-08"), id="1.36/sandbox-fails"),
    pytest.param("1.32/init-then-ready", marks=pytest.mark.rule("INI-01"), id="1.32/init-then-ready"),
    pytest.param("1.32/init-fail-never", marks=pytest.mark.rule("INI-02"), id="1.32/init-fail-never"),
    pytest.param("1.32/init-one-2s", marks=pytest.mark.rule("INI-03"), id="1.32/init-one-2s"),
    pytest.param("1.32/init-three", marks=pytest.mark.rule("INI-04"), id="1.32/init-three"),
    pytest.param("1.30/init-three", marks=pytest.mark.rule("INI-05"), id="1.30/init-three"),
    pytest.param("1.34/init-three", marks=pytest.mark.rule("INI-05"), id="1.34/init-three"),
    pytest.param("1.36/init-fail-never", marks=pytest.mark.rule("INI-08"), id="1.36/init-fail-never"),
    pytest.param("1.36/sidecar-crash", marks=pytest.mark.rule("INI-09"), id="1.36/sidecar-crash"),
    pytest.param("1.36/sidecar-startup-gate", marks=pytest.mark.rule("INI-10"), id="1.36/sidecar-startup-gate"),
    pytest.param("1.36/init-start-error", marks=pytest.mark.rule("INI-14"), id="1.36/init-start-error"),
    pytest.param("1.36/delete-in-backoff", marks=pytest.mark.rule("RST-01"), id="1.36/delete-in-backoff"),
    pytest.param("1.36/patch-image", marks=pytest.mark.rule("RST-05", "RST-12"), id="1.36/patch-image"),
    pytest.param("1.36/live-never-policy", marks=pytest.mark.rule("RST-06"), id="1.36/live-never-policy"),
    pytest.param("1.36/startup-fails", marks=pytest.mark.rule("RST-07"), id="1.36/startup-fails"),
    pytest.param("1.36/sidecar-job", marks=pytest.mark.rule("RST-08"), id="1.36/sidecar-job"),
    pytest.param("1.36/restart-always-exit1", marks=pytest.mark.rule("RST-09", "WRK-05"), id="1.36/restart-always-exit1"),
    pytest.param("1.36/long-crash-cap", marks=pytest.mark.rule("RST-10"), id="1.36/long-crash-cap"),
    pytest.param("1.32/long-crash-cap", marks=pytest.mark.rule("RST-10"), id="1.32/long-crash-cap"),
    pytest.param("1.36/delete-quick", marks=pytest.mark.rule("WRK-01"), id="1.36/delete-quick"),
    pytest.param("1.30/init-subsecond-five", marks=pytest.mark.rule("WRK-02"), id="1.30/init-subsecond-five"),
    pytest.param("1.32/live-exec-docs", marks=pytest.mark.rule("WRK-03"), id="1.32/live-exec-docs"),
    pytest.param("1.32/restart-always-exit1", marks=pytest.mark.rule("WRK-04"), id="1.32/restart-always-exit1"),
    pytest.param("1.36/delete-grace1", marks=pytest.mark.rule("WRK-06", "TRM-02"), id="1.36/delete-grace1"),
    pytest.param("1.30/init-instant", marks=pytest.mark.rule("PLG-01"), id="1.30/init-instant"),
    pytest.param("1.36/ready-http-d0-p1", marks=pytest.mark.rule("PLG-02"), id="1.36/ready-http-d0-p1"),
    pytest.param("1.36/ready-http-d5-p5", marks=pytest.mark.rule("PRB-08"), id="1.36/ready-http-d5-p5"),
    pytest.param("1.36/startup-gates", marks=pytest.mark.rule("PRB-09"), id="1.36/startup-gates"),
    pytest.param("1.36/ready-http-d0-p10", marks=pytest.mark.rule("PRB-12"), id="1.36/ready-http-d0-p10"),
    pytest.param("1.30/ready-http-d5-p5", marks=pytest.mark.rule("PRB-13"), id="1.30/ready-http-d5-p5"),
    pytest.param("1.32/ready-http-d5-p5", marks=pytest.mark.rule("PRB-13"), id="1.32/ready-http-d5-p5"),
    pytest.param("1.36/startup-only", marks=pytest.mark.rule("PRB-16"), id="1.36/startup-only"),
    pytest.param("1.36/delete-ready", marks=pytest.mark.rule("PRB-17"), id="1.36/delete-ready"),
    pytest.param("1.36/poststart-fails", marks=pytest.mark.rule("HOK-01"), id="1.36/poststart-fails"),
    pytest.param("1.36/prestop-exec", marks=pytest.mark.rule("HOK-02"), id="1.36/prestop-exec"),
    pytest.param("1.36/prestop-sleep", marks=pytest.mark.rule("HOK-02"), id="1.36/prestop-sleep"),
    pytest.param("1.36/prestop-too-long", marks=pytest.mark.rule("HOK-03"), id="1.36/prestop-too-long"),
    pytest.param("1.36/prestop-fails", marks=pytest.mark.rule("HOK-04", "HOK-06"), id="1.36/prestop-fails"),
    pytest.param("1.36/live-probe-grace", marks=pytest.mark.rule("TRM-01"), id="1.36/live-probe-grace"),
    pytest.param("1.36/sidecar-two-delete", marks=pytest.mark.rule("TRM-03"), id="1.36/sidecar-two-delete"),
    pytest.param("1.36/delete-two", marks=pytest.mark.rule("TRM-04"), id="1.36/delete-two"),
    pytest.param("1.36/delete-slow-ok", marks=pytest.mark.rule("TRM-06"), id="1.36/delete-slow-ok"),
    pytest.param("1.36/image-invalid-name", marks=pytest.mark.rule("IMG-01"), id="1.36/image-invalid-name"),
    pytest.param("1.36/image-never-missing", marks=pytest.mark.rule("IMG-02"), id="1.36/image-never-missing"),
    pytest.param("1.36/image-always-cached", marks=pytest.mark.rule("IMG-02"), id="1.36/image-always-cached"),
    pytest.param("1.36/image-pull-fails", marks=pytest.mark.rule("IMG-03"), id="1.36/image-pull-fails"),
    pytest.param("1.32/restart-quick-fail", marks=pytest.mark.rule("STA-01"), id="1.32/restart-quick-fail"),
    pytest.param("1.36/restart-never-two", marks=pytest.mark.rule("STA-03"), id="1.36/restart-never-two"),
    pytest.param("1.36/restart-never-two-ok", marks=pytest.mark.rule("STA-04"), id="1.36/restart-never-two-ok"),
    pytest.param("1.36/restart-start-error", marks=pytest.mark.rule("STA-05"), id="1.36/restart-start-error"),
    pytest.param("1.36/ready-gate", marks=pytest.mark.rule("STA-07"), id="1.36/ready-gate"),
    pytest.param("1.36/deadline-main", marks=pytest.mark.rule("STA-09"), id="1.36/deadline-main"),
    pytest.param("1.36/init-three", marks=pytest.mark.rule("STA-10"), id="1.36/init-three"),
    pytest.param("1.36/ready-flap", marks=pytest.mark.rule("STA-11", "PRB-20"), id="1.36/ready-flap"),
    pytest.param("1.36/env-service-links", marks=pytest.mark.rule("ENV-01"), id="1.36/env-service-links"),
    pytest.param("1.36/config-missing-cm", marks=pytest.mark.rule("ENV-02"), id="1.36/config-missing-cm"),
    pytest.param("1.36/config-missing-secret", marks=pytest.mark.rule("ENV-02"), id="1.36/config-missing-secret"),
]
"""Recorded pods whose course follows from the rule."""
LOGGED = [
    pytest.param("1.36/restart-always-exit1", marks=pytest.mark.rule("PLG-03"), id="1.36/restart-always-exit1"),
    pytest.param("1.36/delete-two", marks=pytest.mark.rule("PLG-04"), id="1.36/delete-two"),
    pytest.param("1.36/init-fail-forever", marks=pytest.mark.rule("PLG-05"), id="1.36/init-fail-forever"),
]
"""Recorded pods whose kubelet removed containers by the rule."""
DECIDED = [
    pytest.param("sync-002", marks=pytest.mark.rule("SBX-01"), id="sync-002"),
    pytest.param("sync-007", marks=pytest.mark.rule("SBX-02"), id="sync-007"),
    pytest.param("sync-009", marks=pytest.mark.rule("SBX-03"), id="sync-009"),
    pytest.param("sync-013", marks=pytest.mark.rule("SBX-04"), id="sync-013"),
    pytest.param("sync-014", marks=pytest.mark.rule("SBX-05"), id="sync-014"),
    pytest.param("sync-021", marks=pytest.mark.rule("SBX-06"), id="sync-021"),
    pytest.param("sync-008", marks=pytest.mark.rule("SBX-09"), id="sync-008"),
    pytest.param("sync-056", marks=pytest.mark.rule("INI-06"), id="sync-056"),
    pytest.param("sync-032", marks=pytest.mark.rule("INI-07"), id="sync-032"),
    pytest.param("sync-035", marks=pytest.mark.rule("INI-07"), id="sync-035"),
    pytest.param("sync-052", marks=pytest.mark.rule("INI-09"), id="sync-052"),
    pytest.param("sync-041", marks=pytest.mark.rule("INI-10"), id="sync-041"),
    pytest.param("sync-044", marks=pytest.mark.rule("INI-11"), id="sync-044"),
    pytest.param("sync-045", marks=pytest.mark.rule("INI-12"), id="sync-045"),
    pytest.param("sync-040", marks=pytest.mark.rule("INI-13"), id="sync-040"),
    pytest.param("sync-005", marks=pytest.mark.rule("RST-02"), id="sync-005"),
    pytest.param("sync-006", marks=pytest.mark.rule("RST-03"), id="sync-006"),
    pytest.param("sync-003", marks=pytest.mark.rule("RST-04"), id="sync-003"),
    pytest.param("sync-004", marks=pytest.mark.rule("RST-04"), id="sync-004"),
    pytest.param("sync-010", marks=pytest.mark.rule("RST-05"), id="sync-010"),
    pytest.param("sync-011", marks=pytest.mark.rule("RST-06"), id="sync-011"),
    pytest.param("sync-012", marks=pytest.mark.rule("RST-07"), id="sync-012"),
    pytest.param("sync-018", marks=pytest.mark.rule("RST-15"), id="sync-018"),
    pytest.param("sync-055", marks=pytest.mark.rule("RST-08"), id="sync-055"),
]
"""Decisions in Kubernetes' own tables."""
PROBED = [
    pytest.param("probe-001", marks=pytest.mark.rule("PRB-01"), id="probe-001"),
    pytest.param("probe-004", marks=pytest.mark.rule("PRB-02"), id="probe-004"),
    pytest.param("probe-010", marks=pytest.mark.rule("PRB-03"), id="probe-010"),
    pytest.param("probe-049", marks=pytest.mark.rule("PRB-04", "PRB-05"), id="probe-049"),
    pytest.param("probe-039", marks=pytest.mark.rule("PRB-06"), id="probe-039"),
    pytest.param("probe-040", marks=pytest.mark.rule("PRB-06"), id="probe-040"),
    pytest.param("probe-007", marks=pytest.mark.rule("PRB-07"), id="probe-007"),
    pytest.param("probe-009", marks=pytest.mark.rule("PRB-07"), id="probe-009"),
    pytest.param("probe-025", marks=pytest.mark.rule("PRB-08"), id="probe-025"),
    pytest.param("probe-041", marks=pytest.mark.rule("PRB-09"), id="probe-041"),
    pytest.param("probe-044", marks=pytest.mark.rule("PRB-10"), id="probe-044"),
    pytest.param("probe-046", marks=pytest.mark.rule("PRB-10"), id="probe-046"),
    pytest.param("probe-047", marks=pytest.mark.rule("PRB-11"), id="probe-047"),
    pytest.param("probe-051", marks=pytest.mark.rule("PRB-11"), id="probe-051"),
]
"""Turns and sequences of probe workers in Kubernetes' own tables."""


def fact(family: str, name: str) -> Fact:
    return next(item for item in facts(family) if item["id"] == name)


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_pod_follows_the_rule(name: str) -> None:
    assert judge(case(name)).agrees


@pytest.mark.parametrize("name", LOGGED)
def test_a_recorded_log_follows_the_rule(name: str) -> None:
    assert judge(case(name), with_log=True).log == {}


@pytest.mark.parametrize("name", DECIDED)
def test_a_decision_follows_the_rule(name: str) -> None:
    check_actions(fact("sync-actions", name))


@pytest.mark.parametrize("name", PROBED)
def test_a_probe_follows_the_rule(name: str) -> None:
    item = fact("probes", name)
    (check_turn if item["kind"] == "turn" else check_sequence)(item)


# ---- the three sets


def in_the_code() -> set[str]:
    rules: set[str] = set()
    for package in ("kubelet", "client", "container"):
        for path in sorted((ROOT / "simulator" / package).rglob("*.py")):
            for comment in re.findall(rf"  # ({RULE}(?:, {RULE})*)$", path.read_text(), re.MULTILINE):
                rules.update(comment.split(", "))
    return rules


def in_the_tests() -> set[str]:
    rules: set[str] = set()
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for marks in re.findall(r"mark\.rule\(([^)]*)\)", path.read_text()):
            rules.update(re.findall(rf'"({RULE})"', marks))
    return rules


def test_table_code_and_tests_name_the_same_rules() -> None:
    table = [row.id for row in rows()]
    assert sorted(table) == sorted(set(table))
    assert in_the_code() == set(table)
    assert in_the_tests() == set(table)
    assert len(table) > 80


def test_decisions_name_rules_of_the_table_that_report_something() -> None:
    """A rule that is written into a decision is in the table; one that the table lets report Events is written into a decision."""
    literals: set[str] = set()
    for path in sorted((ROOT / "simulator" / "kubelet").rglob("*.py")):
        literals.update(re.findall(rf'"({RULE})"', path.read_text()))
    assert literals <= set(by_id())
    assert {row.id for row in rows() if row.reasons} <= literals
