"""Hostile requests: whatever comes, the answer is the API server's, never an internal error."""

from __future__ import annotations

import asyncio
from itertools import product

import pytest

from simulator.serve.app import App
from tests.serve.talk import Answer, Client, session

POD = "/api/v1/namespaces/pb/pods"
WEB = "/apis/apps/v1/namespaces/pb/deployments"
PATHS = [
    "/",
    "//",
    "/api",
    "/api//",
    "/apis/",
    "/api/v1/namespaces/..%2f..%2fetc/pods",
    "/api/v1/namespaces/%00/pods",
    "/api/v1/namespaces/pb/pods/%ff",
    "/at/",
    "/at/x/api",
    "/at/-1s/api/v1/pods",
    "/at/1s/at/1s/api",
    "/at/999h/api",
    "/at/0s",
    "/podsim/clock",
    "/podsim/nope",
    "/openapi/v3/../../etc",
    f"{POD}/nope/exec",
    f"{POD}/nope/log",
    f"{POD}/nope/eviction",
    f"{POD}/nope/binding",
    f"{POD}/nope/attach",
    f"{POD}/nope/portforward",
    f"{POD}/nope/status",
    f"{WEB}/data-tier",
    f"{WEB}/data-tier/scale",
    f"{WEB}/data-tier/status",
    "/api/v1/nodes/minikube/proxy/etc/passwd",
    "/api/v1/namespaces/pb/serviceaccounts/default/token",
    "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
    "/apis/authentication.k8s.io/v1/tokenreviews",
    "/api/v1/watch/pods/x/y/z",
    "/api/v1/componentstatuses",
    "/api/v1/bindings",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
    "/apis/metrics.k8s.io/v1beta1/pods",
    f"/api/v1/{'a/' * 50}",
    "/api/v1/" + "x" * 5000,
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"]
QUERIES = [
    "limit=99999999999999999999",
    "limit=-1&continue=%ff",
    "continue=e30",
    "continue=bnVsbA",
    "continue=W10",
    "continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ",
    "resourceVersion=-1",
    "resourceVersion=1e5",
    "resourceVersion=%00",
    "resourceVersion=99999999999999999999999",
    "labelSelector=%ff%fe",
    "labelSelector=((((",
    "fieldSelector=a%3Db%3Dc",
    "fieldSelector=%2C%2C",
    "timeoutSeconds=-5",
    "timeoutSeconds=1e9",
    "pretty=true",
    "includeObject=x",
    "dryRun=x",
    "dryRun=All&dryRun=All",
    "fieldManager=%00%01",
    "fieldManager=" + "x" * 200,
    "fieldValidation=Bogus",
    "force=x",
    "gracePeriodSeconds=abc",
    "gracePeriodSeconds=-99999999999",
    "propagationPolicy=Nope",
    "a&b&c&=&&&=x",
    "%=%&%zz",
    "watch=1&limit=x",
    "sendInitialEvents=1",
    "tailLines=-1&sinceSeconds=x",
    "command=a%00b&container=%ff",
]
BODIES: list[bytes] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b"0",
    b'""',
    b"{}",
    b"\x00\xff",
    b"k8s\x00",
    b"k8s\x00\xff\xff\xff",
    b'{"metadata":null}',
    b'{"metadata":[]}',
    b'{"metadata":{"name":5}}',
    b'{"kind":5,"apiVersion":[]}',
    b'{"kind":"Pod","apiVersion":"v1","spec":5}',
    b'{"spec":{"replicas":1e400}}',
    b'{"spec":{"replicas":99999999999999999999}}',
    b'{"metadata":{"name":"x","labels":{"a":null,"b":5}}}',
    b'[{"op":"add"}]',
    b'[{"op":"test","path":"/a/b","value":1}]',
    b'[{"op":"move","from":"","path":"/spec"}]',
    b"[5]",
    b'{"$patch":"delete"}',
    b'{"spec":{"$retainKeys":5}}',
    b'{"spec":{"$setElementOrder/containers":5}}',
    b'{"metadata":{"name":"x","generateName":"' + b"x" * 3000 + b'"}}',
    b'{"a":"\\ud800"}',
    b"a: &a [*a]",
    b"a: b: c",
    b'{"spec":{"template":{"spec":{"containers":null}}}}',
    b'{"step":"1s"}',
    b'{"to":"-1s"}',
    b'{"step":"99999999h"}',
    b'{"next":0}',
    b'{"spec":{"versions":5,"names":[]}}',
]
TYPES = [
    "application/json",
    "application/yaml",
    "application/vnd.kubernetes.protobuf",
    "application/merge-patch+json",
    "application/json-patch+json",
    "application/strategic-merge-patch+json",
    "application/apply-patch+yaml",
    "text/plain",
    "",
    "a/b;;;=",
    "\xff",
]
OWN = (
    "target.name: Required value",
    "resourceVersion: Invalid value",
    "failed to create typed patch object",
    "does not contain declared merge key",
)
"""What a real server, too, answers with 500."""


