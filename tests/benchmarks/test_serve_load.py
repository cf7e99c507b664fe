"""How long requests wait while a rollout plays at real speed before many watchers, and what a list costs.

`python -m tests.benchmarks.test_serve_load [PODS]` prints it for 1,000 pods and 50 watchers.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from simulator.objects.pod import Pod
from simulator.serve.app import App
from simulator.serve.clock import RealClock
from simulator.serve.session import Session
from tests.benchmarks.conftest import Note
from tests.serve.talk import Client, session

PODS = "/api/v1/namespaces/default/pods"
WEB = "/apis/apps/v1/namespaces/default/deployments/web"
WATCHERS = 50
ROLLOUT = {"spec": {"template": {"metadata": {"annotations": {"release": "2"}}}}}
STRATEGIC = {"content-type": "application/strategic-merge-patch+json"}
APP = """
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  replicas: {pods}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1.27", readinessProbe: {{httpGet: {{path: /, port: 80}}, periodSeconds: 5}}}}]}}
"""
SCENARIO = """
apiVersion: podsim/v1
kind: Scenario
spec: {manifests: [app.yaml], cluster: {nodes: [{preset: eks-m5.2xlarge, count: 20, cpu: "64", memory: 256Gi, pods: 110}]}}
"""


class Load(NamedTuple):
    """What was measured: milliseconds of a processor, milliseconds that requests waited in ascending order, and events sent."""

    encoding: float
    list: float
    waits: list[float]
    events: int

    def __str__(self) -> str:
        waits = self.waits
        shares = f"median {waits[len(waits) // 2]:.1f}, 99 % {waits[len(waits) * 99 // 100]:.1f}, longest {waits[-1]:.1f} ms"
        return f"list {self.list:.1f} ms, encoding {self.encoding:.1f} ms; {len(waits)} requests waited {shares}; {self.events} events"


def _world(pods: int, folder: Path) -> Session:
    (folder / "app.yaml").write_text(APP.format(pods=pods))
    (folder / "scenario.yaml").write_text(SCENARIO)
    return session(str(folder / "scenario.yaml"), until=60, settles=False)


async def _cost(call: Callable[[], Any]) -> float:
    begin = time.process_time()
    result = call()
    if asyncio.iscoroutine(result):
        await result
    return (time.process_time() - begin) * 1000


async def measured(pods: int, seconds: float, folder: Path) -> Load:
    """A rollout of all pods, for some seconds of the wall clock."""
    world = _world(pods, folder)
    client = Client(App(world))
    events = 0

    async def watch() -> None:
        async def send(_message: Any) -> None:
            nonlocal events
            events += 1

        target = f"{PODS}?watch=1&resourceVersion={world.revision}"
        await client.app(client._scope("GET", target, client.headers), asyncio.Event().wait, send)

    tasks = [asyncio.ensure_future(watch()) for _ in range(WATCHERS)]
    await asyncio.sleep(0.01)
    await client.get(PODS)
    listed = min([await _cost(lambda: client.get(PODS)) for _ in range(3)])
    items = world.store.typed(Pod)
    encoding = min([await _cost(lambda: msgspec.json.encode(items)) for _ in range(3)])
    tasks.append(asyncio.ensure_future(RealClock(world, 1).run()))
    assert (await client.ask("PATCH", WEB, ROLLOUT, STRATEGIC)).status == 200
    waits, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begin = time.perf_counter()
        assert (await client.get(WEB)).status == 200
        waits.append((time.perf_counter() - begin) * 1000)
        await asyncio.sleep(0.02)
    for task in tasks:
        task.cancel()
    return Load(encoding, listed, sorted(waits), events)


def test_requests_do_not_wait_for_a_rollout(tmp_path: Path, note: Note) -> None:
    load = asyncio.run(measured(200, 1.5, tmp_path))
    note(f"200 pods, {WATCHERS} watchers: {load}")
    assert load.events > 1000
    assert load.list <= 2 * load.encoding
    assert load.waits[len(load.waits) * 9 // 10] < 200, "the longest waits are those of a loaded machine"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(asyncio.run(measured(int((sys.argv[1:] or ["1000"])[0]), 25, Path(place))))
