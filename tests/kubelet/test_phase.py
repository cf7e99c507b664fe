"""The phase of a pod, from the statuses of its containers."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.kubelet.phase import phase
from tests.kubelet.cases import Fact, facts, name_of, pod_of, restarts_all_containers

CASES = [fact for fact in facts("pod-phase") if not restarts_all_containers(fact["pod"]["spec"])]


@pytest.mark.rule("STA-08")
@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_phase(fact: Fact) -> None:
    pod = pod_of(fact["pod"]["spec"], fact["pod"]["status"])
    statuses = [*pod.status.init_container_statuses, *pod.status.container_statuses]
    result = phase(pod, statuses, terminal=fact.get("pod_is_terminal", False), initialized=fact.get("pod_has_initialized", False))
    assert result == fact["expect"]["phase"]


@pytest.mark.rule("STA-08")
@pytest.mark.parametrize(
    ("policy", "state", "last", "expected"),
    [
        ("Always", {"waiting": {}}, None, "Pending"),
        ("Always", {"running": {}}, None, "Pending"),
        ("Always", {"running": {}}, 1, "Pending"),
        ("Never", {"running": {}}, 1, "Pending"),
        ("Never", {"waiting": {}}, 1, "Failed"),
        ("Never", {"terminated": {"exitCode": 1}}, None, "Failed"),
    ],
)
def test_an_init_container_that_runs_again(policy: str, state: dict[str, Any], last: int | None, expected: str) -> None:
    before = {} if last is None else {"last": {"terminated": {"exit_code": last}}}
    given = {
        "initContainerStatuses": [{"name": "init", "state": state, **before}],
        "containerStatuses": [{"name": "main", "state": {"waiting": {}}}],
    }
    pod = pod_of({"initContainers": ["init"], "containers": ["main"], "restartPolicy": policy}, given)
    assert phase(pod, [*pod.status.init_container_statuses, *pod.status.container_statuses], terminal=False, initialized=False) == expected


@pytest.mark.rule("STA-08")
@pytest.mark.parametrize(("state", "expected"), [({"running": {}}, "Pending"), ({"terminated": {"exitCode": 0}}, "Running")])
def test_a_pod_whose_init_container_runs_again_is_pending_though_its_containers_have_run(state: dict[str, Any], expected: str) -> None:
    """As after a restart of the node: the sandbox is new, and everything begins again."""
    given = {
        "initContainerStatuses": [{"name": "init", "state": state}],
        "containerStatuses": [{"name": "main", "state": {"waiting": {}}, "last": {"terminated": {"exit_code": 255}}}],
    }
    pod = pod_of({"initContainers": ["init"], "containers": ["main"], "restartPolicy": "Always"}, given)
    statuses = [*pod.status.init_container_statuses, *pod.status.container_statuses]
    assert phase(pod, statuses, terminal=False, initialized=True) == expected


def test_most_cases_are_played() -> None:
    assert len(CASES) == 79
