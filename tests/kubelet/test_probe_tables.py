"""Probe workers: single turns, sequences of answers, what results make of a container, which port is probed."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.engine import Engine, Process
from simulator.kubelet.prober.client import Attempt, Target, port_number
from simulator.kubelet.prober.host import Subject
from simulator.kubelet.prober.results import LIVENESS, READINESS, STARTUP, Result, Results
from simulator.kubelet.prober.turns import Turns
from simulator.kubelet.prober.worker import Turn, Worker
from simulator.objects.pod import Pod
from simulator.objects.pod_status import PodStatus
from simulator.objects.probes import Probe
from simulator.units import SECOND, format_time, parse_time
from tests.kubelet.cases import Fact, facts, name_of, pod_of
from tests.kubelet.world import bare_node

START = parse_time("2024-11-14T21:06:39Z")
ANSWERS = {"S": Result.SUCCESS, "F": Result.FAILURE, "success": Result.SUCCESS, "failure": Result.FAILURE}
TYPES = {"liveness": LIVENESS, "readiness": READINESS, "startup": STARTUP, "any": READINESS}


class Bench:
    """One worker without a kubelet: it sees the status that the bench holds, and its probe gets the answer that the bench holds."""

    def __init__(self, given: Fact, *, release: str = "1.36", started_at: int = -86_400 * SECOND) -> None:
        self._given = given
        self.engine = Engine(START)
        self.answer: Result | None = ANSWERS.get(given.get("probe_answers", ""))
        self.probes = 0
        self.turns = Turns(self.engine)
        self.pod = self._pod(given)
        self.status: PodStatus | None = self.pod.status if given.get("pod_status", ()) is not None else None
        self.results = Results(lambda *_: None)
        probe = Probe(
            initial_delay_seconds=given.get("initialDelaySeconds"),
            success_threshold=given.get("successThreshold", 1),
            failure_threshold=given.get("failureThreshold", 1),
        )
        where = self.pod.spec.init_containers if given.get("sidecar") else self.pod.spec.containers
        subject = Subject(self.pod, where[0], TYPES[given["probe"]], probe)
        self.worker = Worker(bare_node(self.engine, release, started_at=started_at), self, subject, self.results)

    def _pod(self, given: Fact, container_id: str = "x://one") -> Pod:
        sidecar = given.get("sidecar", False)
        spec: Fact = {"restartPolicy": given.get("restartPolicy", "Always"), "containers": ["main"]}
        if sidecar:
            spec |= {"initContainers": [{"name": "main", "restartPolicy": "Always"}], "containers": ["other"]}
        pod = pod_of(spec, {"phase": given.get("phase", "Running")}, deleted=given.get("deleted", False))
        return _with_container(pod, given, container_id, sidecar=sidecar)

    # the worker's host

    def status_of(self, _uid: str) -> PodStatus | None:
        return self.status

    def pod_of(self, _uid: str) -> Pod:
        return self.pod

    def forget(self, _key: object) -> None: ...

    def probe(self, _subject: Subject, _target: Target) -> Process[Attempt | None]:
        yield from ()
        self.probes += 1
        return None if self.answer is None else Attempt(self.answer, "")

    # what a test does with it

    def turn(self) -> bool:
        """Take one turn; whether another one follows."""
        turn = self.worker._do_probe(None)
        try:
            while True:
                next(turn)
        except StopIteration as end:
            return end.value is not Turn.LAST

    def remember(self, result: Result) -> None:
        """The worker has seen this container before, and this came of it."""
        self.worker._take_over("one")
        self.results.set(self.worker.key, "one", result)

    def replace_container(self) -> None:
        """The container was replaced by a new instance."""
        self.pod = self._pod(self._given, "x://two")
        self.status = self.pod.status

    def result(self, container_id: str = "one") -> str | None:
        result = self.results.get(self.worker.key.type, container_id)
        return None if result is None else result.value.capitalize()


def _with_container(pod: Pod, given: Fact, container_id: str, *, sidecar: bool) -> Pod:
    state = given.get("container", "running")
    if state is None:
        return pod
    started = format_time(START - given.get("running_for_s", 100) * SECOND)
    states: Fact = {
        "running": {"running": {"startedAt": started}},
        "waiting": {"waiting": {}},
        "terminated": {"terminated": {"exitCode": given.get("exit_code", 0)}},
    }
    is_startup = given["probe"] == "startup"
    status = {
        "name": "main",
        "containerID": container_id,
        "state": states[state],
        "started": given.get("started", not is_startup) if state == "running" else False,
    }
    key = "initContainerStatuses" if sidecar else "containerStatuses"
    from simulator.objects.kinds import from_builtins, to_builtins

    raw: Any = to_builtins(pod)
    raw["status"] = {**raw.get("status", {}), key: [status]}
    changed = from_builtins(raw)
    assert isinstance(changed, Pod)
    return changed


def is_modelled(fact: Fact) -> bool:
    """Containers have no restart rules of their own."""
    return "container_restartPolicy" not in fact["given"] and not any("restartPolicyRules" in str(v) for v in fact["given"].values())


TURNS = [fact for fact in facts("probes") if fact["kind"] == "turn" and is_modelled(fact)]
SEQUENCES = [fact for fact in facts("probes") if fact["kind"] == "sequence"]
PORTS = [fact for fact in facts("probes") if fact["kind"] == "port" and "host" not in fact["given"]]


def check_turn(fact: Fact) -> None:
    """Hold one turn against the table's."""
    bench = Bench(fact["given"])
    if "last_result" in fact["given"]:
        bench.remember(Result(fact["given"]["last_result"].lower()))
    continues = bench.turn()
    assert continues is fact["expect"]["goes_on"]
    if "result" in fact["expect"]:
        assert bench.result() == fact["expect"]["result"]


