"""Hooks, and how hooks and containers end in the grace period."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.kubelet.world import events, played, statuses

Spec = dict[str, Any]
HTTP = {"httpGet": {"path": "/warm", "port": 8080}}


def container(**lifecycle: Spec) -> Spec:
    return {"containers": [{"name": "main", "lifecycle": lifecycle}]}


def program(**run: Any) -> list[Spec]:
    return [{"match": {"container": "main"}, "runs": [run]}]


SERVES = {"listen": [{"port": 8080}]}


@pytest.mark.rule("HOK-05")
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_any_answer_makes_an_http_hook_a_success(tmp_path: Path, status: int) -> None:
    programs = program(**SERVES, http=[{"path": "/warm", "status": status, "delay": "40s"}])
    journal = played(tmp_path, container(postStart=HTTP), programs=programs)
    assert events(journal, "FailedPostStartHook") == []
    ready = [t for t, pod in statuses(journal) if any(c.ready for c in pod.status.container_statuses)]
    assert 40 < ready[0] < 42


@pytest.mark.rule("HOK-05")
def test_an_http_hook_without_an_answer_fails(tmp_path: Path) -> None:
    programs = program(listen=[{"port": 8080, "from": "5s"}])
    journal = played(tmp_path, container(postStart=HTTP), programs=programs)
    assert events(journal, "FailedPostStartHook")[0][1].message == "PostStartHook failed"
    waiting = [c.state.waiting for _, pod in statuses(journal) for c in pod.status.container_statuses]
    message = next(state.message for state in waiting if state is not None and state.reason == "PostStartHookError")
    assert message.startswith('HTTP lifecycle hook (/warm) for Container "main" in Pod "web_default(')
    assert message.endswith(":8080: connect: connection refused")


@pytest.mark.rule("HOK-02")
@pytest.mark.parametrize(("seconds", "runs"), [(0, False), (5, True)])
def test_without_a_grace_period_there_is_no_time_for_a_pre_stop_hook(tmp_path: Path, seconds: int, runs: bool) -> None:
    main = {
        "name": "main",
        "lifecycle": {"preStop": {"httpGet": {"path": "/bye", "port": 8080}}},
        "livenessProbe": {"tcpSocket": {"port": 9090}, "failureThreshold": 1},
    }
    spec = {"containers": [main], "terminationGracePeriodSeconds": seconds}
    journal = played(tmp_path, spec, programs=program(listen=[{"port": 7000}]))
    assert events(journal, "Killing")
    assert bool(events(journal, "FailedPreStopHook")) is runs


@pytest.mark.rule("TRM-07")
@pytest.mark.parametrize("second", [1, 5, None, 60])
def test_a_second_deletion_changes_nothing_while_a_stop_is_under_way(tmp_path: Path, second: int | None) -> None:
    actions: list[Spec] = [{"at": "5s", "delete": "pod/web", "gracePeriodSeconds": 24}]
    if second is not None:
        actions.append({"at": "8s", "delete": "pod/web", "gracePeriodSeconds": second})
    journal = played(tmp_path, {}, programs=program(term={"ignore": True}), actions=actions)
    ended = [t for t, pod in statuses(journal) if any(c.state.terminated for c in pod.status.container_statuses)]
    assert 28 <= ended[0] <= 31
    assert not events(journal, "FailedKillPod")
    assert len(events(journal, "Killing")) == 1
