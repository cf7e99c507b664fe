"""What a probe or a hook does: run a command, send a request, open a connection (core/v1)."""

from __future__ import annotations

from simulator.objects.base import KubeStruct, shown


class ExecAction(KubeStruct, frozen=True):
    command: list[str] = []


class HTTPHeader(KubeStruct, frozen=True):
    name: str = shown("")
    value: str = shown("")


class HTTPGetAction(KubeStruct, frozen=True):
    port: int | str | None = None
    host: str = ""
    http_headers: list[HTTPHeader] = []
    path: str = ""
    protocol: str = ""
    scheme: str = ""


class TCPSocketAction(KubeStruct, frozen=True):
    port: int | str | None = None
    host: str = ""


class GRPCAction(KubeStruct, frozen=True):
    port: int = shown(0)
    mode: str = ""
    service: str = shown("")


class SleepAction(KubeStruct, frozen=True):
    seconds: int = shown(0)


class LifecycleHandler(KubeStruct, frozen=True):
    exec: ExecAction | None = None
    http_get: HTTPGetAction | None = None
    sleep: SleepAction | None = None
    tcp_socket: TCPSocketAction | None = None


class Lifecycle(KubeStruct, frozen=True):
    post_start: LifecycleHandler | None = None
    pre_stop: LifecycleHandler | None = None
    stop_signal: str = ""