async def answered(ask: Client, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    return await asyncio.wait_for(ask.ask(method, target, body, headers), 20)


def fault(answer: Answer, what: object) -> list[object]:
    """What was asked, and the answer, if it is an internal error of podsim."""
    if answer.status < 500 or answer.status == 504 or any(text in answer.body.decode() for text in OWN):
        return []
    return [(what, answer.body[:300])]


@pytest.mark.parametrize("method", METHODS)
def test_paths(method: str) -> None:
    faults: list[object] = []

    async def body() -> None:
        nonlocal faults
        ask = Client(App(session("scenarios/await-redis", until=1)))
        for path in PATHS:
            faults += fault(await answered(ask, method, path), (method, path))

    asyncio.run(body())
    assert faults == []


def test_queries() -> None:
    faults: list[object] = []

    async def body() -> None:
        nonlocal faults
        ask = Client(App(session("scenarios/await-redis", until=1)))
        for query, method, path in product(QUERIES, ("GET", "DELETE", "PATCH"), (POD, f"{WEB}/data-tier", f"{POD}/nope/log")):
            watch = "&timeoutSeconds=1" if "watch" in query and "timeout" not in query else ""
            faults += fault(
                await answered(ask, method, f"{path}?{query}{watch}", b"{}" if method != "GET" else None), (method, path, query)
            )

    asyncio.run(body())
    assert faults == []


@pytest.mark.parametrize("media", TYPES)
def test_bodies(media: str) -> None:
    faults: list[object] = []

    async def body() -> None:
        nonlocal faults
        ask = Client(App(session("scenarios/await-redis", until=1)))
        targets = [
            ("POST", POD),
            ("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"),
            ("PUT", f"{WEB}/data-tier"),
            ("PATCH", f"{WEB}/data-tier"),
            ("PATCH", f"{WEB}/data-tier/scale"),
            ("DELETE", f"{WEB}/nope"),
            ("POST", f"{POD}/nope/eviction"),
            ("POST", "/podsim/clock"),
            ("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
            ("POST", "/api/v1/namespaces/pb/serviceaccounts/default/token"),
        ]
        for content, (method, path) in product(BODIES, targets):
            faults += fault(
                await answered(ask, method, f"{path}?fieldManager=x", content, {"content-type": media}), (method, path, media, content)
            )

    asyncio.run(body())
    assert faults == []


def test_headers() -> None:
    faults: list[object] = []

    async def body() -> None:
        nonlocal faults
        ask = Client(App(session(), "secret"))
        values = ["", "Bearer", "Bearer ", "Bearer a.b.c", "Bearer \xff", "Basic x", "bearer secret x", "Bearer eyJhbGciOiJub25lIn0.e30."]
        for value in values:
            faults += fault(await answered(ask, "GET", POD, headers={"authorization": value}), value)
        good = {"authorization": "Bearer secret"}
        for accept in ("*", ";", "application/json;as=;v=;g=", "application/json;as=Table;v=v9;g=meta.k8s.io", "\xff", "," * 50):
            faults += fault(await answered(ask, "GET", POD, headers={**good, "accept": accept}), accept)
        for name in ("impersonate-user", "impersonate-group", "impersonate-uid", "impersonate-extra-x", "if-none-match", "host", "origin"):
            for value in ("", "a", "system:serviceaccount:x", "\xff", "[", "a:b:c"):
                faults += fault(await answered(ask, "GET", POD, headers={**good, name: value}), (name, value))

    asyncio.run(body())
    assert faults == []
