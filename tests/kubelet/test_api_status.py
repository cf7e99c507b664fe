"""The whole status that the kubelet reports, from what the runtime has and what was reported before."""

from __future__ import annotations

import pytest

from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.dialect import Dialect
from simulator.kubelet.container_statuses import Translation
from simulator.kubelet.pod_status import StatusInputs, pod_status
from simulator.objects.base import evolve
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


@pytest.mark.parametrize(
    ("previous", "api", "expected"),
    [
        pytest.param(("Running", "", ""), ("Running", "NodeLost", "lost"), ("NodeLost", "lost"), id="of the API"),
        pytest.param(("Running", "A", "a"), ("Running", "NodeLost", "lost"), ("A", "a"), id="of the last report"),
        pytest.param(("Running", "A", ""), ("Running", "NodeLost", "lost"), ("A", "lost"), id="one of each"),
        pytest.param(("Pending", "A", "a"), ("Pending", "NodeLost", "lost"), ("", ""), id="none for another phase"),
    ],
)
def test_a_phase_that_stays_keeps_its_reason_and_message(
    previous: tuple[str, str, str], api: tuple[str, str, str], expected: tuple[str, str]
) -> None:
    stored, reported = (dict(zip(("phase", "reason", "message"), item, strict=True)) for item in (api, previous))
    runtime = RuntimePod(
        (SandboxRecord("0", 0, 0, ready=True, ip="10.0.0.1"),), (ContainerRecord("main", "main", 0, "0", "", "", State.RUNNING, 0, 0),)
    )
    inputs = StatusInputs(runtime, pod_of({}, reported).status, lambda _: None, TRANSLATION, lambda _, statuses: statuses, "192.168.49.2")
    status_now = pod_status(pod_of({"containers": ["main"]}, stored), inputs, Dialect("1.33"), terminal=False)
    assert status_now.phase == "Running"
    assert (status_now.reason, status_now.message) == expected


@pytest.mark.parametrize(("release", "generation"), [("1.32", 0), ("1.36", 3), ("1.36", None)])
def test_the_generation_of_the_spec_that_the_status_is_about(release: str, generation: int | None) -> None:
    pod = pod_of({"containers": ["main"]}, {"phase": "Pending"})
    pod = evolve(pod, metadata=evolve(pod.metadata, generation=3 if generation == 0 else generation))
    inputs = StatusInputs(RuntimePod((), ()), pod.status, lambda _: None, TRANSLATION, lambda _, statuses: statuses, "192.168.49.2")
    assert pod_status(pod, inputs, Dialect(release), terminal=False).observed_generation == (generation or 0)


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
