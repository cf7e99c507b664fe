"""The first screen of `podsim run`: the verdict and the timeline fit on a terminal, and equal things are one row."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.conftest import Podsim

WIDTH, HEIGHT = 100, 50
WORKLOAD = """\
apiVersion: apps/v1
kind: KIND
metadata: {name: NAME}
spec:
  selector: {matchLabels: {app: NAME}}
  REPLICAS
  template:
    metadata: {labels: {app: NAME}}
    spec: {containers: [{name: a, image: "nginx:1.27"EXTRA}]}
---
"""
TOO_BIG = ", resources: {requests: {cpu: '64'}}"


def workload(name: str, extra: str = "", kind: str = "Deployment") -> str:
    text = WORKLOAD.replace("KIND", kind).replace("NAME", name).replace("EXTRA", extra)
    return text.replace("REPLICAS", "" if kind == "DaemonSet" else "replicas: 3")


@pytest.fixture
def first(podsim: Podsim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The lines that a run of some manifests prints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", str(WIDTH))

    def run(text: str, *options: str) -> list[str]:
        Path("app.yaml").write_text(text)
        result = podsim("run", "app.yaml", *options)
        assert result.err == ""
        return result.out.splitlines()

    return run


def screen_rows(lines: list[str]) -> int:
    """The rows of a terminal that everything up to the timeline's end takes."""
    return sum(max(1, -(-len(line) // WIDTH)) for line in lines[: lines.index("", lines.index("Timeline"))])


def test_many_causes_leave_the_timeline_on_the_screen(first) -> None:
    broken = [workload(f"broken-{number:02}", f", envFrom: [{{secretRef: {{name: keys-{number}}}}}]") for number in range(25)]
    lines = first("".join(broken))
    assert screen_rows(lines) <= HEIGHT
    assert "  and 22 more: podsim why" in lines


def test_the_verdict_and_the_timeline_of_25_workloads_fit_on_a_terminal(first) -> None:
    names = [f"service-{number}" for number in range(20)]
    stack = [workload(name) for name in names] + [workload(f"agent-{number}", kind="DaemonSet") for number in range(3)]
    missing = [workload(f"broken-{number}", f", envFrom: [{{secretRef: {{name: keys-{number}}}}}]") for number in range(2)]
    lines = first("".join([*stack, *missing]), "--nodes", "3")
    assert lines[2].startswith("23 of 25 workloads ready after ")
    assert screen_rows(lines) <= HEIGHT
    for name in names:
        rows = [line for line in lines[lines.index("Timeline") : lines.index("Warnings")] if f"{name} " in line]
        assert len(rows) == 2, name
    assert sum("ds/agent-0 " in line for line in lines) == 1
    assert sum("daemonset/agent-0 (3 pods)" in line for line in lines) == 1


def test_one_cause_of_several_workloads_is_printed_once(first) -> None:
    lines = first("".join(workload(name, ", envFrom: [{secretRef: {name: keys}}]") for name in "abc"))
    section = list(itertools.takewhile(bool, lines[lines.index("Not ready") + 1 :]))
    assert section == [
        "  deployment/a, deployment/b, deployment/c  0/3 ready, CreateContainerConfigError",
        "      there is no Secret keys in namespace default",
        "      podsim why deployment/a",
    ]


def test_pending_pods_are_not_ready_either(first) -> None:
    lines = first(workload("big", TOO_BIG) + workload("small"))
    assert lines[2].startswith("1 of 2 workloads ready after ")
    assert any(line.startswith("  3 of 6 pods fit on no node;") for line in lines)
    assert "  podsim run app.yaml --nodes auto" in lines
    assert first(workload("big", TOO_BIG) + workload("small"), "--nodes", "auto")[2].startswith("2 of 2 workloads ready")


def test_a_run_without_pods_says_why(first) -> None:
    assert first("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")[2] == "no workloads, so no pods"
    job = "jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: busybox}]}}}}"
    cron = f"apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: nightly}}\nspec: {{schedule: '0 3 * * *', {job}}}\n"
    assert first(cron)[2] == "no pods: cronjob/nightly was not due"
