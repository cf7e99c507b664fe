"""An informer beside many writes: it sees each of them once and in order, and after a 410 it lists again and has missed nothing.

`python -m tests.serve.test_informer` does it with 10,000 writes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.serve.app import App
from tests.serve.talk import Client, session

MAPS = "/api/v1/namespaces/default/configmaps"
MERGE = {"content-type": "application/merge-patch+json"}
OBJECTS = 20


class Informer:
    """Lists, watches from there, and lists again when the version is too old (client-go's reflector)."""

    def __init__(self, client: Client) -> None:
        self.cache: dict[str, str] = {}
        self.changes: list[tuple[str, str]] = []
        self.lists = 0
        self._client = client
        self.version = ""

    async def run(self) -> None:
        while True:
            if not self.version:
                await self._list()
            await self._watch()

    async def _list(self) -> None:
        listing = (await self._client.get(MAPS)).json
        self.lists += 1
        self.version = listing["metadata"]["resourceVersion"]
        self.cache = {item["metadata"]["name"]: item["data"]["n"] for item in listing["items"] if item["metadata"]["name"].startswith("m")}

    async def _watch(self) -> None:
        async def send(message: Any) -> None:
            for line in message.get("body", b"").splitlines():
                self._take(json.loads(line))

        target = f"{MAPS}?watch=true&resourceVersion={self.version}&labelSelector=own%3D1"
        await self._client.app(self._client._scope("GET", target, self._client.headers), asyncio.Event().wait, send)

    def _take(self, event: Any) -> None:
        if event["type"] == "ERROR":
            assert event["object"]["code"] == 410
            self.version = ""
            return
        item = event["object"]
        self.version = item["metadata"]["resourceVersion"]
        self.cache[item["metadata"]["name"]] = item["data"]["n"]
        self.changes.append((item["metadata"]["name"], item["data"]["n"]))


async def watched(writes: int) -> None:
    world = session()
    client = Client(App(world))
    for index in range(OBJECTS):
        body = {"metadata": {"name": f"m{index}", "labels": {"own": "1"}}, "data": {"n": "-1"}}
        assert (await client.ask("POST", MAPS, body)).status == 201
    informer = Informer(client)
    running = asyncio.ensure_future(informer.run())
    await asyncio.sleep(0.01)
    for number in range(writes):
        answer = await client.ask("PATCH", f"{MAPS}/m{number % OBJECTS}", {"data": {"n": str(number)}}, MERGE)
        assert answer.status == 200
        await asyncio.sleep(0)
    await asyncio.sleep(0.05)
    assert informer.changes == [(f"m{number % OBJECTS}", str(number)) for number in range(writes)], "each once, in order"
    running.cancel()

    # Its connection breaks, and what follows is forgotten before it is back: it has to list.
    for number in range(OBJECTS):
        await client.ask("PATCH", f"{MAPS}/m{number}", {"data": {"n": f"late{number}"}}, MERGE)
    world.floor = world.revision
    before = informer.lists
    running = asyncio.ensure_future(informer.run())
    await asyncio.sleep(0.05)
    assert informer.lists == before + 1
    await client.ask("PATCH", f"{MAPS}/m0", {"data": {"n": "last"}}, MERGE)
    await asyncio.sleep(0.05)
    assert informer.cache == {f"m{number}": f"late{number}" for number in range(OBJECTS)} | {"m0": "last"}
    running.cancel()


def test_each_write_is_seen_once_and_in_order() -> None:
    asyncio.run(watched(500))


if __name__ == "__main__":
    asyncio.run(watched(10_000))
    print("10,000 writes: each was seen once and in order; after a 410 nothing was missed")
