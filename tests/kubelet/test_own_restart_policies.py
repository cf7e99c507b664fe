"""Containers with restart policies and rules of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.objects.pod_status import PodStatus
from tests.kubelet.world import played, statuses

Spec = dict[str, Any]
RETRY_42 = [{"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}]
NOT_42 = [{"action": "Restart", "exitCodes": {"operator": "NotIn", "values": [42]}}]


def end(folder: Path, pod_policy: str, own: Spec, codes: list[int]) -> PodStatus:
    """The last status of a pod whose container ends with those codes, one after the other."""
    spec = {"restartPolicy": pod_policy, "containers": [{"name": "main", **own}]}
    runs = [{"exitAfter": "1s", "exitCode": code} for code in codes]
    programs = [{"match": {"container": "main"}, "runs": runs}]
    return statuses(played(folder, spec, programs=programs, duration="8s", kubernetes="1.36"))[-1][1].status


@pytest.mark.rule("RST-13")
@pytest.mark.parametrize(
    ("pod_policy", "own", "code", "phase", "restarts"),
    [
        ("Never", "Always", 0, "Running", 1),
        ("Never", "OnFailure", 1, "Running", 1),
        ("Never", "OnFailure", 0, "Succeeded", 0),
        ("Always", "Never", 0, "Succeeded", 0),
        ("Always", "Never", 1, "Failed", 0),
        ("OnFailure", "Never", 1, "Failed", 0),
    ],
)
def test_its_own_policy_overrides_the_pods(tmp_path: Path, pod_policy: str, own: str, code: int, phase: str, restarts: int) -> None:
    status = end(tmp_path, pod_policy, {"restartPolicy": own}, [code])
    assert (status.phase, status.container_statuses[0].restart_count) == (phase, restarts)


@pytest.mark.rule("RST-14")
@pytest.mark.parametrize(
    ("rules", "codes", "phase", "restarts"),
    [
        (RETRY_42, [42, 3], "Failed", 1),
        (RETRY_42, [3], "Failed", 0),
        (NOT_42, [3, 42], "Failed", 1),
        (NOT_42, [42], "Failed", 0),
        (RETRY_42, [42, 0], "Succeeded", 1),
    ],
)
def test_the_first_rule_that_matches_restarts_it(tmp_path: Path, rules: list[Spec], codes: list[int], phase: str, restarts: int) -> None:
    status = end(tmp_path, "Always", {"restartPolicy": "Never", "restartPolicyRules": rules}, codes)
    assert (status.phase, status.container_statuses[0].restart_count) == (phase, restarts)


@pytest.mark.rule("RST-13")
@pytest.mark.parametrize(("pod_policy", "own", "phase"), [("Never", "OnFailure", "Pending"), ("Always", "Never", "Failed")])
def test_init_containers_may_have_a_policy_of_their_own(tmp_path: Path, pod_policy: str, own: str, phase: str) -> None:
    init = {"name": "setup", "restartPolicy": own}
    programs = [{"match": {"container": "setup"}, "runs": [{"exitAfter": "1s", "exitCode": 1}]}]
    spec = {"restartPolicy": pod_policy, "initContainers": [init]}
    journal = played(tmp_path, spec, programs=programs, duration="8s", kubernetes="1.36")
    assert statuses(journal)[-1][1].status.phase == phase


def sidecar_and_main(folder: Path, release: str, sidecar: list[Spec]) -> list[tuple[float, PodStatus]]:
    """The statuses of a pod that never restarts: a sidecar with these runs beside a container that ends well after 8 s."""
    spec = {"restartPolicy": "Never", "initContainers": [{"name": "proxy", "restartPolicy": "Always"}]}
    programs = [{"match": {"container": "proxy"}, "runs": sidecar}, {"match": {"container": "main"}, "runs": [{"exitAfter": "8s"}]}]
    journal = played(folder, spec, programs=programs, duration="30s", kubernetes=release)
    return [(t, pod.status) for t, pod in statuses(journal)]


@pytest.mark.rule("STA-16")
@pytest.mark.parametrize(("release", "waits"), [("1.34", False), ("1.36", True)])
def test_back_off_of_a_sidecar_in_a_pod_that_never_restarts(tmp_path: Path, release: str, waits: bool) -> None:
    played_ = sidecar_and_main(tmp_path, release, [{"exitAfter": "2s", "exitCode": 1}])
    states = [status.init_container_statuses[0].state for _, status in played_ if status.init_container_statuses]
    assert any(state.waiting is not None and state.waiting.reason == "CrashLoopBackOff" for state in states) is waits


@pytest.mark.rule("STA-15")
@pytest.mark.parametrize("release", ["1.30", "1.32", "1.34"])
def test_the_phase_ends_three_relists_after_the_work_if_a_sidecar_was_restarted(tmp_path: Path, release: str) -> None:
    times: dict[int, list[float]] = {}
    for restarts, runs in enumerate([[{}], [{"exitAfter": "2s", "exitCode": 1}, {}]]):
        played_ = sidecar_and_main(tmp_path, release, runs)
        work = next(t for t, status in played_ if any(s.state.terminated for s in status.container_statuses))
        end = next(t for t, status in played_ if status.phase == "Succeeded")
        times[restarts] = [work, end]
        assert played_[-1][1].init_container_statuses[0].restart_count == restarts
    assert times[0] == pytest.approx(times[1])
    assert times[0][1] - times[0][0] > 2.5
