"""exec, attach and followed logs: the messages that a recorded API server of Kubernetes 1.36 sent to kubectl, and refusals before them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from simulator.serve.app import App
from simulator.serve.session import Session
from tests.serve.talk import Client, session

SHELL = """
apiVersion: v1
kind: Pod
metadata: {name: shell}
spec: {containers: [{name: web, image: "busybox:1.36", command: [sh, -c, "echo started; sleep 30; echo later; sleep infinity"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ended}
spec: {restartPolicy: Never, containers: [{name: web, image: "busybox:1.36", command: ["true"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: pending}
spec: {nodeSelector: {no: where}, containers: [{name: web, image: "busybox:1.36"}]}
"""
POD = "/api/v1/namespaces/default/pods/shell"
SUCCESS = {"metadata": {}, "status": "Success"}
V5 = "v5.channel.k8s.io"


def failure(message: str, reason: str, causes: list[dict[str, str]]) -> dict[str, Any]:
    return {"metadata": {}, "status": "Failure", "message": message, "reason": reason, "details": {"causes": causes}}


EXIT_3 = failure(
    "command terminated with non-zero exit code: command terminated with exit code 3",
    "NonZeroExitCode",
    [{"reason": "ExitCode", "message": "3"}],
)


@pytest.fixture
def world(tmp_path: Path) -> Session:
    file = tmp_path / "app.yaml"
    file.write_text(SHELL)
    return session(str(file), until=20)


async def connected(world: Session, target: str, sends: Sequence[bytes] = (), protocol: str = V5) -> list[dict[str, Any]]:
    """What the server sends on a WebSocket; the client sends its messages at once and stays."""
    path, _, query = target.partition("?")
    scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": [(b"host", b"127.0.0.1")]}
    waiting: list[dict[str, Any]] = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "bytes": data} for data in sends)]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    application = asyncio.ensure_future(App(world)({**scope, "subprotocols": [protocol]}, receive, send))
    for _ in range(200):
        if application.done():
            break
        await asyncio.sleep(0.01)
        await world.advance(world.now + 1_000_000_000)
    application.cancel()
    return sent


def messages(sent: list[dict[str, Any]]) -> list[bytes]:
    assert sent[0] == {"type": "websocket.accept", "subprotocol": V5}
    assert sent[-1] == {"type": "websocket.close", "code": 1000}
    return [message["bytes"] for message in sent[1:-1]]


def test_output_and_exit_code(world: Session) -> None:
    query = "command=sh&command=-c&command=echo+hi;echo+no+>%262;exit+3&container=web&stderr=true&stdout=true"
    *printed, end = messages(asyncio.run(connected(world, f"{POD}/exec?{query}")))
    assert printed == [b"\1", b"\1hi\n", b"\2no\n"]
    assert (end[:1], json.loads(end[1:])) == (b"\3", EXIT_3)


def test_input_and_its_end(world: Session) -> None:
    sent = asyncio.run(connected(world, f"{POD}/exec?command=cat&stdin=true&stdout=true&stderr=true", [b"\0from stdin\n", b"\xff\0"]))
    *printed, end = messages(sent)
    assert printed == [b"\1", b"\1from stdin\n"]
    assert json.loads(end[1:]) == SUCCESS


def test_a_terminal(world: Session) -> None:
    keys = [b"\0ech", b"\0o hx\x7fi\r", b"\0exit 3\r"]
    sent = asyncio.run(connected(world, f"{POD}/exec?command=sh&stdin=true&stdout=true&tty=true", [b"\4{}", *keys]))
    *printed, end = messages(sent)
    assert b"".join(data[1:] for data in printed) == b"/ # echo hx\b \bi\r\nhi\r\n/ # exit 3\r\n"
    assert json.loads(end[1:]) == EXIT_3


def test_a_missing_command(world: Session) -> None:
    end = messages(asyncio.run(connected(world, f"{POD}/exec?command=nosuch&stdout=true")))[-1]
    status = json.loads(end[1:])
    assert (status["reason"], status["code"]) == ("InternalError", 500)
    assert status["message"].startswith(
        "Internal error occurred: Internal error occurred: error executing command in container: failed to exec"
    )


def test_a_container_that_does_not_run(world: Session) -> None:
    sent = asyncio.run(connected(world, f"{POD.replace('shell', 'ended')}/exec?command=ls&stdout=true"))
    assert (
        json.loads(messages(sent)[-1][1:])["message"]
        == 'Internal error occurred: unable to upgrade connection: container not found ("web")'
    )


def test_attach_shows_what_is_printed_from_now_on(world: Session) -> None:
    sent = asyncio.run(connected(world, f"{POD}/attach?container=web&stdout=true&stderr=true"))
    assert [message["bytes"] for message in sent[1:]] == [b"\1", b"\1later\n"]


REFUSED = {
    "exec?command=ls&stdout=true": (400, "Upgrade request required"),
    "exec?command=ls&stdout=true&container=nope": (400, "container nope is not valid for pod shell"),
    "attach?stdout=true": (400, "Upgrade request required"),
    "../nope/exec?command=ls": (404, 'pods "nope" not found'),
    "../pending/exec?command=ls": (400, "pod pending does not have a host assigned"),
    "log?container=nope": (400, "container nope is not valid for pod shell"),
}


@pytest.mark.parametrize("target", REFUSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_refusals(world: Session, target: str, method: str) -> None:
    if target.startswith("log") and method == "POST":
        return
    path = f"{POD}/{target}".replace("shell/../", "")
    answer = asyncio.run(Client(App(world)).ask(method, path))
    assert (answer.status, answer.json["message"]) == REFUSED[target]


def test_a_followed_log_and_one_of_a_pending_pod(world: Session) -> None:
    async def follow() -> list[bytes]:
        lines: list[bytes] = []
        client = Client(App(world))

        async def send(message: Any) -> None:
            lines.append(message.get("body", b""))

        task = asyncio.ensure_future(client.app(client._scope("GET", f"{POD}/log?follow=true", client.headers), asyncio.Event().wait, send))
        await asyncio.sleep(0.01)
        await world.advance(60_000_000_000)
        await asyncio.sleep(0.01)
        task.cancel()
        return [line for line in lines if line]

    assert asyncio.run(follow()) == [b"started\n", b"later\n"]
    assert asyncio.run(Client(App(world)).get(f"{POD.replace('shell', 'pending')}/log")).status == 204
