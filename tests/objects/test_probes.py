"""A probe's handler, port and numbers."""

from __future__ import annotations

import pytest

from simulator.objects.container import Container, ContainerPort, probes_of, resolve_port
from simulator.objects.handlers import ExecAction, GRPCAction, HTTPGetAction, TCPSocketAction
from simulator.objects.probes import Handler, Probe, Timing
from simulator.units import SECOND


@pytest.mark.parametrize(
    ("probe", "handler"),
    [
        (Probe(exec=ExecAction(command=["true"])), Handler("exec")),
        (Probe(http_get=HTTPGetAction(port="http")), Handler("httpGet", "http")),
        (Probe(tcp_socket=TCPSocketAction(port=80)), Handler("tcpSocket", 80)),
        (Probe(grpc=GRPCAction(port=9000)), Handler("grpc", 9000)),
        (Probe(), None),
    ],
)
def test_handler_and_port(probe: Probe, handler: Handler | None) -> None:
    assert probe.handler == handler
    assert probe.port == (handler.port if handler else None)


def test_timing_with_and_without_defaults() -> None:
    assert Probe().timing == Timing(delay=0, period=10 * SECOND, timeout=SECOND, failures=3, successes=1)
    given = Probe(initial_delay_seconds=4, period_seconds=5, timeout_seconds=6, failure_threshold=7, success_threshold=8)
    assert given.timing == Timing(delay=4 * SECOND, period=5 * SECOND, timeout=6 * SECOND, failures=7, successes=8)


@pytest.mark.parametrize(
    ("port", "number"), [(80, 80), ("http", 8080), ("443", 443), ("none", None), (0, None), (65_536, None), (None, None)]
)
def test_ports_by_number_and_by_name(port: int | str | None, number: int | None) -> None:
    container = Container(name="web", ports=[ContainerPort(name="http", container_port=8080)])
    assert resolve_port(container, port) == number


def test_the_probes_of_a_container() -> None:
    ready, alive = Probe(period_seconds=1), Probe(period_seconds=2)
    assert probes_of(Container(readiness_probe=ready, liveness_probe=alive)) == [ready, alive]
