"""exec and attach: a command in a container, or a container's own output, over the channels of a WebSocket.

Commands run in podsim's own shell and can reach nothing of the host. Input counts from the instant at which it arrives.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, NamedTuple

from simulator.api import ApiError
from simulator.container.answers import Answer, Streams
from simulator.engine import Process
from simulator.journal.snapshot import Snapshot
from simulator.objects.base import JSON
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus
from simulator.process.descriptors import Inlet
from simulator.serve import websocket as ws
from simulator.serve.http import Connection, Request
from simulator.serve.logs import Log, LogQuery, container_of, is_true, pod_of
from simulator.serve.session import Session, World, refused
from simulator.serve.tty import Terminal

UPGRADE = "Upgrade request required"


class StreamRequest(NamedTuple):
    """What a request wants to be connected to."""

    pod: Pod
    container: str
    stdin: bool
    stdout: bool
    stderr: bool
    tty: bool


def stream_request(request: Request, snapshot: Snapshot) -> StreamRequest:
    """The streams and the container of a request. Raises ApiError."""
    target, query = request.about, request.query
    pod = pod_of(snapshot, target.namespace or "", target.name)
    container = container_of(pod, request.option("container"), chooses=False)
    if not pod.spec.node_name:
        raise ApiError("BadRequest", f"pod {pod.metadata.name} does not have a host assigned")
    wants = {name: is_true(query, name) for name in ("stdin", "stdout", "stderr", "tty")}
    return StreamRequest(pod, container, **wants)


def running(pod: Pod, container: str) -> ContainerStatus | None:
    """The status of a container that runs."""
    statuses = (*pod.status.container_statuses, *pod.status.init_container_statuses, *pod.status.ephemeral_container_statuses)
    status = next((one for one in statuses if one.name == container), None)
    if status is None or not status.container_id or status.state is None or status.state.running is None:
        return None
    return status


async def refuse(channels: Channels, container: str) -> None:
    """Accept and say that no such container runs, as the API server does when the kubelet does not know it."""
    await channels.open()
    channels.end(ws.failed(f'unable to upgrade connection: container not found ("{container}")'))
    await channels.write()


class Channels:
    """The server's side of one connection: sends what is queued, and hands on what arrives."""

    def __init__(self, connection: Connection, want: StreamRequest) -> None:
        """Raises ApiError when the client asks for no WebSocket, or speaks another language on it."""
        scope = connection.scope
        if scope["type"] != "websocket":
            raise ApiError("BadRequest", UPGRADE)
        self.protocol = ws.chosen(scope.get("subprotocols") or [])
        if self.protocol is None:
            raise ApiError("BadRequest", f"unable to upgrade: unsupported protocols {scope.get('subprotocols')}")
        self._named = bool(scope.get("subprotocols"))
        self._connection = connection
        self._want = want
        self._queue: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()

    async def open(self) -> None:
        """Accept, and say that the command runs."""
        await self._connection.receive()
        await self._connection.send({"type": "websocket.accept", "subprotocol": self.protocol if self._named else None})
        want = self._want
        self.put(ws.greeting(stdout=want.stdout, stderr=want.stderr and not want.tty), b"")

    def put(self, channel: int, data: bytes) -> None:
        """Queue data; what the client did not ask for is dropped."""
        if (channel, True) not in ((ws.STDOUT, not self._want.stdout), (ws.STDERR, not self._want.stderr or self._want.tty)):
            self._queue.put_nowait((channel, data))

    def end(self, status: JSON) -> None:
        """Queue the end."""
        assert self.protocol is not None, "checked at the start"
        self.put(ws.ERROR, ws.ending(self.protocol, status))
        self._queue.put_nowait(None)

    async def write(self) -> None:
        """Send what is queued until the end of it."""
        assert self.protocol is not None, "checked at the start"
        while (item := await self._queue.get()) is not None:
            await self._connection.send(ws.encoded(self.protocol, *item))
        await self._connection.send({"type": "websocket.close", "code": 1000})

    async def read(self) -> tuple[int, bytes] | None:
        """The next channel and its data; None: the client has gone."""
        assert self.protocol is not None, "checked at the start"
        message: dict[str, Any] = await self._connection.receive()
        return ws.decoded(self.protocol, message) if message["type"] == "websocket.receive" else None


