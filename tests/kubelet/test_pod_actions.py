"""What the kubelet does next for a pod, from its spec and what the runtime has."""

from __future__ import annotations

import pytest

from simulator.container.status import ContainerRecord, RuntimePod, SandboxRecord, State
from simulator.dialect import Dialect
from simulator.kubelet.actions import PodActions, ProbeResults
from simulator.kubelet.pod_actions import pod_actions
from simulator.kubelet.prober.results import Result
from simulator.kubelet.specs import definition
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import container_named
from tests.kubelet.cases import Fact, facts, name_of, pod_of, restarts_all_containers
from tests.kubelet.rules import by_id

LEFT_OUT = ["sync-016", "sync-025", "sync-026", "sync-027", "sync-053"]
STATES = {"created": State.CREATED, "running": State.RUNNING, "exited": State.EXITED}


def is_modelled(fact: Fact) -> bool:
    """The simulated runtime always knows the state of its containers, and no container restarts all of them."""
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
        spec = container_named(pod, item["name"])
        stamp = "changed" if item.get("spec_changed_since_start") else definition(spec) if spec is not None else ""
        state = STATES[item["state"]]
        records.append(ContainerRecord(item["name"], item["name"], 0, "sb", "", stamp, state, 0, exit_code=item.get("exit_code", 0)))
    return RuntimePod(sandboxes, tuple(records))


def results_of(fact: Fact) -> ProbeResults:
    results = fact.get("probe_results", {})

    def lookup(kind: str, name: str) -> Result | None:
        word = results.get(name, {}).get(kind)
        return None if word in (None, "not run yet") else Result(word.lower())

    return ProbeResults(lambda name: lookup("liveness", name), lambda name: lookup("startup", name))


def decided(fact: Fact) -> tuple[Pod, PodActions]:
    pod = pod_of(fact["pod"], deleted=fact["pod"].get("deleted", False))
    return pod, pod_actions(pod, runtime_of(pod, fact), results_of(fact), Dialect("1.36"))


def check(fact: Fact) -> None:
    """Compare the decision with the table's."""
    pod, actions = decided(fact)
    expected = fact["expect"]
    decision = {
        "kill_pod": actions.kill_pod,
        "create_sandbox": actions.create_sandbox,
        "init_to_start": [pod.spec.init_containers[start.position].name for start in actions.init_to_start],
        "to_start": [pod.spec.containers[start.position].name for start in actions.to_start],
        "to_kill": [kill.record.name for kill in actions.to_kill],
    }
    if expected.get("nothing"):
        assert not actions.any
    else:
        assert decision == {key: expected[key] for key in decision}
        assert "sandbox_attempt" not in expected or actions.attempt == expected["sandbox_attempt"]


@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_actions(fact: Fact) -> None:
    check(fact)


def test_only_states_that_the_simulated_runtime_does_not_have_are_skipped() -> None:
    assert [fact["id"] for fact in facts("sync-actions") if not is_modelled(fact)] == LEFT_OUT


# ---- the rules of the decisions

