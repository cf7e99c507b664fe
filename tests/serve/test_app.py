"""The API over a session, without sockets: discovery, reading, writing, watching, time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

import pytest

from simulator.serve.app import App
from simulator.serve.clock import AutoClock
from simulator.serve.session import Session
from simulator.serve.shift import Shift
from simulator.units import SECOND, parse_time
from tests.serve.talk import TABLE, Client, session

CONFIG_MAPS = "/api/v1/namespaces/default/configmaps"
MERGED = {"content-type": "application/merge-patch+json"}
V2 = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
NOT_ALLOWED = "the server does not allow this method on the requested resource"
NO_RESOURCE = "the server could not find the requested resource"


def run(call: Coroutine[Any, Any, None]) -> None:
    asyncio.run(call)


def client(world: Session | None = None) -> Client:
    return Client(App(world or session()))


def config_map(name: str, **labels: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": labels}, "data": {"a": "b"}}


def test_discovery_in_one_document_and_in_several() -> None:
    async def body() -> None:
        ask = client()
        whole = await ask.get("/apis", accept=V2)
        assert whole.headers["content-type"] == V2
        [apps] = [group for group in whole.json["items"] if group["metadata"]["name"] == "apps"]
        assert [row["resource"] for row in apps["versions"][0]["resources"]][:2] == ["controllerrevisions", "daemonsets"]
        again = await ask.get("/apis", accept=V2, **{"if-none-match": whole.headers["etag"]})
        assert (again.status, again.body) == (304, b"")
        old = await ask.get("/apis", accept=V2.replace("v2", "v2beta1"))
        assert (old.status, old.json["reason"]) == (406, "NotAcceptable")
        plain = (await ask.get("/apis/autoscaling")).json
        assert [version["version"] for version in plain["versions"]] == ["v2", "v1"]
        [scale] = [row for row in (await ask.get("/apis/apps/v1")).json["resources"] if row["name"] == "deployments/scale"]
        assert (scale["group"], scale["version"], scale["kind"]) == ("autoscaling", "v1", "Scale")

    run(body())


@pytest.mark.parametrize(
    ("method", "path", "status", "message"),
    [
        ("GET", "/nope", 404, "404 page not found\n"),
        ("GET", "/apis/nope.io/v1/x", 404, "404 page not found\n"),
        ("GET", "/api/v1/nope", 404, NO_RESOURCE),
        ("GET", "/apis/apps/v2/deployments", 404, NO_RESOURCE),
        ("GET", "/api/v1/namespaces/shop/nodes", 404, NO_RESOURCE),
        ("GET", "/api/v1/pods/bare", 404, NO_RESOURCE),
        ("GET", "/api/v1/namespaces/default/pods/x", 404, 'pods "x" not found'),
        ("POST", "/api/v1/configmaps", 405, NOT_ALLOWED),
        ("DELETE", "/api/v1/pods", 405, NOT_ALLOWED),
        ("PUT", "/api/v1/namespaces/default/pods", 405, NOT_ALLOWED),
        ("PUT", "/version", 405, NOT_ALLOWED),
        ("GET", f"{CONFIG_MAPS}?limit=abc", 400, 'strconv.ParseInt: parsing "abc": invalid syntax'),
        (
            "GET",
            f"{CONFIG_MAPS}?fieldSelector=data.a%3Db",
            400,
            '"data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
        ),
        ("GET", f"{CONFIG_MAPS}?labelSelector=%3Dx", 400, "found '=', expected: !, identifier, or 'end of string'"),
        ("GET", f"{CONFIG_MAPS}?resourceVersion=999999", 504, "Timeout: Too large resource version: 999999, current: REVISION"),
    ],
)
def test_refusals(method: str, path: str, status: int, message: str) -> None:
    async def body() -> None:
        world = session()
        answer = await client(world).ask(method, path)
        assert answer.status == status
        text = answer.json["message"] if answer.headers["content-type"] == "application/json" else answer.body.decode()
        assert text == message.replace("REVISION", str(world.revision))

    run(body())


def test_objects_are_written_and_each_write_is_an_action_that_repeats_it() -> None:
    async def body() -> None:
        world = session()
        ask = client(world)
        made = await ask.ask("POST", CONFIG_MAPS, config_map("x"))
        assert (made.status, made.json["data"]) == (201, {"a": "b"})
        patched = await ask.ask("PATCH", f"{CONFIG_MAPS}/x", {"data": {"a": "c"}}, MERGED)
        assert patched.json["data"] == {"a": "c"}
        dry = await ask.ask("PATCH", f"{CONFIG_MAPS}/x?dryRun=All", {"data": {"a": "d"}}, MERGED)
        assert dry.json["data"] == {"a": "d"}
        assert (await ask.get(f"{CONFIG_MAPS}/x")).json["data"] == {"a": "c"}
        assert (await ask.ask("DELETE", f"{CONFIG_MAPS}/x", {"dryRun": ["All"]})).json["status"] == "Success"
        assert (await ask.ask("DELETE", f"{CONFIG_MAPS}/x")).json["status"] == "Success"
        assert [action.target.partition(" ")[0] for action in world.actions] == ["POST", "PATCH", "DELETE"]
        replayed = session()
        replayed.cluster.adopt(replayed.cluster.scenario._replace(actions=tuple(world.actions)), 0)
        replayed.cluster.play(world.now)
        ours, theirs = (b"".join(one.journal.saved()) for one in (world, replayed))
        assert ours == theirs

    run(body())


def test_lists_in_parts() -> None:
    async def body() -> None:
        ask = client()
        for name in ("x1", "x2", "x3"):
            await ask.ask("POST", CONFIG_MAPS, config_map(name, n=name))
        first = (await ask.get(f"{CONFIG_MAPS}?limit=2")).json
        version = first["metadata"]["resourceVersion"]
        assert [item["metadata"]["name"] for item in first["items"]] == ["kube-root-ca.crt", "x1"]
        assert first["metadata"]["remainingItemCount"] == 2
        await ask.ask("DELETE", f"{CONFIG_MAPS}/x3")
        rest = (await ask.get(f"{CONFIG_MAPS}?limit=2&continue={first['metadata']['continue']}")).json
        assert [item["metadata"]["name"] for item in rest["items"]] == ["x2", "x3"], "as of the first part"
        assert rest["metadata"] == {"resourceVersion": version}
        exact = await ask.get(f"{CONFIG_MAPS}?resourceVersionMatch=Exact&resourceVersion={version}")
        assert len(exact.json["items"]) == 4
        whole = await ask.get(f"{CONFIG_MAPS}?resourceVersion=0&limit=1")
        assert len(whole.json["items"]) == 3, "a limit does not count for what is cached"
        deleted = await ask.ask("DELETE", f"{CONFIG_MAPS}?labelSelector=n")
        assert [item["metadata"]["name"] for item in deleted.json["items"]] == ["x1", "x2"]
        assert [item["metadata"]["name"] for item in (await ask.get(CONFIG_MAPS)).json["items"]] == ["kube-root-ca.crt"]

    run(body())


def test_a_table_has_the_cells_of_podsim_get() -> None:
    async def body() -> None:
        ask = client(session("scenarios/await-redis", until=40))
        table = (await ask.ask("GET", "/api/v1/namespaces/pb/pods", headers=TABLE)).json
        assert [column["name"] for column in table["columnDefinitions"]][:5] == ["Name", "Ready", "Status", "Restarts", "Age"]
        assert [row["cells"][1:5] for row in table["rows"]][:1] == [["0/1", "Running", "0", "40s"]]
        assert table["rows"][0]["object"]["kind"] == "PartialObjectMetadata"
        past = (await ask.ask("GET", "/at/1s/api/v1/namespaces/pb/pods", headers=TABLE)).json
        assert [row["cells"][4] for row in past["rows"]][:1] == ["1s"]
        refused = await ask.ask("POST", f"/at/1s{CONFIG_MAPS}", config_map("x"))
        assert refused.status == 405

    run(body())


def test_a_watch_sees_what_enters_and_leaves_its_selector() -> None:
    async def body() -> None:
        ask = client()
        begin = (await ask.get(CONFIG_MAPS)).json["metadata"]["resourceVersion"]
        target = f"{CONFIG_MAPS}?watch=1&labelSelector=on%3Dyes&resourceVersion={begin}"
        async with ask.watching(target) as events:
            await ask.ask("POST", CONFIG_MAPS, config_map("x", on="yes"))
            for value in ("no", "yes"):
                await ask.ask("PATCH", f"{CONFIG_MAPS}/x", {"metadata": {"labels": {"on": value}}}, MERGED)
            await ask.ask("DELETE", f"{CONFIG_MAPS}/x")
            await asyncio.sleep(0.01)
            live = events()
        assert [event["type"] for event in live] == ["ADDED", "DELETED", "ADDED", "DELETED"]
        versions = [int(event["object"]["metadata"]["resourceVersion"]) for event in live]
        assert versions == sorted(set(versions))
        later = await ask.get(f"{target}&timeoutSeconds=1")
        assert later.events == live, "a watch from an old version sees the same"

    run(body())


def test_a_watch_list_ends_its_first_part_with_a_bookmark() -> None:
    async def body() -> None:
        ask = client()
        query = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
        async with ask.watching(f"{CONFIG_MAPS}?{query}") as events:
            first, end = events()
        assert (first["type"], first["object"]["metadata"]["name"]) == ("ADDED", "kube-root-ca.crt")
        assert end["type"] == "BOOKMARK"
        assert end["object"]["metadata"]["annotations"] == {"k8s.io/initial-events-end": "true"}
        without = await ask.get(f"{CONFIG_MAPS}?watch=1&sendInitialEvents=true")
        assert without.json["details"]["causes"][0]["field"] == "resourceVersionMatch"

    run(body())


def test_only_the_token_opens_the_server() -> None:
    async def body() -> None:
        app = App(session(), "secret")
        assert (await Client(app).get("/version")).status == 200
        nameless = await Client(app).get("/api/v1/namespaces/shop/pods")
        assert nameless.json["message"] == (
            'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "shop"'
        )
        assert (await Client(app, {"authorization": "Bearer wrong"}).get("/version")).status == 401
        assert (await Client(app, {"authorization": "Bearer secret"}).get("/api/v1/pods")).status == 200
        assert (await Client(app, {"host": "evil.example:80"}).get("/version")).status == 403
        assert (await Client(app, {"origin": "https://evil.example"}).get("/version")).status == 403

    run(body())


def test_a_deletion_in_parts_and_the_end_of_the_last_finalizer() -> None:
    async def body() -> None:
        ask = client()
        for name in "abc":
            await ask.ask("POST", CONFIG_MAPS, config_map(name, part="1"))
        part = await ask.ask("DELETE", f"{CONFIG_MAPS}?labelSelector=part%3D1&limit=2")
        assert [item["metadata"]["name"] for item in part.json["items"]] == ["a", "b"]
        rest = await ask.get(f"{CONFIG_MAPS}?labelSelector=part%3D1")
        assert [item["metadata"]["name"] for item in rest.json["items"]] == ["c"]
        held = {"metadata": {"name": "held", "finalizers": ["example.com/hold"]}}
        await ask.ask("POST", CONFIG_MAPS, held)
        marked = (await ask.ask("DELETE", f"{CONFIG_MAPS}/held")).json
        freed = await ask.ask("PATCH", f"{CONFIG_MAPS}/held", {"metadata": {"finalizers": None}}, MERGED)
        assert freed.json["metadata"]["resourceVersion"] == marked["metadata"]["resourceVersion"]
        assert (await ask.get(f"{CONFIG_MAPS}/held")).status == 404

    run(body())


def test_an_event_is_in_the_namespace_of_its_object() -> None:
    async def body() -> None:
        ask = client()
        event = {"metadata": {"name": "e"}, "involvedObject": {"kind": "Pod", "name": "p", "namespace": "other"}}
        answer = await ask.ask("POST", "/api/v1/namespaces/default/events", event)
        assert answer.json["details"]["causes"][0]["message"] == 'Invalid value: "other": does not match event.namespace'
        node = {"metadata": {"name": "e"}, "involvedObject": {"kind": "Node", "name": "n"}}
        assert (await ask.ask("POST", "/api/v1/namespaces/default/events", node)).status == 201

    run(body())


def test_objects_are_written_in_another_version_than_the_stored_one() -> None:
    async def body() -> None:
        ask = client()
        target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
        scaler = {"metadata": {"name": "h"}, "spec": {"maxReplicas": 3, "targetCPUUtilizationPercentage": 50, "scaleTargetRef": target}}
        made = await ask.ask("POST", "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers", scaler)
        assert (made.status, made.json["apiVersion"]) == (201, "autoscaling/v1")
        assert made.json["spec"]["targetCPUUtilizationPercentage"] == 50
        assert made.json["status"] == {"currentReplicas": 0, "desiredReplicas": 0}
        new = (await ask.get("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/h")).json
        assert new["spec"]["metrics"][0]["resource"]["target"] == {"type": "Utilization", "averageUtilization": 50}
        event = {"metadata": {"name": "e"}, "regarding": {"kind": "Pod", "namespace": "default", "name": "p"}, "note": "hi"}
        made = await ask.ask("POST", "/apis/events.k8s.io/v1/namespaces/default/events", event)
        assert (made.json["note"], made.json["deprecatedSource"]) == ("hi", {})
        assert (await ask.get("/api/v1/namespaces/default/events/e")).json["message"] == "hi"

    run(body())


def test_logs_and_empty_answers_by_what_the_client_reads() -> None:
    async def body() -> None:
        ask = client()
        log = await ask.get("/api/v1/namespaces/default/pods/p/log", accept="text/plain")
        assert (log.status, log.json["message"][:30]) == (406, "only the following media types")
        moved = await ask.get("/openapi/v3/api/v1?hash=0", accept="application/yaml,application/json")
        assert (moved.status, moved.body) == (301, b"")

    run(body())


def test_bodies_have_bounds() -> None:
    async def body() -> None:
        ask = client()
        large = await ask.ask("POST", CONFIG_MAPS, b" " * (3 * 2**20 + 1))
        assert (large.status, large.json["reason"]) == (413, "RequestEntityTooLarge")
        assert "details" not in large.json
        deep = await ask.ask("POST", CONFIG_MAPS, b"[" * 101 + b"]" * 101)
        assert deep.status == 400
        text = json.dumps({**config_map("x"), "data": {"a": "[" * 200}}).encode()
        assert (await ask.ask("POST", CONFIG_MAPS, text)).status == 201

    run(body())


def test_the_clock_is_moved_on_request() -> None:
    async def body() -> None:
        world = session("scenarios/await-redis")
        ask = client(world)
        assert (await ask.ask("POST", "/podsim/clock", {"step": "10s"})).json["text"] == "10s"
        assert (await ask.ask("POST", "/podsim/clock", {"to": "75s"})).json["now"] == 75
        assert world.now == 75 * SECOND
        before = world.revision
        await ask.ask("POST", "/podsim/clock", {"next": True})
        assert world.revision > before
        assert (await ask.ask("POST", "/podsim/clock", {"to": "1s"})).status == 400

    run(body())


def test_answers_are_yaml_for_who_asks_for_it() -> None:
    async def body() -> None:
        ask = client()
        group = await ask.get("/apis/apps", accept="application/yaml")
        assert (group.headers["content-type"], group.body.decode().splitlines()[:2]) == (
            "application/yaml",
            ["apiVersion: v1", "kind: APIGroup"],
        )
        refused = await ask.get(f"{CONFIG_MAPS}?watch=true", accept="application/yaml")
        assert (refused.status, refused.body.decode().splitlines()[1]) == (406, "code: 406")

    run(body())


def test_the_auto_clock_advances_for_clients_that_wait_and_for_those_that_poll() -> None:
    async def body() -> None:
        world = session("scenarios/await-redis")
        app = App(world)
        clock = AutoClock(world, app)
        ask = Client(app)
        pods = "/api/v1/namespaces/pb/pods"
        first = await ask.get(pods)
        assert world.now == 0
        assert (await ask.get(pods)).body != first.body, "the same question again waits for a change"
        polled = world.now
        running = asyncio.ensure_future(clock.run())
        async with ask.watching(f"{pods}?watch=1") as events:
            while len(events()) < 5:
                await asyncio.sleep(0.01)
            assert world.now > polled
        running.cancel()
        rested = world.now
        await asyncio.sleep(0.1)
        assert world.now == rested, "without a client, time does not advance"

    run(body())


def test_times_are_those_of_the_clients_clock() -> None:
    shift = Shift(3600 * SECOND)
    text = b'{"creationTimestamp":"2025-01-01T00:00:00Z","renewTime":"2025-01-01T00:00:00.000001Z","data":{"a":"2025-01-01T00:00:00Z"}}'
    assert shift.outward(text) == text.replace(b'p":"2025-01-01T00', b'p":"2025-01-01T01').replace(
        b'Time":"2025-01-01T00', b'Time":"2025-01-01T01'
    )
    assert shift.inward(json.loads(shift.outward(text))) == json.loads(text)
    standing = Shift(3600 * SECOND, parse_time("2025-01-01T01:00:05.5Z"))
    assert standing.inward({"startTime": "2025-01-01T01:00:06Z"}) == {"startTime": "2025-01-01T00:00:05Z"}, "the present is the present"


def test_heartbeats_and_what_was_applied_are_seen() -> None:
    async def body() -> None:
        world = session("scenarios/await-redis", until=40)
        ask = client(world)
        lease = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/minikube"
        first = (await ask.get(lease)).json
        assert "annotations" not in first["metadata"]
        node = (await ask.get("/api/v1/nodes/minikube")).json
        await world.advance(400 * SECOND)
        renewed = [parse_time(value["spec"]["renewTime"]) for value in (first, (await ask.get(lease)).json)]
        assert (renewed[1] - renewed[0]) % (10 * SECOND) == 0
        assert renewed[1] > renewed[0]
        later = (await ask.get("/api/v1/nodes/minikube")).json
        beats = [value["status"]["conditions"][0]["lastHeartbeatTime"] for value in (node, later)]
        assert parse_time(beats[1]) - parse_time(beats[0]) == 300 * SECOND
        web = (await ask.get("/apis/apps/v1/namespaces/pb/deployments/data-tier")).json
        applied = json.loads(web["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"])
        assert (applied["metadata"]["namespace"], applied["metadata"]["annotations"]) == ("pb", {})

    run(body())


def test_old_history_is_dropped_and_watches_behind_it_expire() -> None:
    async def body() -> None:
        world = session("scenarios/await-redis")
        world.keep = 60 * SECOND
        ask = client(world)
        pods = "/api/v1/namespaces/pb/pods"
        before = (await ask.get(pods)).json["metadata"]["resourceVersion"]
        await world.advance(30 * SECOND)
        middle = world.revision
        everything = len(world.journal)
        await world.advance(300 * SECOND)
        names = [item["metadata"]["name"] for item in (await ask.get(pods)).json["items"]]
        assert [item["metadata"]["name"] for item in (await ask.get(f"/at/299s{pods}")).json["items"]] == names
        assert len(world.journal) < everything
        expired = await ask.get(f"{pods}?watch=1&resourceVersion={before}")
        assert [(event["type"], event["object"]["code"]) for event in expired.events] == [("ERROR", 410)]
        exact = await ask.get(f"{pods}?resourceVersion={middle}&resourceVersionMatch=Exact")
        assert (exact.status, exact.json["reason"]) == (410, "Expired")
        assert (await ask.get(f"{pods}?watch=1&timeoutSeconds=1&resourceVersion={world.revision}")).events == []

    run(body())


def test_a_watcher_sees_every_write_in_order_and_none_twice() -> None:
    async def body() -> None:
        world = session()
        ask = client(world)
        begin = world.revision
        async with ask.watching(f"{CONFIG_MAPS}?watch=1&resourceVersion={begin}") as events:
            for number in range(150):
                value = {"metadata": {"name": f"c{number % 10}"}, "data": {"i": str(number)}}
                if number < 10:
                    await ask.ask("POST", CONFIG_MAPS, value)
                else:
                    await ask.ask("PATCH", f"{CONFIG_MAPS}/c{number % 10}", value, MERGED)
            while len(events()) < 150:
                await asyncio.sleep(0.01)
            assert [event["object"]["data"]["i"] for event in events()] == [str(number) for number in range(150)]

    run(body())
