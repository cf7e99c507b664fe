"""What the kubelet logs about how long a pod took to start (pkg/kubelet/util/pod_startup_latency_tracker.go)."""

from __future__ import annotations

import pytest

from simulator.engine import Engine
from simulator.kubelet.startup_latency import StartupLatency
from simulator.objects.base import evolve
from simulator.units import SECOND
from tests.kubelet.cases import pod_of
from tests.kubelet.world import SilentKlog, bare_node


class Log(SilentKlog):
    """Keeps the values of the last line."""

    values: dict[str, object]

    def _write(self, level: str, message: str, values: dict[str, object]) -> None:
        self.values = values


@pytest.mark.parametrize(
    ("runs", "total"),
    [
        pytest.param([], "0s", id="no init container"),
        pytest.param([(1, 3)], "2s", id="one"),
        pytest.param([(1, 3), (4, 9)], "7s", id="two, one after the other"),
        pytest.param([(4, 3)], "0s", id="an end before the start counts nothing"),
    ],
)
def test_the_time_of_init_containers(runs: list[tuple[int, int]], total: str) -> None:
    engine = Engine(0)
    node = bare_node(engine)
    log = Log(engine, node.klog._journal, node.dialect, "minikube")
    latency = StartupLatency(node._replace(klog=log))
    pod = pod_of({"containers": ["main"]}, {"phase": "Running", "containerStatuses": [{"name": "main", "state": {"running": {}}}]})
    latency.added(evolve(pod, status=evolve(pod.status, start_time=None)))
    for began, ended in runs:
        engine.run(began * SECOND)
        latency.init_began(pod.metadata.uid)
        latency.init_ended(pod.metadata.uid, ended * SECOND)
    latency.observed(pod)
    assert log.values["totalInitContainerRuntime"] == total
