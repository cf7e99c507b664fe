"""Orders, restarts, sidecars, image changes and terminations, as Kubernetes' own end-to-end tests expect them, in simulated time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from simulator.journal import Journal
from simulator.objects.kinds import Key
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from tests.kubelet.cases import Fact, facts, name_of
from tests.kubelet.world import played, statuses

SOON = 0.2
"""How long after a condition is met the next action comes, in seconds."""
FOREVER = 100_000
WATCHED = 40
"""Seconds for which a changed image is watched."""
HORIZON = {"restart_count_reaches": 600, "restart_count_min": 600}
CHECKED = {
    *("order", "not_order", "phase", "restart_count", "restart_count_reaches", "restart_count_min", "end_state", "waiting_reason"),
    *("gone_within_s", "gone_not_before_s", "gone_before_grace", "image_updated"),
}
ACTIONS = {"delete", "set image"}


def is_played(fact: Fact) -> bool:
    """Skipped: kubelets and sandboxes that fail, and expectations that need relations which are not modelled here."""
    containers = [*(fact["pod"].get("initContainers") or []), *fact["pod"]["containers"]]
    known = all(action["do"] in ACTIONS for action in fact.get("actions", [])) and all(isinstance(c["exit"], int) for c in containers)
    return known and "each_takes_s" not in fact and bool(CHECKED & fact["expect"].keys())


CASES = [fact for fact in facts("lifecycle") if is_played(fact)]


# ---- a case as a pod and its programs


def container_of(item: Fact) -> Fact:
    container: Fact = {"name": item["name"], "image": "absent:1" if item.get("image") == "bad" else "app:1"}
    if "restartPolicy" in item:
        container["restartPolicy"] = item["restartPolicy"]
    for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
        if kind in item:
            settings = {key: value for key, value in item[kind].items() if key not in ("exec", "exec_logs")}
            command = item[kind].get("exec") or item[kind].get("exec_logs")
            container[kind] = {**settings, "exec": {"command": command.split()}}
    for kind in ("preStop", "postStart"):
        if kind in item:
            container.setdefault("lifecycle", {})[kind] = _hook(kind, item[kind])
    return container


def _hook(kind: str, hook: Any) -> Fact:
    if isinstance(hook, dict) and "sleep" in hook:
        return {"sleep": {"seconds": hook["sleep"]}}
    return {"exec": {"command": ["hook", kind]}}


def program_of(item: Fact) -> Fact:
    started = item.get("start_delay", 0)
    run: Fact = {"exitCode": item["exit"]}
    if item["delay"] != "forever":
        run["exitAfter"] = f"{started + item['delay']}s"
    if item.get("ignores_term"):
        run["term"] = {"ignore": True}
    elif "term_delay" in item:
        run["term"] = {"delay": f"{item['term_delay']}s", "exitCode": item["exit"]}
    rules: list[Fact] = [{"command": "test", "exit": 1, "from": "0s", "to": f"{started}s"}] if started else []
    rules += [{"command": "exit 1", "exit": 1}, {"command": "false", "exit": 1}]
    for kind in ("preStop", "postStart"):
        hook = item.get(kind)
        if isinstance(hook, dict) and "sleep" not in hook:
            delay = FOREVER if hook.get("loops_forever") else hook.get("delay", 0)
            rules.append({"command": f"hook {kind}", "exit": hook.get("exit", 0), "delay": f"{delay}s"})
        elif hook == "until started":
            rules.append({"command": f"hook {kind}", "delay": f"{max(started, 1)}s"})
    return {"match": {"container": item["name"]}, "runs": [{**run, "exec": rules}]}


def play(fact: Fact, folder: Path) -> Journal:
    """Play the case; each action is timed by a run in which it did not happen yet (the same seed, hence the same past)."""
    pod = fact["pod"]
    spec: Fact = {"restartPolicy": pod["restartPolicy"], "containers": [container_of(c) for c in pod["containers"]]}
    if pod.get("initContainers"):
        spec["initContainers"] = [container_of(c) for c in pod["initContainers"]]
    if "terminationGracePeriodSeconds" in pod:
        spec["terminationGracePeriodSeconds"] = pod["terminationGracePeriodSeconds"]
    scenario: Fact = {
        "programs": [program_of(c) for c in (*(pod.get("initContainers") or []), *pod["containers"])],
        "images": {"absent:1": {"failTimes": -1}, "*": {"cached": True}},
        "duration": f"{max([300, *(HORIZON.get(key, 0) for key in fact['expect'])])}s",
    }
    actions: list[Fact] = []
    journal, after = played(folder, spec, **scenario), 0.0
    for action in fact.get("actions", []):
        after = moment(journal, action.get("when", ""), after) + SOON
        actions.append({"at": f"{after:.3f}s", **_action(action, spec)})
        journal = played(folder, spec, **scenario, actions=actions)
    if "image_updated" in fact["expect"] and pod["restartPolicy"] == "Always":
        # The original test stops watching before containers that finish in a minute start again.
        journal = played(folder, spec, **{**scenario, "duration": f"{after + WATCHED:.0f}s"}, actions=actions)
    return journal


def _action(action: Fact, spec: Fact) -> Fact:
    if action["do"] == "delete":
        return {"delete": "pod/web"} | ({"gracePeriodSeconds": action["grace"]} if "grace" in action else {})
    key = "initContainers" if any(c["name"] == action["container"] for c in spec.get("initContainers", [])) else "containers"
    return {"patch": "pod/web", "with": {"spec": {key: [{"name": action["container"], "image": "app:2"}]}}}


def moment(journal: Journal, when: str, after: float) -> float:
    """When a condition is first seen in the API, not before `after`."""
    for t, pod in statuses(journal):
        if t >= after and _holds(when, pod):
            return t
    raise AssertionError(f"never: {when}")


def _holds(when: str, pod: Pod) -> bool:
    by_name = {status.name: status for status in (*pod.status.init_container_statuses, *pod.status.container_statuses)}
    if not when:
        return True
    if when.startswith("phase "):
        return pod.status.phase == when.removeprefix("phase ")
    if match := re.fullmatch(r"restart_count (\S+) >= (\d+)", when):
        return match[1] in by_name and by_name[match[1]].restart_count >= int(match[2])
    name, _, rest = when.partition(" running")
    status = by_name.get(name)
    return status is not None and status.state.running is not None and (not rest or not status.started)


# ---- relations between starts and ends


class Log:
    """Starts and ends of containers, in order."""

    def __init__(self, journal: Journal) -> None:
        facts = journal.at().facts("container.")
        self.lines = [(str(fact.data["container"]), fact.what == "container.started") for fact in facts]

    def holds(self, relation: str, a: str, b: str = "") -> bool:
        starts, ends = (lambda name: self._all(name, True)), (lambda name: self._all(name, False))
        match relation:
            case "starts":
                return bool(starts(a))
            case "never_starts":
                return not starts(a)
            case "exits":
                return bool(ends(a))
            case "restarted":
                return len(starts(a)) > 1
            case "not_restarted":
                return len(starts(a)) <= 1
            case "starts_before":
                return any(x < y for x in starts(a) for y in starts(b))
            case "exits_before":
                return any(x < y for x in ends(a) for y in ends(b) or [len(self.lines)])
            case "run_together" | "run_together_lhs_first":
                first = [(s, e, t, u) for s, e in self._runs(a) for t, u in self._runs(b) if s < u and t < e]
                return any(relation == "run_together" or s < t for s, _, t, _ in first)
        raise AssertionError(relation)

    def _all(self, name: str, start: bool) -> list[int]:
        return [i for i, line in enumerate(self.lines) if line == (name, start)]

    def _runs(self, name: str) -> list[tuple[int, int]]:
        ends = self._all(name, False)
        return [(start, next((end for end in ends if end > start), len(self.lines))) for start in self._all(name, True)]


def check(fact: Fact, journal: Journal) -> None:
    expect, log = fact["expect"], Log(journal)
    names = {c["name"] for c in (*(fact["pod"].get("initContainers") or []), *fact["pod"]["containers"])}
    for key, expected in (("order", True), ("not_order", False)):
        for relation in expect.get(key, []):
            # Hooks leave no trace of their own.
            if set(relation[1:]) <= names:
                assert log.holds(*relation) is expected, f"{key} {relation}: {log.lines}"
    versions = statuses(journal)
    last = versions[-1][1]
    by_name = {status.name: status for status in (*last.status.init_container_statuses, *last.status.container_statuses)}
    if "phase" in expect:
        assert last.status.phase == expect["phase"]
    for name, count in expect.get("restart_count", {}).items():
        assert by_name[name].restart_count == count
    for key in ("restart_count_reaches", "restart_count_min"):
        for name, count in expect.get(key, {}).items():
            assert by_name[name].restart_count >= count
    for name, (code, reason) in expect.get("end_state", {}).items():
        ended = by_name[name].state.terminated
        assert ended is not None
        assert (ended.exit_code, ended.reason) == (code, reason)
    for name, reason in expect.get("waiting_reason", {}).items():
        assert reason in {_waiting(status) for _, pod in versions for status in _statuses(pod) if status.name == name}
    _check_end(fact, journal)


def _statuses(pod: Pod) -> list[ContainerStatus]:
    return [*pod.status.init_container_statuses, *pod.status.container_statuses]


def _waiting(status: ContainerStatus) -> str:
    return status.state.waiting.reason if status.state.waiting is not None else ""


def _check_end(fact: Fact, journal: Journal) -> None:
    expect, versions = fact["expect"], statuses(journal)
    deleted = next((t for t, pod in versions if pod.metadata.deletion_timestamp), None)
    gone = versions[-1][0] if journal.at().get(Key("Pod", "default", "web")) is None else None
    if "gone_within_s" in expect:
        assert gone is not None
        assert gone - (deleted or 0) <= expect["gone_within_s"]
    if "gone_not_before_s" in expect:
        assert gone is not None
        assert gone - (deleted or 0) >= expect["gone_not_before_s"]
    if expect.get("gone_before_grace"):
        assert gone is not None
        assert gone - (deleted or 0) < fact["actions"][-1].get("grace", fact["pod"].get("terminationGracePeriodSeconds", 30))
    changed = [action["container"] for action in fact.get("actions", []) if action["do"] == "set image"]
    if expect.get("image_updated"):
        images = {status.name: status.image for status in _statuses(versions[-1][1])}
        assert all(images[name] == "app:2" for name in changed)


@pytest.mark.parametrize("fact", CASES, ids=name_of)
def test_lifecycle(fact: Fact, tmp_path: Path) -> None:
    check(fact, play(fact, tmp_path))


def test_nearly_all_cases_are_played() -> None:
    assert len(CASES) >= 88
    assert len(facts("lifecycle")) == 104
