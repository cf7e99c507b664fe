"""The clients of probes and hooks: HTTP, TCP, gRPC and exec against the node's runtime, with the errors of Go's clients."""

from __future__ import annotations

from typing import NamedTuple

from simulator.container.answers import Answer
from simulator.container.behavior import Behavior
from simulator.container.expansion import expand
from simulator.engine import Order, Process
from simulator.kubelet.node_context import NodeContext
from simulator.kubelet.prober.results import Result
from simulator.objects.container import Container
from simulator.objects.handlers import GRPCAction, HTTPGetAction, TCPSocketAction
from simulator.units import SECOND, format_duration

CONNECT_RETRY, CONNECT_RETRY_FACTOR, CONNECT_RETRY_SPREAD = 1 * SECOND, 1.6, 0.2
"""gRPC's client tries to connect until its deadline: again after 1 s, then after 1.6 times as long each time, plus or minus a fifth."""


ENDED = "failed to exec in container: container is in CONTAINER_EXITED state"
"""containerd's error for a command in a container that has ended, before its kubelet knows."""


class Attempt(NamedTuple):
    """The result of one attempt and its output.

    `error` is set when the machinery itself failed, which is not a result. `code` is the exit code of a command. `warns` marks a
    success that is reported nevertheless.
    """

    result: Result
    output: str
    error: str = ""
    code: int = 0
    warns: bool = False


class Target(NamedTuple):
    """Where a probe goes: the pod's address, the container and the id of its instance."""

    ip: str
    container: Container
    container_id: str


def port_number(container: Container, port: int | str | None) -> int | None:
    """A port given by number or by the name of a container port; None when there is no such name."""
    if isinstance(port, int):
        return port if 0 < port < 65_536 else None
    named = next((p.container_port for p in container.ports if p.name == port), None)
    if named is not None:
        return named
    return int(port) if isinstance(port, str) and port.isdigit() else None


def unknown_port(port: int | str | None) -> str:
    """The error for a port that is neither the name of a container port nor a number, or is out of range."""
    if isinstance(port, int):
        return f"invalid port number: {port}"
    return f'strconv.Atoi: parsing "{port}": invalid syntax'


def url_of(action: HTTPGetAction, ip: str, port: int) -> str:
    """The URL of an HTTP probe or hook."""
    path = action.path or "/"
    return f"{(action.scheme or 'HTTP').lower()}://{action.host or ip}:{port}{path if path.startswith('/') else '/' + path}"


