"""The recorded requests of ../shared/wire against a served cluster, each as the user and at the time of its recording.

`python -m tests.serve.requests [-v]` counts the answers that agree in status, media type and body (uids, versions, times, addresses and
generated names masked, as wire/replay.py masks them). The recordings' users are not the administrator: `alice`, no one, and bad tokens.
`REASONS` says why answers differ; docs/serve.md has the counts.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from simulator.serve.app import App
from simulator.units import SECOND
from tests.serve.talk import Client, session

WIRE = Path(__file__).parents[3] / "shared" / "wire"
CLUSTER = Path(__file__).with_name("wire") / "scenario.yaml"
SECRET = "administrator"
LEVEL, EXEMPT = "X-Kubernetes-Pf-Prioritylevel-Uid", "e98ef224-fda8-4fc7-a39c-473e41121911"
BEGIN = 30
"""Seconds after the start of the cluster at which the first request is sent."""


_VERSION = re.compile(r"(current: |in record \()\d+")
"""Versions in sentences, which replay.py does not mask."""


class Judged(NamedTuple):
    """A request, and how its answer differs from the recorded one."""

    group: str
    about: str
    difference: str


def _replay() -> Any:
    """wire/replay.py as a module."""
    spec = importlib.util.spec_from_file_location("wire_replay", WIRE / "replay.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def identity(exchange: dict[str, Any]) -> dict[str, str]:
    """The headers of the user that sent a request: by its description, or by the priority level of its answer, which is exempt for
    administrators."""
    about, level = exchange.get("about") or "", exchange["responseHeaders"].get(LEVEL, EXEMPT)
    if about.startswith("no token"):
        return {}
    if about == "Basic":
        return {"authorization": "Basic YTpi"}
    if "bad token" in about:
        return {"authorization": "Bearer bad"}
    if "impersonate-user" in {name.lower() for name in exchange["requestHeaders"]} and "alice" not in about:
        return {"authorization": f"Bearer {SECRET}", "impersonate-user": exchange["requestHeaders"]["Impersonate-User"]}
    if "alice" in about or level != EXEMPT:
        return {"authorization": f"Bearer {SECRET}", "impersonate-user": "alice", "impersonate-group": "devs"}
    return {"authorization": f"Bearer {SECRET}"}


async def judged() -> list[Judged]:
    """All requests of all groups, in the order of their recording."""
    replay = _replay()
    world = session(str(CLUSTER), until=BEGIN, settles=False)
    world.applied = {}  # the recorded cluster's objects were made by requests, not by kubectl apply
    client = Client(App(world, SECRET))
    known: dict[str, str] = {}
    results = []
    groups = sorted((replay.load(path) for path in sorted(WIRE.glob("raw-*"))), key=replay.recorded_at)
    first = min(replay.recorded_at(group) for group in groups if not group["id"].startswith("openapi"))
    for group in groups:
        begin = max(0.0, replay.recorded_at(group) - first)
        for exchange in group["exchanges"]:
            if replay.is_stream(exchange):
                continue
            await world.advance(max(world.now, round((BEGIN + begin + exchange["t"]) * SECOND)))
            about = f"{exchange['method']} {exchange['path']}?{exchange.get('query') or ''} ({exchange.get('about') or ''})"
            results.append(Judged(group["id"], about, await _difference(replay, group["id"], exchange, client, known)))
    return results


async def _difference(replay: Any, group: str, exchange: dict[str, Any], client: Client, known: dict[str, str]) -> str:
    target, body = f"{exchange['path']}?{exchange.get('query') or ''}".rstrip("?"), replay.body_of(exchange)
    for old, new in known.items():
        target = target.replace(old, new)
        body = body.replace(old.encode(), new.encode()) if body else body
    if exchange.get("about") == "with hash":
        target = target.partition("?")[0]  # the hash is that of another server's document
    headers = {name.lower(): value for name, value in exchange["requestHeaders"].items() if name.lower() in replay.SENT}
    agent = exchange["requestHeaders"].get("User-Agent")
    given = {"content-type": "", **headers, **identity(exchange), **({"user-agent": agent} if agent else {})}
    answer = await client.ask(exchange["method"], target, body, given)
    if exchange["method"] == "HEAD":  # the server sends no body, whatever the application says
        answer = answer._replace(body=b"")
    recorded = exchange.get("responseBody")
    if answer.status != exchange["status"]:
        return f"status {exchange['status']} recorded, {answer.status} answered: {answer.body[:200].decode(errors='replace')}"
    media = (exchange["responseHeaders"].get("Content-Type", "").split(";")[0], answer.headers.get("content-type", "").split(";")[0])
    if media[0] != media[1]:
        return f"media type {media[0]!r} recorded, {media[1]!r} answered"
    try:
        value = json.loads(answer.body) if answer.body else None
    except ValueError:
        value = {"text": answer.body.decode(errors="replace")}
    if group not in replay.WHOLE_CLUSTER or str(recorded.get("kind", "") if isinstance(recorded, dict) else "").endswith("List"):
        replay.learned(recorded, value, known)
    is_status = isinstance(recorded, dict) and recorded.get("kind") == "Status"
    if (group in replay.WHOLE_CLUSTER and not is_status) or group.startswith("openapi"):
        return ""
    expected, shown = (json.loads(_VERSION.sub(r"\1*", json.dumps(replay.masked(one)))) for one in (recorded, value))
    return "" if expected == shown else str(replay.first_difference(expected, shown))


REASONS = (
    (
        r"ReplicaSet \\?.?\"?\w+-|replica set|has successfully progressed",
        "names of ReplicaSets: podsim's hash of a template is another one",
    ),
    (r"deployment.kubernetes.io/revision|observedGeneration|[rR]eplicas:|generation:|Created new|minimum avail", "pace of the controllers"),
    (r"nodeName|podIP|hostIP|clusterIPs", "another node or address"),
    (r"TOKEN|with it|userInfo.uid|TokenReview|impersonate by", "tokens and users that the recordings leave out"),
    (
        r"duplicate fields Strict|\(null\)|immutable|bad label|accept yaml|same etag|/pods/\? |namespaces//pods",
        "the recording does not say what was sent or what else was there; Go's random order",
    ),
    (r"shop-b/configmaps/held|namespace conditions|namespaces/late|ephemeral-storage|eviction|jobs/jd", "other objects, nodes or history"),
    (r"proxy|portforward|pprof|statusz|flagz|openid", "not served: proxies, profiles, status pages, OpenID"),
    (r"widgets|example.com", "custom resources: validation, generation"),
    (r"protobuf", "answers are JSON"),
    (r"allocatedResources|ephemeralContainers", "what the recording's kubelet and container runtime say of pods (container ids)"),
)
"""Why an answer differs, by what its request or the difference says."""


def reason(one: Judged) -> str:
    """Why an answer differs."""
    text = f"{one.about} {one.difference}"
    return next((why for pattern, why in REASONS if re.search(pattern, text)), "other")


def summary(results: list[Judged]) -> Iterator[str]:
    """A line for each group, and one for all."""
    for group in dict.fromkeys(one.group for one in results):
        mine = [one for one in results if one.group == group]
        yield f"{group:44s} {sum(not one.difference for one in mine):4d}/{len(mine)}"
    for why in sorted({reason(one) for one in results if one.difference}):
        yield f"  differ: {sum(reason(one) == why for one in results if one.difference):3d}  {why}"
    yield f"answers that agree: {sum(not one.difference for one in results)}/{len(results)}"


def main() -> int:
    results = asyncio.run(judged())
    if "-v" in sys.argv:
        for one in results:
            if one.difference:
                print(f"{one.group}\t{one.about}\n        {one.difference}")
    print(*summary(results), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
