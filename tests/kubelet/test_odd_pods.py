"""Rare cases: containers without an exit code, kubelets that have just started."""

from __future__ import annotations

import pytest

from simulator.api import ApiServer
from simulator.engine import Engine
from simulator.journal import Header, Journal
from simulator.journal.store import Store
from simulator.kubelet.config import KubeletConfig
from simulator.kubelet.pod_states import PodStates
from simulator.kubelet.prober.worker import Worker
from simulator.kubelet.status_manager import StatusManager
from simulator.objects.pod import Pod
from simulator.units import SECOND, parse_time
from tests.kubelet.cases import pod_of
from tests.kubelet.test_probe_tables import Bench
from tests.kubelet.world import bare_node

START = "2024-11-14T21:06:39Z"


def terminated(pod: Pod) -> Pod:
    """The pod in the API after its worker has finished."""
    engine = Engine(parse_time(START))
    store = Store(Journal(Header(start_time=START, kubernetes="1.36")), lambda: engine.now)
    manager = StatusManager(bare_node(engine, api=ApiServer(engine, store)), PodStates())
    stored = store.put(pod)
    manager.set_pod_status(stored, pod.status)
    manager.terminate_pod(stored)
    engine.run(1 * SECOND)
    pod = store.typed(Pod)[0]
    assert isinstance(pod, Pod)
    return pod


@pytest.mark.rule("TRM-05")
def test_a_container_without_an_exit_code_has_ended_with_137() -> None:
    running = {"name": "main", "state": {"running": {}}}
    pod = terminated(pod_of({"containers": ["main"]}, {"phase": "Running", "containerStatuses": [running]}))
    ended = pod.status.container_statuses[0].state.terminated
    assert pod.status.phase == "Failed"
    assert ended is not None
    assert (ended.exit_code, ended.reason) == (137, "ContainerStatusUnknown")


@pytest.mark.rule("TRM-05")
def test_containers_behind_an_init_container_that_failed_have_never_run() -> None:
    failed = {"name": "setup", "state": {"terminated": {"exit_code": 1}}}
    waiting = {"name": "main", "state": {"waiting": {"reason": "PodInitializing"}}}
    spec = {"initContainers": ["setup"], "containers": ["main"]}
    pod = terminated(pod_of(spec, {"phase": "Failed", "initContainerStatuses": [failed], "containerStatuses": [waiting]}))
    assert pod.status.container_statuses[0].state.waiting is not None


@pytest.mark.rule("PRB-15")
@pytest.mark.parametrize(("age", "latest"), [(1, 10), (3600, 0)])
def test_a_young_kubelet_spreads_first_probes_over_the_period(age: int, latest: int) -> None:
    firsts = []
    for index in range(20):
        bench = Bench({"probe": "liveness", "probe_answers": "success"}, started_at=-age * SECOND)
        bench.engine.streams.seed = index
        bench.engine.start(_first_turn(bench.worker, bench.engine, firsts))
        bench.engine.run(60 * SECOND)
    assert 0 <= min(firsts) <= max(firsts) <= latest
    assert (max(firsts) - min(firsts) > latest / 2) or latest == 0


def _first_turn(worker: Worker, engine: Engine, first_turns: list[float]):  # type: ignore[no-untyped-def]
    turn = worker._do_probe

    def recorded(trigger):  # type: ignore[no-untyped-def]
        first_turns.append(engine.now / SECOND)
        worker.stop()
        return (yield from turn(trigger))

    worker._do_probe = recorded  # type: ignore[method-assign]
    yield from worker.run()


def test_a_kubelet_has_run_for_a_day_when_the_simulation_begins() -> None:
    assert KubeletConfig().started_at == -24 * 3600 * SECOND
