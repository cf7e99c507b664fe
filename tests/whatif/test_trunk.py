"""A run that branches off another one has the same bytes as a run of its own, with copies of the process or without."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.cluster import Cluster
from simulator.journal.journal import Journal
from simulator.journal.snapshot import Snapshot
from simulator.network.traffic import Traffic
from simulator.scenario.inputs import Choices, Inputs
from simulator.units import SECOND
from simulator.whatif import trunk as trunk_module
from simulator.whatif.base import Base, read_base
from simulator.whatif.forks import RestingCopy
from simulator.whatif.sweep import settings
from simulator.whatif.traffic_runs import with_clients
from simulator.whatif.trunk import FOREVER, Trunk, parting
from tests.metrics.worlds import deployment, program, service, write

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot fork here")


def waiting(name: str, other: str) -> dict[str, Any]:
    """A Deployment that starts once the Service of another one is reachable."""
    item = deployment(name, replicas=2, ports=[{"containerPort": 80}], readinessProbe={"tcpSocket": {"port": 80}, "periodSeconds": 2})
    wait = {"name": "wait", "image": "busybox:1.36", "command": ["sh", "-c", f"until nc -z {other} 80; do sleep 2; done"]}
    item["spec"]["template"]["spec"]["initContainers"] = [wait]
    return item


def chain(folder: Path, choices: Choices = Choices(), **scenario: Any) -> Base:  # noqa: B008 (a frozen value)
    """Three Deployments, each of which waits for the one before it."""
    first = deployment("a", replicas=2, ports=[{"containerPort": 80}], livenessProbe={"httpGet": {"path": "/", "port": 80}})
    items = [first, service("a"), waiting("b", "a"), service("b"), waiting("c", "b"), service("c")]
    listens = program(listen=[{"port": 80, "from": {"uniform": ["1s", "3s"]}}])
    scenario = {"programs": [{**listens, "match": {"container": "main"}}], "duration": "90s", **scenario}
    return read_base([str(write(folder, *items, **scenario))], choices)


def changed(base: Base, **pairs: str) -> Inputs:
    """The inputs with other values, by address."""
    base, replaced = settings(base, tuple(pairs.items()))
    return base.arm(replaced)


def fails(base: Base) -> Inputs:
    """The last Deployment answers with errors from some time on."""
    own = "{match: {workload: deployment/c, container: main}, runs: [{listen: [{port: 80}], http: [{from: 10s, status: 503}]}]}"
    return changed(
        base, programs=f"[{own}, {{match: {{container: main}}, runs: [{{listen: [{{port: 80, from: {{uniform: [1s, 3s]}}}}]}}]}}]"
    )


def deleted(base: Base) -> Inputs:
    """Somebody acts during the run."""
    return changed(base, actions="[{at: 40s, rolloutRestart: deployment/b}, {at: 50s, scale: deployment/a, replicas: 1}]")


def called(base: Base) -> Inputs:
    """Clients send requests while pods are replaced."""
    return with_clients(base.inputs, Traffic("b", rate=20.0, begin=45 * SECOND), "rollout", 50 * SECOND)


def longer(base: Base) -> Inputs:
    """The same for a longer time."""
    return base.inputs._replace(horizon=200 * SECOND)


def scaled(base: Base) -> Inputs:
    """Other manifests: nothing is shared."""
    return changed(base, **{"deployment/a.spec.replicas": "3"})


BRANCHES = (fails, deleted, called, longer, scaled)


def content(end: Snapshot) -> tuple[object, ...]:
    return (end.header, end.t, *end.records())


@pytest.mark.parametrize("inputs_of", BRANCHES)
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("copies", [pytest.param(True, marks=forks), False])
def test_a_branch_has_the_bytes_of_a_run_of_its_own(
    inputs_of: Callable[[Base], Inputs], exact: bool, copies: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trunk_module, "can_fork", lambda: copies)
    base = chain(tmp_path, Choices(exact=exact))
    trunk = Trunk(base.inputs)
    trunk.until(base.inputs.horizon)
    inputs = inputs_of(base)
    assert content(trunk.branch(inputs)) == content(Cluster(inputs).run().at())
    assert content(trunk.until(base.inputs.horizon))[1:] == content(Cluster(base.inputs).run().at())[1:], "the trunk is what it was"


@forks
def test_what_is_shared_is_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_module, "can_fork", lambda: True)
    base = chain(tmp_path)
    trunk = Trunk(base.inputs)
    trunk.until(base.inputs.horizon)
    inputs = {inputs_of.__name__: inputs_of(base) for inputs_of in BRANCHES}
    made: list[str] = []
    make = Cluster.__init__

    def counted(self: Cluster, one: Inputs) -> None:
        made.append(next(name for name, its in inputs.items() if its is one))
        make(self, one)

    monkeypatch.setattr(Cluster, "__init__", counted)
    for one in inputs.values():
        trunk.branch(one)
    assert made == ["scaled"]


def test_where_runs_part(tmp_path: Path) -> None:
    base = chain(tmp_path)
    trunk = Trunk(base.inputs)
    end = trunk.until(base.inputs.horizon)
    started = min(
        fact.t for fact in end.facts("container.program") if fact.about.name.startswith("c-") and fact.data["container"] == "main"
    )
    assert parting(trunk.cluster, longer(base)) == FOREVER
    assert parting(trunk.cluster, deleted(base)) == 40 * SECOND
    assert parting(trunk.cluster, called(base)) == 45 * SECOND
    assert parting(trunk.cluster, scaled(base)) == 0
    assert 0 < parting(trunk.cluster, fails(base)) <= started
    assert parting(trunk.cluster, changed(base, seed="3")) == 0
    slow = "[{match: {pod: c}, sandbox: {create: 5s}}]"
    assert parting(trunk.cluster, changed(base, programs=slow)) == 0


@forks
def test_actions_of_the_trunk_that_are_still_to_come_are_those_of_the_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_module, "can_fork", lambda: True)
    base = chain(tmp_path, actions=[{"at": "30s", "rolloutRestart": "deployment/a"}, {"at": "60s", "rolloutRestart": "deployment/b"}])
    trunk = Trunk(base.inputs)
    trunk.until(base.inputs.horizon)
    inputs = changed(base, actions="[{at: 30s, rolloutRestart: deployment/a}, {at: 70s, delete: deployment/c}]")
    assert content(trunk.branch(inputs)) == content(Cluster(inputs).run().at())


@forks
def test_a_copy_that_fails_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_module, "can_fork", lambda: True)
    monkeypatch.setattr(Cluster, "adopt", lambda *_: os._exit(3))
    base = chain(tmp_path)
    trunk = Trunk(base.inputs)
    trunk.until(base.inputs.horizon)
    inputs = deleted(base)
    assert content(trunk.branch(inputs)) == content(Cluster(inputs).run().at())


@forks
def test_a_copy_works_again_after_one_that_was_interrupted() -> None:
    def work(message: bytes) -> bytes:
        if message == b"stop":
            os.kill(os.getpid(), signal.SIGINT)
        return message[::-1]

    copy = RestingCopy(work)
    assert [copy.ask(message) for message in (b"abc", b"stop", b"def")] == [b"cba", b"", b"fed"]


@forks
def test_copies_end_with_the_trunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trunk_module, "can_fork", lambda: True)
    made: list[RestingCopy] = []
    make = RestingCopy.__init__

    def kept(self: RestingCopy, work: Callable[[bytes], bytes]) -> None:
        make(self, work)
        made.append(self)

    monkeypatch.setattr(RestingCopy, "__init__", kept)
    base = chain(tmp_path)
    trunk = Trunk(base.inputs)
    trunk.until(base.inputs.horizon)
    assert 1 < len(made) < 20
    processes = [copy.pid for copy in made]
    made.reverse()
    trunk._rests.clear()
    while made:
        made.pop()  # the oldest first
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_run_without_a_duration_ends_when_nothing_changes_any_more(tmp_path: Path) -> None:
    late = program(listen=[{"port": 80, "from": "150s"}])
    base = chain(tmp_path, programs=[{**late, "match": {"workload": "deployment/a"}}], duration=None)
    assert Trunk(base.inputs).play().t == round((Cluster(base.inputs).run_to_rest().header.horizon or 0) * SECOND) > 150 * SECOND
    (tmp_path / "set").mkdir()
    chosen = chain(tmp_path / "set")
    assert Trunk(chosen.inputs).play().t == 90 * SECOND


def test_a_journal_is_made_of_what_is_shared_and_what_is_not(tmp_path: Path) -> None:
    base = chain(tmp_path)
    end = Trunk(base.inputs).until(base.inputs.horizon)
    again = Journal(end.header, end.records())
    assert content(again.at(end.t)) == content(end)