@pytest.mark.parametrize("fact", TURNS, ids=name_of)
def test_turn(fact: Fact) -> None:
    check_turn(fact)


@pytest.mark.parametrize("fact", PORTS, ids=name_of)
def test_port(fact: Fact) -> None:
    ports = fact["given"]["container_ports"]
    container = pod_of({"containers": [{"name": "main", "ports": ports}]}).spec.containers[0]
    port = port_number(container, fact["given"]["port"])
    assert port == fact["expect"].get("port")


def check_sequence(fact: Fact) -> None:
    """Hold turn after turn against the table's."""
    bench, container = Bench(fact["given"]), "one"
    if fact["given"].get("initial_result"):
        bench.remember(Result(fact["given"]["initial_result"].lower()))
    counters = fact["expect"].get("counter", [None] * len(fact["expect"]["answers"]))
    for answer, result, counter in zip(fact["expect"]["answers"], fact["expect"]["results"], counters, strict=True):
        if answer == "new container":
            bench.replace_container()
            container = "two"
            continue
        bench.answer, before = ANSWERS[answer[0]], bench.probes
        assert bench.turn()
        assert bench.result(container) == result
        assert counter is None or bench.worker._count.run == counter
        assert bench.probes == before + ("not probed" not in answer)
    assert fact["expect"].get("on_hold_after", bench.worker._on_hold) == bench.worker._on_hold


@pytest.mark.parametrize("fact", SEQUENCES, ids=name_of)
def test_sequence(fact: Fact) -> None:
    check_sequence(fact)


def test_a_startup_worker_of_old_releases_continues_after_success() -> None:
    given = {"probe": "startup", "successThreshold": 1, "failureThreshold": 3, "probe_answers": "success"}
    old, new = Bench(given, release="1.31"), Bench(given, release="1.32")
    for bench in (old, new):
        bench.turn()
        bench.turn()
    assert (old.probes, new.probes) == (2, 1)


@pytest.mark.rule("PRB-14")
def test_a_probe_whose_machinery_failed_has_no_result() -> None:
    bench = Bench({"probe": "liveness", "failureThreshold": 1})
    bench.answer = None
    assert bench.turn()
    assert (bench.result(), bench.probes) == ("Success", 1)
