"""Facts about pods: one row for each case of the definition."""

from __future__ import annotations

import pytest

from simulator.objects import pod_facts
from simulator.objects.container import Container
from simulator.objects.meta import ObjectMeta, is_being_deleted
from simulator.objects.pod import Pod, PodSpec
from simulator.objects.pod_status import PodCondition, PodStatus

EARLIER, NOW = "2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"
AGENT = Container(name="agent", restart_policy="Always")
SETUP = Container(name="setup")
WEB = Container(name="web")
RESTARTING = Container(name="restarting", restart_policy="Always")
POD = Pod(spec=PodSpec(init_containers=[SETUP, AGENT], containers=[WEB, RESTARTING]))


@pytest.mark.parametrize(
    ("phase", "deleted", "ended", "active", "terminating"),
    [
        ("Pending", False, False, True, False),
        ("Running", False, False, True, False),
        ("Running", True, False, False, True),
        ("Succeeded", False, True, False, False),
        ("Failed", False, True, False, False),
        ("Failed", True, True, False, False),
        ("Unknown", False, False, True, False),
    ],
)
def test_ended_active_terminating(phase: str, deleted: bool, ended: bool, active: bool, terminating: bool) -> None:
    pod = Pod(metadata=ObjectMeta(deletion_timestamp=NOW if deleted else None), status=PodStatus(phase=phase))
    assert pod_facts.has_ended(pod) is ended
    assert pod_facts.is_active(pod) is active
    assert pod_facts.is_terminating(pod) is terminating
    assert is_being_deleted(pod) is deleted
    assert (pod_facts.has_succeeded(pod), pod_facts.has_failed(pod)) == (phase == "Succeeded", phase == "Failed")


@pytest.mark.parametrize(("status", "ready"), [("True", True), ("False", False), ("Unknown", False)])
def test_ready_is_the_condition_ready(status: str, ready: bool) -> None:
    others = [PodCondition(type="ContainersReady", status="True")]
    pod = Pod(status=PodStatus(conditions=[*others, PodCondition(type="Ready", status=status)]))
    assert pod_facts.is_ready(pod) is ready
    assert not pod_facts.is_ready(Pod(status=PodStatus(conditions=others)))


def test_a_regular_container_that_restarts_always_is_no_sidecar() -> None:
    assert [c.name for c in (SETUP, AGENT, WEB, RESTARTING) if pod_facts.is_sidecar(POD, c)] == ["agent"]
    assert pod_facts.sidecars(POD.spec) == [AGENT]
    assert pod_facts.long_running(POD.spec) == [WEB, RESTARTING, AGENT]


def test_a_condition_keeps_its_transition_time_while_its_status_stays() -> None:
    old = PodCondition(type="Ready", status="False", reason="A", last_transition_time=EARLIER)
    other = PodCondition(type="Initialized", status="True", last_transition_time=EARLIER)
    status = PodStatus(conditions=[old, other])
    same = pod_facts.with_condition(status, PodCondition(type="Ready", status="False", reason="B", last_transition_time=NOW))
    assert same.conditions == [PodCondition(type="Ready", status="False", reason="B", last_transition_time=EARLIER), other]
    new = PodCondition(type="Ready", status="True", last_transition_time=NOW)
    assert pod_facts.with_condition(status, new).conditions == [new, other]
    first = PodCondition(type="PodScheduled", status="True", last_transition_time=NOW)
    assert pod_facts.with_condition(status, first).conditions == [old, other, first]


def test_the_disruption_condition() -> None:
    made = pod_facts.disruption_target("DeletionByPodGC", "PodGC: node no longer exists", NOW, generation=2)
    assert made == PodCondition(
        type="DisruptionTarget",
        status="True",
        reason="DeletionByPodGC",
        message="PodGC: node no longer exists",
        last_transition_time=NOW,
        observed_generation=2,
    )