async def execute(session: World, request: Request, connection: Connection) -> None:
    """POST or GET .../pods/NAME/exec. Raises ApiError before it has accepted."""
    if not isinstance(session, Session):
        raise refused()
    want = stream_request(request, session.snapshot())
    channels = Channels(connection, want)
    status = running(want.pod, want.container)
    command = list(request.query.get("command", ()))
    if not command:
        raise ApiError("BadRequest", "you must specify at least 1 command for the container")
    if status is None:
        await refuse(channels, want.container)
        return
    await channels.open()
    stdin = Inlet(is_terminal=want.tty) if want.stdin else None
    terminal = Terminal(stdin, lambda text: channels.put(ws.STDOUT, _bytes(text))) if want.tty else None

    def print_(fd: int, text: str) -> None:
        if terminal is not None:
            terminal.print(text)
        else:
            channels.put(ws.STDERR if fd == ws.STDERR else ws.STDOUT, _bytes(text))

    def run() -> Process[None]:
        container_id = status.container_id.rpartition("/")[2]
        outcome = yield from session.cluster.machines.execute(want.pod.spec.node_name, container_id, command, Streams(print_, stdin))
        channels.end(_ending(outcome, want.container, print_))

    def feed(data: bytes) -> None:
        text = data.decode(errors="surrogateescape")
        if terminal is not None:
            terminal.type(text)
        elif stdin is not None:
            stdin.feed(text)

    writer = asyncio.create_task(channels.write())
    reader = asyncio.create_task(_read(session, channels, stdin, feed))
    await session.perform(lambda: session.cluster.engine.start(run()) and None)
    await _either(writer, reader)


def _ending(outcome: Answer | None, container: str, print_: Any) -> JSON:
    """The Status at the end of a command; the text of a rule is printed first."""
    if outcome is None:
        return ws.failed(f'container not found ("{container}")')
    if outcome.error:
        return ws.failed(f"Internal error occurred: error executing command in container: {outcome.error}")
    if outcome.text:
        print_(ws.STDOUT, outcome.text if outcome.text.endswith("\n") else f"{outcome.text}\n")
    return ws.exited(outcome.code)


async def _read(session: World, channels: Channels, stdin: Inlet | None, feed: Any) -> None:
    """Hand on what the client sends until it goes; then, and when it says so, there is no more input."""
    while (arrived := await channels.read()) is not None:
        channel, data = arrived
        if channel == ws.STDIN and data and stdin is not None:
            await session.perform(partial(feed, data))
        elif channel == ws.CLOSE and data[:1] == bytes([ws.STDIN]) and stdin is not None:
            await session.perform(stdin.end)
    if stdin is not None:
        await session.perform(stdin.end)


async def _either(writer: asyncio.Task[None], reader: asyncio.Task[None]) -> None:
    """Wait until everything is sent, or the client is gone; raises what a task has raised."""
    done, rest = await asyncio.wait((writer, reader), return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def attach(session: World, request: Request, connection: Connection) -> None:
    """POST or GET .../pods/NAME/attach: what the container prints from now on. Its process gets no input."""
    snapshot = session.snapshot()
    want = stream_request(request, snapshot)
    channels = Channels(connection, want)
    if running(want.pod, want.container) is None:
        await refuse(channels, want.container)
        return
    await channels.open()
    log = Log(want.pod, LogQuery(container=want.container, follow=True, tail_lines=0), snapshot)
    log.read(snapshot)

    def look() -> None:
        now = session.snapshot()
        if data := log.read(now):
            channels.put(ws.STDOUT, data)
        if log.is_over(now):
            channels.end(ws.SUCCESS)

    leave = session.listen(look)
    try:
        reader = asyncio.create_task(_read(session, channels, None, lambda _data: None))
        await _either(asyncio.create_task(channels.write()), reader)
    finally:
        leave()


async def forward(world: World, request: Request, connection: Connection) -> None:
    """POST or GET .../pods/NAME/portforward: refused, with the API server's words where it refuses, too. Raises ApiError."""
    pod = pod_of(world.snapshot(), request.about.namespace, request.about.name)
    if not pod.spec.node_name:
        raise ApiError("BadRequest", f"pod {pod.metadata.name} does not have a host assigned")
    if connection.scope["type"] != "websocket":
        raise ApiError("BadRequest", UPGRADE)
    raise ApiError("NotImplemented", "podsim does not forward ports: run a client in a pod (kubectl exec), or read a Service by traffic")


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
