"""What the kubelet does next for a pod, from its spec and what the runtime has."""

from __future__ import annotations

import pytest

from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.dialect import Dialect
from simulator.kubelet.pod_actions import PodActions, ProbeResults, pod_actions
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import container_of, definition
from simulator.objects.pod import Pod
from tests.kubelet.cases import Fact, facts, name_of, pod_of, restarts_all_containers

LEFT_OUT = ["sync-016", "sync-025", "sync-026", "sync-027", "sync-053"]
STATES = {"created": State.CREATED, "running": State.RUNNING, "exited": State.EXITED}


def is_modelled(fact: Fact) -> bool:
    """Our runtime always knows the state of its containers, and no container restarts all of them."""
    unknown = any(c["state"] == "unknown" for c in fact["runtime"]["containers"])
    return not unknown and not restarts_all_containers(fact["pod"])


CASES = [fact for fact in facts("sync-actions") if is_modelled(fact)]


def runtime_of(pod: Pod, fact: Fact) -> RuntimePod:
    runtime = fact["runtime"]
    sandbox = runtime["sandbox"]
    sandboxes = ()
    if sandbox is not None:
        sandboxes = (SandboxRecord("sb", sandbox["attempt"], 0, sandbox["state"] == "READY", sandbox.get("ip", "10.0.0.1")),)
    records = []
    for item in runtime["containers"]:
        spec = container_of(pod, item["name"])
        stamp = "changed" if item.get("spec_changed_since_start") else definition(spec) if spec is not None else ""
        state = STATES[item["state"]]
        records.append(ContainerRecord(item["name"], item["name"], 0, "sb", "", stamp, state, 0, exit_code=item.get("exit_code", 0)))
    return RuntimePod(sandboxes, tuple(records))


def results_of(fact: Fact) -> ProbeResults:
    found = fact.get("probe_results", {})

    def lookup(kind: str, name: str) -> Result | None:
        word = found.get(name, {}).get(kind)
        return None if word in (None, "not run yet") else Result(word.lower())

    return ProbeResults(lambda name: lookup("liveness", name), lambda name: lookup("startup", name))


def decided(fact: Fact) -> tuple[Pod, PodActions]:
    pod = pod_of(fact["pod"], deleted=fact["pod"].get("deleted", False))
    return pod, pod_actions(pod, runtime_of(pod, fact), results_of(fact), Dialect("1.36"))


def check(fact: Fact) -> None:
    """Hold the decision against the table's."""
    pod, actions = decided(fact)
    expected = fact["expect"]
    found = {
        "kill_pod": actions.kill_pod,
        "create_sandbox": actions.create_sandbox,
        "init_to_start": [pod.spec.init_containers[i].name for i in actions.init_to_start],
        "to_start": [pod.spec.containers[i].name for i in actions.to_start],
        "to_kill": [kill.record.name for kill in actions.to_kill],
    }
    if expected.get("nothing"):
        assert not actions.any
    else:
        assert found == {key: expected[key] for key in found}
        assert "sandbox_attempt" not in expected or actions.attempt == expected["sandbox_attempt"]


@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_actions(fact: Fact) -> None:
    check(fact)


def test_only_states_that_our_runtime_does_not_have_are_left_out() -> None:
    assert [fact["id"] for fact in facts("sync-actions") if not is_modelled(fact)] == LEFT_OUT
