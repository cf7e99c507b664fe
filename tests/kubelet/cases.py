"""Tables of facts about the kubelet from the published tests of Kubernetes, and their pods as podsim's objects."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from simulator.objects.kinds import from_builtins
from simulator.objects.pod import Pod

DATA = Path(__file__).parents[1] / "data" / "kubelet"
Fact = dict[str, Any]


@lru_cache(maxsize=16)
def facts(family: str) -> list[Fact]:
    """The cases of a file."""
    cases: list[Fact] = yaml.load((DATA / f"{family}.yaml").read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return cases


def name_of(fact: Fact) -> str:
    """The name of a case in the report."""
    return f"{fact['id']}: {fact.get('what', '')}"


def pod_of(spec: Fact, status: Fact | None = None, *, deleted: bool = False, name: str = "pod") -> Pod:
    """A pod of a case: containers may be given by name alone."""
    spec = {**spec}
    for key in ("initContainers", "containers"):
        spec[key] = [_container({"name": c} if isinstance(c, str) else c) for c in spec.get(key) or []]
    meta: Fact = {"name": name, "namespace": "default", "uid": "uid"}
    if deleted:
        meta |= {"deletionTimestamp": "2024-11-14T21:06:39Z", "deletionGracePeriodSeconds": 30}
    pod = from_builtins({"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": status_of(status or {})})
    assert isinstance(pod, Pod)
    return pod


def _container(item: Fact) -> Fact:
    """A container; `probes` names the kinds of probes that it has."""
    probes = {f"{kind}Probe": {"exec": {"command": ["check"]}} for kind in item.get("probes", [])}
    return {key: value for key, value in item.items() if key != "probes"} | probes


def status_of(status: Fact) -> Fact:
    """A status of a case in the API's words: `last` is the last state, terminations carry `exit_code`."""
    result = dict(status)
    for key in ("initContainerStatuses", "containerStatuses"):
        if result.get(key):
            result[key] = [container_status(item) for item in result[key]]
    return result


def container_status(item: Fact) -> Fact:
    """One container's status in the API's words."""
    state = item.get("state") or {}
    result = {"name": item["name"], "state": _state(state), "lastState": _state(item.get("last") or item.get("last_state") or {})}
    ready = item.get("ready", False)
    return {**result, "ready": ready, "started": item.get("started"), "restartCount": item.get("restart_count", 0)}


def _state(state: Fact) -> Fact:
    words = {"exit_code": "exitCode", "finished_at": "finishedAt", "started_at": "startedAt"}
    return {name: {words.get(key, key): value for key, value in (detail or {}).items()} for name, detail in state.items()}


def restarts_all_containers(spec: Fact) -> bool:
    """Whether a container has a rule that restarts all of them (1.36), which is not simulated."""
    regular = [c for c in spec.get("containers") or [] if not isinstance(c, str)]
    init = [c for c in spec.get("initContainers") or [] if not isinstance(c, str)]
    rules = [rule for c in (*regular, *init) for rule in c.get("restartPolicyRules", [])]
    return any(rule.get("action") == "RestartAllContainers" for rule in rules)
