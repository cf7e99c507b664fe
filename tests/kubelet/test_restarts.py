"""Kubelets that stop and start again, nodes that reboot, sandboxes that are lost."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from simulator.journal import Journal
from simulator.objects.pod_facts import is_ready
from tests.kubelet.world import events, played, statuses

Spec = dict[str, Any]
PROBE = {"httpGet": {"port": 80}, "periodSeconds": 5}
RESTART = [{"at": "30s", "node": "minikube", "kubelet": "stop"}, {"at": "33s", "node": "minikube", "kubelet": "start"}]


def program(**run: Any) -> list[Spec]:
    return [{"match": {"container": "*"}, "runs": [run]}]


def since(journal: Journal, t: float) -> list[tuple[float, Any]]:
    return [(at, pod) for at, pod in statuses(journal) if at >= t]


@pytest.mark.rule("PRB-22", "PRB-23")
@pytest.mark.parametrize(("release", "readiness"), [("1.34", [False, True]), ("1.36", [])])
def test_a_ready_pod_stays_ready_since_1_35(tmp_path: Path, release: str, readiness: list[bool]) -> None:
    spec = {"containers": [{"name": "main", "readinessProbe": PROBE}]}
    journal = played(tmp_path, spec, kubernetes=release, programs=program(listen=[{"port": 80}]), actions=RESTART)
    assert [is_ready(pod) for _, pod in since(journal, 30)] == readiness


@pytest.mark.rule("PRB-21")
def test_a_startup_probe_is_thrown_away(tmp_path: Path) -> None:
    spec = {"containers": [{"name": "main", "startupProbe": {**PROBE, "failureThreshold": 10}}]}
    journal = played(tmp_path, spec, programs=program(listen=[{"port": 80, "from": "80s"}]), actions=RESTART, duration="80s")
    first, pod = since(journal, 30)[0]
    assert 34 <= first <= 35
    assert is_ready(pod)
    assert not [t for t, _ in events(journal, "Unhealthy") if t > 30]


def test_a_container_that_is_restarted_by_its_probe_begins_as_started(tmp_path: Path) -> None:
    probes = {"startupProbe": {**PROBE, "failureThreshold": 30}, "livenessProbe": {**PROBE, "periodSeconds": 1}}
    runs = [{"listen": [{"port": 80, "to": "20s"}]}, {"listen": [{"port": 80, "from": "12s"}]}]
    programs = [{"match": {"container": "main"}, "runs": runs}]
    after: dict[str, list[bool]] = {}
    for release in ("1.34", "1.36"):
        journal = played(tmp_path, {"containers": [{"name": "main", **probes}]}, kubernetes=release, programs=programs, duration="40s")
        second = [pod.status.container_statuses[0] for _, pod in statuses(journal) if pod.status.container_statuses]
        after[release] = [bool(status.started) for status in second if status.restart_count == 1 and status.state.running]
    assert after["1.34"][0] is False
    assert after["1.36"][:2] == [True, False]


def test_back_offs_and_counts_start_over(tmp_path: Path) -> None:
    actions = [{"at": "100s", "node": "minikube", "kubelet": "restart"}]
    journal = played(tmp_path, {}, programs=program(exitAfter="1s", exitCode=1), actions=actions, duration="110s")
    started = [(t, event.count) for t, event in events(journal, "Started")]
    assert [count for t, count in started if t < 100] == [1, 2, 3, 4, 5]
    assert [(101 < t < 103, count) for t, count in started if t > 100] == [(True, 1)]


@pytest.mark.rule("VOL-07")
def test_a_pod_that_stops_gets_its_whole_grace_again(tmp_path: Path) -> None:
    actions = [{"at": "25s", "delete": "pod/web"}, *RESTART]
    stubborn = program(term={"ignore": True})
    journal = played(tmp_path, {"automountServiceAccountToken": True}, programs=stubborn, actions=actions, duration="80s")
    gone = [t for t, pod in statuses(journal) if pod.status.container_statuses and pod.status.container_statuses[0].state.terminated]
    assert 63 < gone[0] < 66
    assert [round(t) for t, _ in events(journal, "Killing")] == [25, 34]
    mounts = [(event.message, event.count) for _, event in events(journal, "FailedMount")]
    assert mounts[-1][1] == 6
    assert mounts[-1][0].endswith('object "default"/"kube-root-ca.crt" not registered')


@pytest.mark.rule("PRC-01")
@pytest.mark.parametrize("change", ["gone", "rejected"])
def test_what_a_new_kubelet_does_not_admit_is_stopped(tmp_path: Path, change: str) -> None:
    action = {"delete": "pod/web", "force": True} if change == "gone" else {"label": "node/minikube", "with": {"disk": None}}
    spec = {"nodeSelector": {"disk": "ssd"}, "terminationGracePeriodSeconds": 60}
    nodes = {"nodes": [{"name": "minikube", "labels": {"disk": "ssd"}}]}
    actions = [RESTART[0], {"at": "31s", **action}, RESTART[1]]
    journal = played(tmp_path, spec, programs=program(term={"ignore": True}), cluster=nodes, actions=actions)
    [(stopped, _)] = events(journal, "Killing")
    assert 35 < stopped < 35.6
    exited = [fact.t / 1e9 for fact in journal.at().facts("container.exited")]
    assert [round(t - stopped, 1) for t in exited] == [2]
    if change == "rejected":
        assert statuses(journal)[-1][1].status.reason == "NodeAffinity"


@pytest.mark.rule("PRC-02")
def test_a_pod_that_has_ended_stays_as_it_is(tmp_path: Path) -> None:
    journal = played(tmp_path, {"restartPolicy": "Never"}, programs=program(exitAfter="5s"), actions=RESTART)
    [(_, last)] = since(journal, 30)
    assert last.status.phase == "Succeeded"
    assert last.status.pod_ip == ""
    assert not [t for t, _ in events(journal, "Killing") if t > 30]


@pytest.mark.rule("PRC-03")
@pytest.mark.parametrize(("action", "reboots"), [({"kubelet": "restart"}, 0), ({"reboot": "20s"}, 1)])
def test_a_kubelet_that_starts_reports_its_node(tmp_path: Path, action: Spec, reboots: int) -> None:
    journal = played(tmp_path, {}, actions=[{"at": "30s", "node": "minikube", **action}])
    assert len(events(journal, "Starting")) == len(events(journal, "NodeHasSufficientPID")) == 1
    assert len(events(journal, "Rebooted")) == reboots


@pytest.mark.rule("STA-13")
def test_a_reboot_takes_the_address_away(tmp_path: Path) -> None:
    journal = played(tmp_path, {}, actions=[{"at": "30s", "node": "minikube", "reboot": "20s"}])
    addresses = [pod.status.pod_ip for _, pod in statuses(journal)]
    assert [bool(address) for address, _ in groupby(addresses)] == [False, True, False, True]
    [container] = statuses(journal)[-1][1].status.container_statuses
    assert container.restart_count == 1
    assert (container.last_state.terminated.exit_code, container.last_state.terminated.reason) == (255, "Unknown")
    assert len(events(journal, "SandboxChanged")) == 1
