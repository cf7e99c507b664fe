"""The whole status that the kubelet reports, from what the runtime has and what was reported before."""

from __future__ import annotations

import pytest

from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.dialect import Dialect
from simulator.kubelet.container_statuses import Translation
from simulator.kubelet.pod_status import StatusInputs, pod_status
from simulator.objects.pod_status import PodStatus
from tests.kubelet.cases import Fact, facts, name_of, pod_of

TRANSLATION = Translation("x", lambda image: image, str)


def generated(fact: Fact) -> PodStatus:
    pod = pod_of(fact["pod"]["spec"], fact["pod"].get("status"), deleted=fact["pod"].get("deleted", False))
    previous = pod_of({}, {"message": fact["expect"].get("message", ""), **fact.get("previous_status", {})}).status
    runtime = fact["runtime"]
    sandboxes = tuple(SandboxRecord(str(i), 0, 0, state == "READY", "10.0.0.1") for i, state in enumerate(runtime.get("sandbox", [])))
    records = tuple(
        ContainerRecord(item["name"], item["name"], 0, "0", "", "", State(item["state"]), 0, 0, exit_code=item.get("exit_code", 0))
        for item in runtime.get("containers", [])
    )
    inputs = StatusInputs(
        RuntimePod(sandboxes, records), previous, lambda _: None, TRANSLATION, lambda _, statuses: statuses, "192.168.49.2"
    )
    return pod_status(pod, inputs, Dialect("1.33"), terminal=fact.get("pod_is_terminal", False))


@pytest.mark.rule("STA-02", "STA-06")
@pytest.mark.parametrize("fact", facts("api-pod-status"), ids=name_of)
def test_status(fact: Fact) -> None:
    status_now, expected = generated(fact), fact["expect"]
    assert status_now.phase == expected["phase"]
    assert (status_now.reason, status_now.message) == (expected.get("reason", ""), expected.get("message", ""))
    containers = {status.name: status for status in status_now.container_statuses}
    for item in expected.get("containerStatuses", []):
        status = containers[item["name"]]
        last = status.last_state.terminated
        expected_end = (item.get("last") or {}).get("terminated")
        assert status.restart_count == item.get("restart_count", 0)
        assert (last and last.reason) == (expected_end and expected_end["reason"])
        assert (last and last.exit_code) == (expected_end and expected_end["exit_code"])
        for state in item["state"]:
            assert getattr(status.state, state) is not None
    conditions = {condition.type: condition.status for condition in status_now.conditions}
    # Readiness of containers comes from probes here, from the table's own word there.
    for item in expected.get("conditions", []):
        if item["type"] not in ("Ready", "ContainersReady") or item["status"] == "False":
            assert conditions[item["type"]] == item["status"]
