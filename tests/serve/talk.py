"""Asks the application without sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from urllib.parse import unquote

from simulator.cluster import Cluster
from simulator.manifest.load import Loaded
from simulator.scenario.inputs import Choices, Inputs, gather
from simulator.scenario.spec import Scenario
from simulator.serve.app import App
from simulator.serve.session import Session
from simulator.units import HOUR, SECOND

TABLE = {"accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The events of a watch."""
        return [json.loads(line) for line in self.body.splitlines()]


def session(*paths: str, until: int = 0, settles: bool = True) -> Session:
    """A session that has been played to an instant (seconds)."""
    inputs = gather(paths, Choices()) if paths else Inputs(Scenario(), Loaded(), Loaded(), (), 0)
    cluster = Cluster(inputs._replace(horizon=9000 * HOUR))
    cluster.begin()
    cluster.play(until * SECOND)
    return Session(cluster, settles=settles)


class Client:
    """Sends requests to an application."""

    def __init__(self, app: App, headers: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.headers = {"host": "127.0.0.1:6443", **(headers or {})}

    def _scope(self, method: str, target: str, headers: Mapping[str, str]) -> dict[str, Any]:
        path, _, query = target.partition("?")
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        return {"type": "http", "method": method, "path": unquote(path), "query_string": query.encode(), "headers": pairs}

    async def ask(self, method: str, target: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """One request, with a body of JSON or of bytes."""
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {**self.headers, **({"content-type": "application/json"} if content else {}), **(headers or {})}
        waiting = [{"type": "http.request", "body": content}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not waiting:
                await asyncio.Event().wait()
            return waiting.pop()

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.app(self._scope(method, target, given), receive, send)
        head = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return Answer(sent[0]["status"], head, b"".join(message["body"] for message in sent[1:]))

    async def get(self, target: str, **headers: str) -> Answer:
        return await self.ask("GET", target, headers=headers)

    @asynccontextmanager
    async def watching(self, target: str) -> AsyncIterator[Callable[[], list[Any]]]:
        """A watch that is open meanwhile; the function gives its events so far."""
        lines: list[bytes] = []
        closed = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await closed.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            lines.append(message.get("body", b""))

        task = asyncio.ensure_future(self.app(self._scope("GET", target, self.headers), receive, send))
        await asyncio.sleep(0.01)
        try:
            yield lambda: [json.loads(line) for line in b"".join(lines).splitlines()]
        finally:
            closed.set()
            await task
