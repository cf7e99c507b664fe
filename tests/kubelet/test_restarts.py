"""Kubelets that stop and start again, nodes that reboot, sandboxes that are lost."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
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


@pytest.mark.rule("RST-16", "STA-14")
@pytest.mark.parametrize("containers", ["exited", "gone"])
def test_init_containers_run_again_after_a_reboot(tmp_path: Path, containers: str) -> None:
    spec = {"initContainers": [{"name": "one"}, {"name": "two"}]}
    programs = [{"match": {"container": name}, "runs": [{"exitAfter": "2s"}]} for name in ("one", "two")]
    reboots = [{"at": f"{at}s", "node": "minikube", "reboot": "5s", "containers": containers} for at in (15, 40)]
    journal = played(tmp_path, spec, programs=programs, actions=reboots, duration="90s")
    status = statuses(journal)[-1][1].status
    assert [one.restart_count for one in (*status.init_container_statuses, *status.container_statuses)] == [2, 2, 2]
    assert status.phase == "Running"
    assert len(events(journal, "SandboxChanged")) == (2 if containers == "exited" else 0)


@pytest.mark.rule("PRB-24")
@pytest.mark.parametrize(("release", "starts"), [("1.35.1", False), ("1.36", True)])
def test_what_waits_for_a_sidecar_starts_with_a_new_kubelet(tmp_path: Path, release: str, starts: bool) -> None:
    sidecar = {"name": "proxy", "restartPolicy": "Always", "startupProbe": {**PROBE, "failureThreshold": 30}}
    programs = [{"match": {"container": "proxy"}, "runs": [{"listen": [{"port": 80, "from": "55s"}]}]}]
    journal = played(tmp_path, {"initContainers": [sidecar]}, kubernetes=release, programs=programs, actions=RESTART, duration="50s")
    [main] = statuses(journal)[-1][1].status.container_statuses
    assert bool(main.state.running) is starts


@pytest.mark.parametrize(("lost", "code", "changed"), [("pause", 143, 1), ("dead", 137, 1), ("removed", 137, 0)])
def test_a_lost_sandbox_is_replaced(tmp_path: Path, lost: str, code: int, changed: int) -> None:
    journal = played(tmp_path, {}, actions=[{"at": "10s", "kill": "pod/web", "sandbox": lost}])
    [main] = statuses(journal)[-1][1].status.container_statuses
    assert (main.restart_count, main.last_state.terminated.exit_code) == (1, code)
    assert len(events(journal, "SandboxChanged")) == changed


@pytest.mark.rule("RST-17")
def test_a_rule_restarts_all_containers(tmp_path: Path) -> None:
    rule = {"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [88]}}
    worker = {"name": "worker", "restartPolicy": "Never", "restartPolicyRules": [rule]}
    spec = {"initContainers": [{"name": "setup"}], "containers": [worker, {"name": "helper"}]}
    programs = [
        {"match": {"container": "setup"}, "runs": [{"exitAfter": "2s"}]},
        {"match": {"container": "worker"}, "runs": [{"exitAfter": "5s", "exitCode": 88}, {}]},
        {"match": {"container": "helper"}, "runs": [{"term": {"ignore": True}}]},
    ]
    journal = played(tmp_path, spec, programs=programs, duration="40s")
    status = statuses(journal)[-1][1].status
    assert [one.restart_count for one in (*status.init_container_statuses, *status.container_statuses)] == [1, 1, 1]
    assert {one.last_state.terminated.reason for one in status.container_statuses} == {"RestartingAllContainers"}
    flips = [item.status for _, pod in statuses(journal) for item in pod.status.conditions if item.type == "AllContainersRestarting"]
    assert [value for value, _ in groupby(flips)] == ["False", "True", "False"]
    [(killed, event)] = events(journal, "Killing")
    assert event.message == "killing"
    assert not events(journal, "BackOff")
    assert 10 < events(journal, "Started")[-1][0] - killed + 5 < 14


@pytest.mark.rule("INI-15")
@pytest.mark.parametrize(("policy", "restarts"), [("Always", True), ("Never", False)])
def test_an_init_container_that_runs_out_of_memory_has_failed(tmp_path: Path, policy: str, restarts: bool) -> None:
    spec = {"initContainers": [{"name": "setup"}], "restartPolicy": policy}
    programs = [{"match": {"container": "setup"}, "runs": [{"exitAfter": "2s", "exitCode": 0, "reason": "OOMKilled"}]}]
    journal = played(tmp_path, spec, programs=programs, duration="60s")
    pod = statuses(journal)[-1][1]
    assert pod.status.phase == "Pending"
    assert bool(pod.status.init_container_statuses[0].restart_count) is restarts
    assert pod.status.container_statuses[0].state.waiting


@pytest.mark.rule("PRB-25")
@pytest.mark.parametrize(("release", "ready"), [("1.34", False), ("1.35", True), ("1.36", False), ("1.36.3", True)])
def test_exec_readiness_of_a_pod_that_is_deleted(tmp_path: Path, release: str, ready: bool) -> None:
    probe = {"exec": {"command": ["ready"]}, "periodSeconds": 2, "failureThreshold": 1}
    spec = {"containers": [{"name": "main", "readinessProbe": probe}]}
    answers = [{"command": "ready", "exit": 1, "from": "20s"}, {"command": "ready", "exit": 0}]
    actions = [{"at": "10s", "delete": "pod/web"}]
    programs = program(exec=answers, term={"ignore": True})
    journal = played(tmp_path, spec, kubernetes=release, programs=programs, actions=actions, duration="35s")
    assert is_ready(statuses(journal)[-1][1]) is ready
    cancelled = [event.message for _, event in events(journal, "Unhealthy") if "context canceled" in event.message]
    assert bool(cancelled) is ready


@pytest.mark.parametrize(("release", "starts"), [("1.32", False), ("1.33.5", False), ("1.33", True), ("1.36", True)])
def test_the_probes_of_a_sidecar_that_ends_in_a_pod_that_never_restarts(tmp_path: Path, release: str, starts: bool) -> None:
    sidecars = [
        {"name": name, "restartPolicy": "Always", "startupProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1, "failureThreshold": 30}}
        for name, port in (("first", 80), ("second", 81))
    ]
    runs = [{"exitAfter": "2s", "exitCode": 1}, {"listen": [{"port": 81, "from": "2s"}]}]
    spec = {"initContainers": sidecars, "restartPolicy": "Never"}
    programs = [{"match": {"container": "first"}, "runs": [{"listen": [{"port": 80}]}]}, {"match": {"container": "second"}, "runs": runs}]
    journal = played(tmp_path, spec, kubernetes=release, programs=programs)
    [main] = statuses(journal)[-1][1].status.container_statuses
    assert bool(main.state.running) is starts


@pytest.mark.rule("PRB-26")
def test_an_exec_probe_of_a_container_that_has_just_ended(tmp_path: Path) -> None:
    probe = {"exec": {"command": ["ready"]}, "periodSeconds": 1}
    programs = program(exitAfter="5s", exec=[{"command": "ready", "exit": 0}])
    found = []
    for phase in ("100ms", "300ms", "500ms", "700ms", "900ms"):
        settings = {"kubelet": {"relistPhase": phase}}
        journal = played(tmp_path, {"containers": [{"name": "main", "readinessProbe": probe}]}, programs=programs, cluster=settings)
        found += [event.message for _, event in events(journal, "Unhealthy")]
    error = "rpc error: code = Unknown desc = failed to exec in container: container is in CONTAINER_EXITED state"
    assert f"Readiness probe errored and resulted in unknown state: {error}" in found


@pytest.mark.rule("SHD-01", "SHD-02")
def test_a_graceful_shutdown_has_two_phases(tmp_path: Path) -> None:
    critical = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "critical", "namespace": "kube-system"},
        "spec": {"nodeName": "minikube", "priorityClassName": "system-node-critical", "containers": [{"name": "main", "image": "app:1"}]},
    }
    settings = {"kubelet": {"shutdownGracePeriod": "30s", "shutdownGracePeriodCriticalPods": "10s"}}
    spec = {"terminationGracePeriodSeconds": 60}
    actions = [{"at": "20s", "node": "minikube", "reboot": "30s"}]
    stubborn = [{"match": {"pod": "web"}, "runs": [{"term": {"ignore": True}}]}]
    journal = played(tmp_path, spec, critical, programs=stubborn, cluster=settings, actions=actions, duration="120s")
    killed = {event.involved_object.name: round(t) for t, event in events(journal, "Killing")}
    assert killed == {"web": 20, "critical": 40}
    exits = [(fact.about.name, round(fact.t / 1e9), fact.data["exitCode"]) for fact in journal.at().facts("container.exited")]
    assert exits == [("web", 40, 137), ("critical", 40, 143)]
    status = statuses(journal)[-1][1].status
    assert (status.phase, status.reason) == ("Failed", "Terminated")
    [target] = [item for item in status.conditions if item.type == "DisruptionTarget"]
    assert target.reason == "TerminationByKubelet"
    assert len(events(journal, "Rebooted")) == 1


@pytest.mark.parametrize("period", ["5s", "0s"])
def test_critical_pods_have_a_part_of_the_period(tmp_path: Path, period: str) -> None:
    settings = {"kubelet": {"shutdownGracePeriod": period, "shutdownGracePeriodCriticalPods": "10s"}}
    with pytest.raises(InputError, match="must not be longer than shutdownGracePeriod"):
        played(tmp_path, {}, cluster=settings)
