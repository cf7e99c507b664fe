"""What a probe asks, and what it hears: HTTP, TCP, gRPC and exec against the node's runtime, in the words of Go's clients."""

from __future__ import annotations

from typing import NamedTuple

from simulator.container.answers import Answer, Behavior
from simulator.container.expansion import expand
from simulator.container.runtime import Runtime
from simulator.dialect import Dialect
from simulator.engine import Engine, Order, Process
from simulator.kubelet.prober.results import Result
from simulator.objects.container import Container, HTTPGetAction
from simulator.units import SECOND, format_duration

CONNECT_RETRY = 1 * SECOND
"""gRPC's client tries to connect until its deadline."""


class Heard(NamedTuple):
    """The result of one attempt and what it printed. An `error` is not a result: the machinery itself failed. `code`: of a command."""

    result: Result
    output: str
    error: str = ""
    code: int = 0


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
    """What is said of a port that is neither the name of a container port nor a number, or no possible number."""
    if isinstance(port, int):
        return f"invalid port number: {port}"
    return f'strconv.Atoi: parsing "{port}": invalid syntax'


def url_of(action: HTTPGetAction, ip: str, port: int) -> str:
    """The URL of an HTTP probe or hook."""
    path = action.path or "/"
    return f"{(action.scheme or 'HTTP').lower()}://{action.host or ip}:{port}{path if path.startswith('/') else '/' + path}"


class Asker:
    """Asks containers of one node. Every answer takes the time that the program says, at most the time-out (nanoseconds)."""

    def __init__(self, engine: Engine, runtime: Runtime, dialect: Dialect) -> None:
        self._engine = engine
        self._runtime = runtime
        self._dialect = dialect

    def settled_until(self, container_id: str) -> int | None:
        """As the runtime has it."""
        return self._runtime.settled_until(container_id)

    def _listener(self, target: Target, port: int) -> Behavior | None:
        """Who accepts connections on that port of the pod: any running container of its network."""
        now = self._engine.now
        for other in self._runtime.sandbox_mates(target.container_id):
            behavior = self._runtime.behavior(other.id)
            if behavior is not None and behavior.listens(port, now):
                return behavior
        return None

    def http(self, target: Target, action: HTTPGetAction, timeout: int) -> Process[Heard]:
        """GET; 200 to 399 is a success (pkg/probe/http)."""
        port = port_number(target.container, action.port)
        if port is None:
            return Heard(Result.UNKNOWN, "", unknown_port(action.port))
        url = url_of(action, target.ip, port)
        listener = self._listener(target, port)
        if listener is None:
            return Heard(Result.FAILURE, f'Get "{url}": dial tcp {action.host or target.ip}:{port}: connect: connection refused')
        answer = listener.http(port, (action.path or "/").partition("?")[0], self._engine.now)
        if not (yield from self._in_time(answer, timeout)):
            return Heard(Result.FAILURE, f'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)')
        if 200 <= answer.code < 400:
            return Heard(Result.SUCCESS, answer.text)
        return Heard(Result.FAILURE, f"HTTP probe failed with statuscode: {answer.code}")

    def tcp(self, target: Target, port: int | str | None, host: str) -> Process[Heard]:
        """Connect (pkg/probe/tcp)."""
        yield from ()
        number = port_number(target.container, port)
        if number is None:
            return Heard(Result.UNKNOWN, "", unknown_port(port))
        if self._listener(target, number) is None:
            return Heard(Result.FAILURE, f"dial tcp {host or target.ip}:{number}: connect: connection refused")
        return Heard(Result.SUCCESS, "")

    def grpc(self, target: Target, port: int, service: str, timeout: int) -> Process[Heard]:
        """Ask the health service (pkg/probe/grpc)."""
        listener = self._listener(target, port)
        if listener is None:
            # The client retries until its deadline; nobody listens meanwhile, or too late.
            yield self._engine.sleep(min(timeout, CONNECT_RETRY), Order.OBSERVE)
            return Heard(
                Result.FAILURE,
                f'timeout: failed to connect service "{target.ip}:{port}" within {format_duration(timeout)}: context deadline exceeded',
            )
        if not listener.speaks_grpc(port):
            return Heard(Result.FAILURE, "error: this server does not implement the grpc health protocol (grpc.health.v1.Health)")
        answer = listener.http(port, service, self._engine.now)
        if not (yield from self._in_time(answer, timeout)):
            return Heard(Result.FAILURE, f"timeout: health rpc did not complete within {format_duration(timeout)}")
        if answer.code == 200:
            return Heard(Result.SUCCESS, "")
        return Heard(Result.FAILURE, 'service unhealthy (responded with "NOT_SERVING")')

    def exec(self, target: Target, command: list[str], timeout: int | None) -> Process[Heard]:
        """Run a command in the container; exit 0 is a success (pkg/probe/exec). `timeout` None: as long as it takes."""
        # Only values that stand in the spec are known here (ExpandContainerCommandOnlyStatic).
        static = {variable.name: variable.value for variable in target.container.env}
        command = [expand(word, static) for word in command]
        text = " ".join(command)
        behavior = self._runtime.behavior(target.container_id)
        if behavior is None:
            return Heard(Result.UNKNOWN, "", "container not running")
        answer = behavior.exec(text, self._engine.now)
        if answer is None:
            answer = yield from self._runtime.execute(target.container_id, command, timeout)
        if not (answer.in_time and (yield from self._in_time(answer, timeout))):
            return Heard(Result.FAILURE, self._dialect.say("probe.exec_timeout", command=text, timeout=format_duration(timeout or 0)))
        return Heard(Result.SUCCESS if answer.code == 0 else Result.FAILURE, answer.text, code=answer.code)

    def _in_time(self, answer: Answer, timeout: int | None) -> Process[bool]:
        """Wait for an answer; whether it came before the time-out."""
        late = timeout is not None and answer.delay >= timeout
        wait = timeout if late and timeout is not None else answer.delay
        if wait:
            yield self._engine.sleep(wait, Order.OBSERVE)
        return not late
