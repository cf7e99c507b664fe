"""The conditions that the kubelet writes."""

from __future__ import annotations

import pytest

from simulator.container.status import RuntimePod, SandboxRecord
from simulator.kubelet import conditions
from simulator.kubelet.pod_actions import sandbox_need
from simulator.objects.pod_status import PodCondition
from tests.kubelet.cases import Fact, facts, name_of, pod_of

CASES = [fact for fact in facts("pod-conditions") if fact.get("statuses", ()) is not None]
"""All but those in which the kubelet has no list of statuses at all, which never happens to a pod that it has seen."""


def generated(fact: Fact) -> PodCondition:
    if "sandbox" in fact:
        given = fact["sandbox"]
        sandbox = () if given is None else (SandboxRecord("a", 0, 0, given["state"] == "READY", given.get("ip", "")),)
        return conditions.condition(fact["expect"]["type"], not sandbox_need(pod_of({}), RuntimePod(sandbox)).needed)
    spec = {**fact["spec"], "readinessGates": [{"conditionType": gate} for gate in fact["spec"].get("readinessGates", [])]}
    init = {c["name"] for c in spec.get("initContainers", [])}
    regular = [item for item in fact["statuses"] if item["name"] not in init]
    before = [item for item in fact["statuses"] if item["name"] in init]
    given = {"conditions": fact.get("conditions", []), "phase": fact["phase"]}
    pod = pod_of(spec, given)
    decoded = pod_of({}, {"initContainerStatuses": before, "containerStatuses": regular}).status
    statuses = [*decoded.init_container_statuses, *decoded.container_statuses]
    match fact["expect"]["type"]:
        case "ContainersReady":
            return conditions.containers_ready(pod, statuses, fact["phase"])
        case "Ready":
            return conditions.ready(pod, pod.status.conditions, statuses, fact["phase"])
        case _:
            return conditions.initialized(pod, statuses, fact["phase"])


@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_condition(fact: Fact) -> None:
    condition, expected = generated(fact), fact["expect"]
    assert (condition.status, condition.reason) == (expected["status"], expected.get("reason", ""))
    if "message" in expected:
        assert condition.message == expected["message"]


def test_only_pods_without_statuses_are_left_out() -> None:
    assert len(facts("pod-conditions")) - len(CASES) == 3


def test_a_ready_condition_that_contradicts_a_gate_needs_a_sync() -> None:
    spec = {"containers": ["a"], "readinessGates": [{"conditionType": "lb"}]}
    ready = [{"name": "a", "ready": True, "state": {"running": {}}}]
    given = {"phase": "Running", "containerStatuses": ready}
    gate = {"type": "lb", "status": "True"}
    assert conditions.needs_reconcile(pod_of(spec, {**given, "conditions": [gate, {"type": "Ready", "status": "False"}]}))
    assert not conditions.needs_reconcile(pod_of(spec, {**given, "conditions": [gate, {"type": "Ready", "status": "True"}]}))
    assert not conditions.needs_reconcile(pod_of({"containers": ["a"]}, given))