ALL = ("foo1", "foo2", "foo3")
RULES: dict[str, dict[str, str]] = {
    "sync-001": {},
    "sync-002": {"pod": "SBX-01", **dict.fromkeys(ALL, "SBX-09")},
    "sync-003": {"foo1": "RST-04", "foo2": "RST-04"},
    "sync-004": {"foo2": "RST-04"},
    "sync-005": {"foo2": "RST-02"},
    "sync-006": {},
    "sync-007": {"pod": "SBX-02", **dict.fromkeys(ALL, "SBX-09")},
    "sync-008": {"pod": "SBX-02", "foo1": "SBX-09", "foo3": "SBX-09"},
    "sync-009": {"pod": "SBX-03", **dict.fromkeys(ALL, "SBX-09")},
    "sync-010": {"foo2": "RST-05"},
    "sync-011": {"foo2": "RST-06"},
    "sync-012": {"foo2": "RST-07"},
    "sync-013": {"pod": "SBX-04"},
    "sync-014": {"pod": "SBX-05"},
    "sync-015": {"pod": "SBX-02", **dict.fromkeys(ALL, "SBX-09")},
    "sync-017": {"foo2": "RST-02"},
    "sync-018": dict.fromkeys(ALL, "RST-15"),
    "sync-019": {"init1": "INI-04"},
    "sync-020": {},
    "sync-021": {"pod": "SBX-02", "init1": "SBX-06"},
    "sync-022": {"init3": "RST-04"},
    "sync-023": {"init3": "RST-04"},
    "sync-024": {"pod": "INI-08"},
    "sync-028": {"pod": "SBX-04"},
    "sync-029": {"pod": "SBX-02", "init1": "SBX-06"},
    "sync-030": {"pod": "SBX-02", "init1": "SBX-06"},
    "sync-031": {},
    "sync-032": {"init3": "INI-07"},
    "sync-033": dict.fromkeys(ALL, "RST-15"),
    "sync-034": {"restartable-init-1": "INI-04"},
    "sync-035": {"restartable-init-3": "INI-07"},
    "sync-036": {"restartable-init-2": "INI-10"},
    "sync-037": {"restartable-init-3": "INI-10"},
    "sync-038": {"restartable-init-3": "INI-10"},
    "sync-039": {"restartable-init-3": "INI-10"},
    "sync-040": {"restartable-init-3": "INI-13", **dict.fromkeys(ALL, "RST-15")},
    "sync-041": {},
    "sync-042": {},
    "sync-043": {"restartable-init-3": "INI-10"},
    "sync-044": {"restartable-init-3": "INI-11"},
    "sync-045": {"restartable-init-3": "INI-12", **dict.fromkeys(ALL, "RST-15")},
    "sync-046": {"restartable-init-1": "INI-09", "restartable-init-3": "INI-09"},
    "sync-047": {"restartable-init-1": "INI-09", **dict.fromkeys(ALL, "RST-15")},
    "sync-048": {"pod": "SBX-04"},
    "sync-049": {"pod": "SBX-02", "restartable-init-1": "SBX-06"},
    "sync-050": {"pod": "SBX-02", "restartable-init-1": "SBX-06"},
    "sync-051": {"pod": "SBX-02", "restartable-init-1": "SBX-06"},
    "sync-052": {"restartable-init-3": "INI-09"},
    "sync-054": {"restartable-init-3": "INI-09"},
    "sync-055": {"pod": "RST-08"},
    "sync-056": {"restartable-init-1": "INI-06", "restartable-init-2": "INI-06", **dict.fromkeys(ALL, "RST-15")},
}
"""The rule behind each decision, by container; `pod`: why the pod is killed or gets a new sandbox."""


def rules_of(pod: Pod, actions: PodActions) -> dict[str, str]:
    """The rules of a decision; a container that is killed and started must have one and the same."""
    starts = [(pod.spec.init_containers[start.position].name, start.rule) for start in actions.init_to_start]
    starts += [(pod.spec.containers[start.position].name, start.rule) for start in actions.to_start]
    kills = [(kill.record.name, kill.rule) for kill in actions.to_kill]
    rules = dict(starts)
    assert all(rules.setdefault(name, rule) == rule for name, rule in kills)
    return ({"pod": actions.pod_rule} if actions.kill_pod else {}) | rules


@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_each_decision_carries_its_rule(fact: Fact) -> None:
    pod, actions = decided(fact)
    assert rules_of(pod, actions) == RULES[fact["id"]]
    for start in (*actions.init_to_start, *actions.to_start):
        assert by_id()[start.rule].may_report("Started")
    for kill in (*actions.to_kill, *(actions.kills_of_pod(runtime_of(pod, fact).running) if actions.kill_pod else ())):
        assert by_id()[kill.rule].may_report("Killing")


def test_a_container_killed_with_its_pod_keeps_the_rule_by_which_it_had_to_stop_anyway() -> None:
    """Under restart policy Never, a failed liveness probe kills the whole pod."""
    fact = next(fact for fact in CASES if fact["id"] == "sync-011")
    fact = {**fact, "pod": {**fact["pod"], "restartPolicy": "Never", "containers": ["foo2"]}}
    pod, actions = decided(fact)
    running = runtime_of(pod, fact).running
    assert (actions.kill_pod, actions.pod_rule) == (True, "RST-08")
    assert {kill.record.name: kill.rule for kill in actions.kills_of_pod(running)} == {"foo1": "RST-08", "foo2": "RST-06", "foo3": "RST-08"}
