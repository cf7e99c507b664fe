"""Each invariant finds the fault that is planted for it, and no other does; `podsim check` names it and what replays it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from simulator.invariants import INVARIANTS, broken
from simulator.journal import Journal
from simulator.journal.records import Fact, Header, Record, Write
from simulator.objects.kinds import Key, from_builtins
from simulator.units import SECOND
from simulator.whole_files import write_whole
from tests.conftest import ROOT, Podsim

JSON = dict[str, Any]
HEADER = Header(start_time="2026-01-01T00:00:00Z", kubernetes="1.36.0", seed=7, horizon=300)
DELETED = {"deletionTimestamp": "2026-01-01T00:01:00Z", "deletionGracePeriodSeconds": 30}
OWNED = {"ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "rs", "controller": True}]}
EVICTED = {"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI"}


def item(kind: str, name: str = "web", meta: JSON | None = None, **parts: JSON) -> JSON:
    """An object of a kind of the core API, or of another one."""
    groups = {"ReplicaSet": "apps/v1", "EndpointSlice": "discovery.k8s.io/v1", "PodDisruptionBudget": "policy/v1"}
    metadata = {"name": name, "uid": name, **({} if kind == "Node" else {"namespace": "shop"}), **(meta or {})}
    return {"apiVersion": groups.get(kind, "v1"), "kind": kind, "metadata": metadata, **parts}


def pod(name: str = "web-1", meta: JSON | None = None, ready: bool = False, node: str = "", phase: str = "Running", **status: Any) -> JSON:
    """A pod with one container that requests a CPU."""
    conditions = [{"type": kind, "status": "True"} for kind in ("Ready", "ContainersReady") if ready]
    container = {"name": "app", "image": "app", "resources": {"requests": {"cpu": "1"}}}
    spec = {"containers": [container], **({"nodeName": node} if node else {})}
    whole = {"phase": phase, "conditions": conditions, "containerStatuses": [{"name": "app", "ready": ready}], **status}
    return item("Pod", name, {"labels": {"app": "web"}, **(meta or {})}, spec=spec, status=whole)


def replica_set(**status: int) -> JSON:
    return item("ReplicaSet", meta={"uid": "rs"}, spec={"replicas": 1, "selector": {}}, status={"replicas": 0, **status})


def endpoints(ready: bool, terminating: bool = False) -> JSON:
    conditions = {"ready": ready, "serving": ready, "terminating": terminating}
    target = {"kind": "Pod", "name": "web-1", "namespace": "shop", "uid": "web-1"}
    labels = {"kubernetes.io/service-name": "web"}
    return item("EndpointSlice", meta={"labels": labels}, addressType="IPv4", endpoints=[{"conditions": conditions, "targetRef": target}])


def quota(used: str) -> JSON:
    return item("ResourceQuota", spec={"hard": {"pods": "1"}}, status={"hard": {"pods": "1"}, "used": {"pods": used}})


BUDGET = item("PodDisruptionBudget", spec={"selector": {"matchLabels": {"app": "web"}}}, status={"desiredHealthy": 2})
NODE = item("Node", "node-1", status={"allocatable": {"cpu": "1", "pods": "10"}})
WEB_1 = Key("Pod", "shop", "web-1")


def journal(*changes: tuple[float, str, JSON] | Fact, revisions: Iterable[int] | None = None) -> Journal:
    """Writes with rising revisions, and facts."""
    rising = iter(revisions or range(1, 1000))
    records: list[Record] = []
    for change in changes:
        if isinstance(change, Fact):
            records.append(change)
            continue
        seconds, verb, content = change
        revision = next(rising)
        metadata = {"resourceVersion": str(revision), **content["metadata"]}
        kind: Any = verb
        records.append(Write(round(seconds * SECOND), revision, kind, from_builtins({**content, "metadata": metadata})))
    return Journal(HEADER, records)


def container(seconds: float, what: str, **data: Any) -> Fact:
    return Fact(round(seconds * SECOND), f"container.{what}", WEB_1, {"container": "app", "run": 0, **data})


FAULTS: dict[str, list[Journal]] = {
    "revisions": [
        journal((0, "ADDED", pod()), (1, "MODIFIED", pod()), revisions=[5, 5]),
        journal((0, "ADDED", pod(meta={"resourceVersion": "12"}))),
    ],
    "identity": [
        journal((0, "ADDED", pod()), (1, "DELETED", pod()), (2, "MODIFIED", pod())),
        journal((0, "ADDED", pod()), (1, "MODIFIED", pod(meta={"uid": "other"}))),
        journal((0, "ADDED", pod()), (1, "DELETED", pod()), (2, "ADDED", pod())),
        journal((0, "ADDED", pod()), (1, "ADDED", pod(meta={"uid": "other"}))),
    ],
    "deletion": [
        journal((0, "ADDED", pod(meta=DELETED)), (1, "MODIFIED", pod())),
        journal((0, "ADDED", pod(meta=DELETED)), (1, "MODIFIED", pod(meta={**DELETED, "deletionGracePeriodSeconds": 60}))),
        journal((0, "ADDED", pod(meta=DELETED)), (1, "MODIFIED", pod(meta={**DELETED, "finalizers": ["a.b/c"]}))),
    ],
    "owners": [journal((0, "ADDED", replica_set(replicas=1)), (1, "ADDED", pod(meta=OWNED)), (2, "DELETED", replica_set(replicas=1)))],
    "ready": [
        journal((0, "ADDED", pod(ready=True, conditions=[{"type": "Ready", "status": "True"}]))),
        journal((0, "ADDED", pod(ready=True)), (1, "MODIFIED", pod(ready=True, containerStatuses=[{"name": "app", "ready": False}]))),
    ],
    "phase": [journal((0, "ADDED", pod(phase="Failed")), (1, "MODIFIED", pod(phase="Running")))],
    "restarts": [
        journal(
            (0, "ADDED", pod(containerStatuses=[{"name": "app", "restartCount": 3}])),
            (1, "MODIFIED", pod(containerStatuses=[{"name": "app", "restartCount": 2}])),
        )
    ],
    "node": [journal((0, "ADDED", pod(node="node-1")), (1, "MODIFIED", pod(node="node-2")))],
    "grace": [
        journal(container(0, "started"), container(10, "signalled", signal="TERM", grace=5), container(20, "exited", exitCode=0)),
        journal(container(0, "started"), container(10, "signalled", signal="TERM", grace=5)),
    ],
    "capacity": [
        journal(
            (0, "ADDED", NODE),
            (1, "ADDED", pod()),
            (1, "ADDED", pod("web-2")),
            (2, "MODIFIED", pod(node="node-1")),
            (2, "MODIFIED", pod("web-2", node="node-1")),
        )
    ],
    "counts": [
        journal((0, "ADDED", replica_set(replicas=2)), (1, "ADDED", pod(meta=OWNED))),
        journal((0, "ADDED", replica_set(replicas=1)), (1, "ADDED", pod(meta=OWNED, ready=True))),
    ],
    "endpoints": [
        journal((0, "ADDED", pod()), (1, "ADDED", endpoints(ready=True))),
        journal((0, "ADDED", pod(ready=True, meta=DELETED)), (1, "ADDED", endpoints(ready=False))),
        journal((0, "ADDED", pod(ready=True)), (1, "ADDED", endpoints(ready=True)), (2, "DELETED", pod(ready=True))),
    ],
    "budgets": [
        journal(
            (0, "ADDED", BUDGET),
            (1, "ADDED", pod(ready=True)),
            (1, "ADDED", pod("web-2", ready=True)),
            (2, "MODIFIED", pod(ready=True, meta=DELETED, conditions=[*pod(ready=True)["status"]["conditions"], EVICTED])),
        )
    ],
    "quotas": [
        journal((0, "ADDED", quota("0")), (1, "ADDED", pod()), (2, "ADDED", pod("web-2"))),
        journal((0, "ADDED", quota("1")), (1, "MODIFIED", quota("2"))),
    ],
}
SOUND = [
    journal(
        (0, "ADDED", replica_set(replicas=1)),
        (1, "ADDED", pod(meta=OWNED)),
        (2, "MODIFIED", pod()),
        (2, "DELETED", replica_set(replicas=1)),
    ),
    journal(
        container(0, "started"),
        container(10, "signalled", signal="TERM", grace=5),
        Fact(12 * SECOND, "action", Key("Node", "", "node-1"), {"verb": "node", "kubelet": "restart"}),
        container(25, "exited", exitCode=137),
    ),
    journal(
        (0, "ADDED", replica_set(replicas=1)),
        (1, "ADDED", pod(meta=OWNED)),
        (2, "MODIFIED", pod(meta={**OWNED, **DELETED})),
        (9, "MODIFIED", replica_set()),
    ),
    journal((0, "ADDED", replica_set(replicas=1)), (1, "ADDED", pod(meta=OWNED)), (2, "MODIFIED", pod()), (2, "MODIFIED", replica_set())),
    journal((0, "ADDED", pod()), (1, "DELETED", pod()), (2, "ADDED", pod(meta={"uid": "other"}))),
    journal((0, "ADDED", pod()), (1, "ADDED", endpoints(ready=True)), (5, "MODIFIED", pod(ready=True))),
    journal(container(0, "started"), container(10, "signalled", signal="TERM", grace=5), container(15.1, "exited", exitCode=137)),
]


@pytest.mark.parametrize(("name", "run"), [(name, run) for name, runs in FAULTS.items() for run in runs])
def test_a_planted_fault_breaks_its_invariant_only(name: str, run: Journal) -> None:
    assert [row.invariant.name for row in broken(run.at())] == [name]


@pytest.mark.parametrize("run", SOUND)
def test_what_a_component_has_noticed_in_time_breaks_none(run: Journal) -> None:
    assert list(broken(run.at())) == []


def test_each_invariant_has_a_planted_fault_a_rule_and_a_source() -> None:
    names = [row.name for row in INVARIANTS]
    assert set(names) == {*FAULTS, "time"}  # a journal refuses a time that goes back
    with pytest.raises(AssertionError, match="time cannot go back"):
        journal((2, "ADDED", pod()), (1, "MODIFIED", pod()))
    assert len(names) == len(set(names))
    assert all(row.rule.endswith(".") and row.source for row in INVARIANTS)


def test_podsim_check_names_the_violation_and_the_command_that_shows_it(podsim: Podsim, tmp_path: Path) -> None:
    file = tmp_path / "planted.journal"
    write_whole(file, FAULTS["phase"][0].saved())
    result = podsim("check", "--from", str(file))
    assert result.code == 1
    assert "1 of 15 invariants do not hold (2 records, 300s, seed 7, Kubernetes 1.36.0)" in result.out
    assert "  1s  pod/web-1 in shop: its phase changes from Failed to Running\n" in result.out
    command = f"podsim story pod/web-1 -n shop --all --until 1s --from {file}"
    assert f"    {command}\n" in result.out
    assert podsim(*command.split()[1:]).code == 0
    [row] = [row for row in json.loads(podsim("check", "--from", str(file), "-o", "json").out)["invariants"] if not row["holds"]]
    assert (row["name"], row["violations"][0]["t"], row["violations"][0]["replay"]) == ("phase", 1.0, command)
    assert podsim("check", "--from", str(file), "--at", "500ms").code == 0


def test_the_page_lists_the_invariants(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "invariants.md"
    text = page.read_text("utf-8")
    head, rule = "| name | rule | source |\n", "|---|---|---|\n"
    before, _, rest = text.partition(head + rule)
    table = "".join(f"| `{row.name}` | {row.rule} | {row.source} |\n" for row in INVARIANTS)
    expected = f"{before}{head}{rule}{table}\n{rest.partition(chr(10) * 2)[2] or rest.lstrip()}"
    if request.config.getoption("--update-golden"):
        page.write_text(expected, "utf-8")
    assert text == expected


def test_podsim_check_of_the_last_run(podsim: Podsim) -> None:
    podsim("run", "scenarios/hello-init")
    assert podsim("check").out.startswith("15 invariants hold (")
