"""What the kubelet remembers of its pods' lives (pod_workers.go)."""

from __future__ import annotations

import pytest

from simulator.engine import Engine
from simulator.kubelet.pod_states import PodState, PodStates
from simulator.kubelet.status_manager import has_initialized
from simulator.objects.pod import Pod
from tests.kubelet.cases import pod_of


@pytest.mark.parametrize(
    ("deleted", "terminated_at", "removed"), [(False, None, False), (True, None, False), (False, 5, False), (True, 5, True)]
)
def test_when_all_containers_of_a_pod_may_be_removed(deleted: bool, terminated_at: int | None, removed: bool) -> None:
    states = PodStates()
    state = states.add("u", PodState(Pod(), Engine(0).event()))
    state.deleted, state.terminated_at = deleted, terminated_at
    assert states.may_lose_its_containers("u") is removed


def test_containers_of_a_pod_that_the_kubelet_does_not_know_may_be_removed() -> None:
    states = PodStates()
    assert states.may_lose_its_containers("u")
    states.add("u", PodState(Pod(), Engine(0).event()))
    states.forget("u")
    assert states.may_lose_its_containers("u")
    assert states.is_finished("u")
    assert not states.could_have_running_containers("u")


RUNNING, WAITING = {"running": {}}, {"waiting": {}}
DONE, FAILED = {"terminated": {"exitCode": 0}}, {"terminated": {"exitCode": 1}}


@pytest.mark.parametrize(
    ("init", "main", "initialized"),
    [
        ([], [], True),
        ([WAITING], [], False),
        ([RUNNING], [WAITING], False),
        ([FAILED], [WAITING], False),
        ([DONE], [WAITING], True),
        ([DONE, WAITING], [WAITING], False),
        ([DONE, RUNNING], [WAITING], False),
        ([DONE, FAILED], [WAITING], False),
        ([DONE, DONE], [WAITING], True),
        ([RUNNING], [RUNNING], True),
        ([RUNNING], [DONE], True),
    ],
)
def test_a_pod_has_initialized_when_its_last_init_container_is_done_or_a_container_has_started(
    init: list[dict[str, object]], main: list[dict[str, object]], initialized: bool
) -> None:
    names = [f"i{number}" for number in range(len(init))]
    statuses = {
        "initContainerStatuses": [{"name": name, "state": state} for name, state in zip(names, init, strict=True)],
        "containerStatuses": [{"name": "main", "state": state} for state in main],
    }
    pod = pod_of({"initContainers": names, "containers": ["main"]}, statuses)
    assert has_initialized(pod) is initialized