class ProbeClient:
    """Sends requests to containers of one node. An answer takes as long as the program says, at most the timeout (nanoseconds)."""

    def __init__(self, node: NodeContext) -> None:
        self._engine = node.engine
        self._runtime = node.runtime
        self._dialect = node.dialect

    def _listener(self, target: Target, port: int) -> Behavior | None:
        """The running container that accepts connections on that port of the pod's network, which all its containers share."""
        return self._runtime.local_listener(target.container_id, port)

    def http(self, target: Target, action: HTTPGetAction, timeout: int) -> Process[Attempt]:
        """GET; 200 to 399 is a success, from 300 on with a warning: redirections are not followed (pkg/probe/http)."""
        answer = yield from self.get(target, action, timeout)
        if isinstance(answer, Attempt):
            return answer
        if 200 <= answer.code < 300:
            return Attempt(Result.SUCCESS, answer.text)
        if 300 <= answer.code < 400:  # PRB-18
            return Attempt(Result.SUCCESS, f"Probe terminated redirects, Response body: {answer.text}", warns=True)
        return Attempt(Result.FAILURE, f"HTTP probe failed with statuscode: {answer.code}")

    def get(self, target: Target, action: HTTPGetAction, timeout: int | None) -> Process[Answer | Attempt]:
        """The answer to a GET, whatever its status; or the client's error when none comes. `timeout` None: no limit."""
        port = port_number(target.container, action.port)
        if port is None:
            return Attempt(Result.UNKNOWN, "", unknown_port(action.port))
        url = url_of(action, target.ip, port)
        listener = self._listener(target, port)
        if listener is None:
            return Attempt(Result.FAILURE, f'Get "{url}": dial tcp {action.host or target.ip}:{port}: connect: connection refused')
        answer = listener.http(port, (action.path or "/").partition("?")[0], self._engine.now)
        if not (yield from self._in_time(answer, timeout)):
            return Attempt(Result.FAILURE, f'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
        return answer

    def tcp(self, target: Target, action: TCPSocketAction) -> Process[Attempt]:
        """Connect (pkg/probe/tcp)."""
        yield from ()
        port = port_number(target.container, action.port)
        if port is None:
            return Attempt(Result.UNKNOWN, "", unknown_port(action.port))
        if self._listener(target, port) is None:
            return Attempt(Result.FAILURE, f"dial tcp {action.host or target.ip}:{port}: connect: connection refused")
        return Attempt(Result.SUCCESS, "")

    def grpc(self, target: Target, action: GRPCAction, timeout: int) -> Process[Attempt]:
        """Call the health service (pkg/probe/grpc)."""
        port, deadline = action.port, self._engine.now + timeout
        listener = yield from self._grpc_server(target, port, deadline)
        if listener is None:
            within = f"within {format_duration(timeout)}: context deadline exceeded"
            return Attempt(Result.FAILURE, f'timeout: failed to connect service "{target.ip}:{port}" {within}')
        answer = listener.http(port, action.service, self._engine.now)
        if not (yield from self._in_time(answer, deadline - self._engine.now)):
            return Attempt(Result.FAILURE, f"timeout: health rpc did not complete within {format_duration(timeout)}")
        if answer.code == 200:
            return Attempt(Result.SUCCESS, "")
        return Attempt(Result.FAILURE, 'service unhealthy (responded with "NOT_SERVING")')

    def _grpc_server(self, target: Target, port: int, deadline: int) -> Process[Behavior | None]:
        """The container that speaks gRPC on that port by the deadline. One that accepts connections but speaks another protocol is
        tried again, like a closed port.
        """
        wait = CONNECT_RETRY
        while True:  # PRB-19
            listener = self._listener(target, port)
            if listener is not None and listener.speaks_grpc(port):
                return listener
            if self._engine.now + wait >= deadline:
                yield self._engine.sleep(deadline - self._engine.now, Order.OBSERVE)
                return None
            yield self._engine.sleep(wait, Order.OBSERVE)
            longer = round(wait * CONNECT_RETRY_FACTOR)
            spread = round(longer * CONNECT_RETRY_SPREAD)
            wait = self._engine.streams.uniform(longer - spread, longer + spread, "grpc connect", target.container_id)

    def exec(self, target: Target, command: list[str], timeout: int | None) -> Process[Attempt]:
        """Run a command in the container; exit 0 is a success (pkg/probe/exec). `timeout` None: no limit."""
        # Only values written in the spec are known here (ExpandContainerCommandOnlyStatic).
        static = {variable.name: variable.value for variable in target.container.env}
        command = [expand(word, static) for word in command]
        text = " ".join(command)
        behavior = self._runtime.behavior(target.container_id)
        if behavior is None:
            return Attempt(Result.UNKNOWN, "", f"rpc error: code = Unknown desc = {ENDED}")  # PRB-26
        answer = behavior.exec(text, self._engine.now)
        if answer is None:
            answer = yield from self._runtime.execute(target.container_id, command, timeout)
        if answer.error:
            return Attempt(Result.UNKNOWN, "", f"rpc error: code = Unknown desc = {answer.error}")
        if not (answer.in_time and (yield from self._in_time(answer, timeout))):
            return Attempt(Result.FAILURE, self._dialect.say("probe.exec_timeout", command=text, timeout=format_duration(timeout or 0)))
        return Attempt(Result.SUCCESS if answer.code == 0 else Result.FAILURE, answer.text, code=answer.code)

    def _in_time(self, answer: Answer, timeout: int | None) -> Process[bool]:
        """Wait for an answer; whether it came before the timeout."""
        late = timeout is not None and answer.delay >= timeout
        wait = timeout if late and timeout is not None else answer.delay
        if wait:
            yield self._engine.sleep(wait, Order.OBSERVE)
        return not late
