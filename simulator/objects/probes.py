"""A probe of a container (core/v1): what it asks, and how often."""

from __future__ import annotations

from typing import Literal, NamedTuple

from simulator.objects.base import KubeStruct
from simulator.objects.handlers import ExecAction, GRPCAction, HTTPGetAction, TCPSocketAction
from simulator.units import SECOND

PERIOD_SECONDS, TIMEOUT_SECONDS, SUCCESS_THRESHOLD, FAILURE_THRESHOLD = 10, 1, 1, 3
"""What the API server fills in where a probe does not say (pkg/apis/core/v1/defaults.go)."""

HandlerKind = Literal["exec", "httpGet", "tcpSocket", "grpc"]


class Handler(NamedTuple):
    """How a probe asks: the field of its spec, and the port (a number, or the name of a container port); an exec has no port."""

    kind: HandlerKind
    port: int | str | None = None


class Timing(NamedTuple):
    """When a probe asks and what its answers mean: `delay`, `period`, `timeout` in nanoseconds, and the thresholds.

    `failures` in a row make the result a failure, `successes` in a row make it a success.
    """

    delay: int
    period: int
    timeout: int
    failures: int
    successes: int


class Probe(KubeStruct, frozen=True):
    exec: ExecAction | None = None
    failure_threshold: int | None = None
    grpc: GRPCAction | None = None
    http_get: HTTPGetAction | None = None
    initial_delay_seconds: int | None = None
    period_seconds: int | None = None
    success_threshold: int | None = None
    tcp_socket: TCPSocketAction | None = None
    termination_grace_period_seconds: int | None = None
    timeout_seconds: int | None = None

    @property
    def handler(self) -> Handler | None:
        """How it asks; None when it names no handler, which the API server refuses."""
        if self.exec is not None:
            return Handler("exec")
        if self.http_get is not None:
            return Handler("httpGet", self.http_get.port)
        if self.tcp_socket is not None:
            return Handler("tcpSocket", self.tcp_socket.port)
        return None if self.grpc is None else Handler("grpc", self.grpc.port)

    @property
    def port(self) -> int | str | None:
        """The port it asks, as the spec gives it; None when it asks no port."""
        return None if self.handler is None else self.handler.port

    @property
    def timing(self) -> Timing:
        """Its numbers. The API server has filled in the defaults; they count as well for a probe that has not been there."""
        return Timing(
            delay=(self.initial_delay_seconds or 0) * SECOND,
            period=(self.period_seconds or PERIOD_SECONDS) * SECOND,
            timeout=(self.timeout_seconds or TIMEOUT_SECONDS) * SECOND,
            failures=self.failure_threshold or FAILURE_THRESHOLD,
            successes=self.success_threshold or SUCCESS_THRESHOLD,
        )
