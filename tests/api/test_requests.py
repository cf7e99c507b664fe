"""Requests as a Kubernetes 1.36 API server answered them: bodies, options, names, versions, parts of objects, dry runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.decoding import SCHEME
from simulator.api.requests import Call, Reply, perform
from simulator.api.status import status_of
from simulator.objects.kinds import Key, kind_for_word
from tests.fake_cluster import FakeCluster

DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web"},
    "spec": {
        "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web", "image": "app:1"}]}},
    },
}
STRATEGIC, MERGE, JSON_PATCH = (f"application/{word}-patch+json" for word in ("strategic-merge", "merge", "json"))


class Server:
    """The API of a cluster with the namespace `shop`; a request is answered with its code and what it answered."""

    def __init__(self) -> None:
        self.cluster = FakeCluster(nodes=0, admission=True)
        self.cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")

    def ask(self, method: str, what: str, body: Any = None, media: str = "application/json", **query: str) -> tuple[int, dict[str, Any]]:
        reply = self.reply(method, what, body, media, **query)
        return reply.code, reply.value

    def reply(self, method: str, what: str, body: Any = None, media: str = "application/json", **query: str) -> Reply:
        word, _, rest = what.partition("/")
        name, _, part = rest.partition("/")
        kind = kind_for_word(word)
        assert kind is not None
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        key = Key(kind.name, "shop" if kind.namespaced else "", name)
        call = Call(method, kind, key, {name: [value] for name, value in query.items()}, media, "client/1.0", data, part)
        try:
            return perform(self.cluster.api, self.cluster.dialect, call)
        except ApiError as error:
            status = status_of(error)
            return Reply(status["code"], status)


@pytest.fixture
def server() -> Server:
    server = Server()
    assert server.ask("POST", "deployments", DEPLOYMENT)[0] == 201
    assert server.ask("POST", "configmaps", {"metadata": {"name": "settings"}, "data": {"a": "b"}})[0] == 201
    return server


UNRECOGNIZED = "the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: "
POLICIES = '"Foreground", "Background", "Orphan", "nil"'
CANNOT = "cannot be handled as a ConfigMap: "


@pytest.mark.parametrize(("body", "code", "message"), [
    (b"", 400, f"{UNRECOGNIZED}unexpected end of JSON input (<empty>)"),
    (b'{"apiVersion":"v1",', 400, f'{UNRECOGNIZED}unexpected end of JSON input ({{"apiVersion":"v1",)'),
    (b"null", 422, 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required'),
    ({"apiVersion": "v1", "kind": "Secret"}, 400,
     f'Secret in version "v1" {CANNOT}converting (v1.Secret) to (core.ConfigMap): unknown conversion'),
    ({"apiVersion": "v1", "kind": "List", "items": []}, 400,
     f'List in version "v1" {CANNOT}converting (v1.List) to (core.ConfigMap): unknown conversion'),
    ({"apiVersion": "v1", "kind": "Nope"}, 400,
     f'Nope in version "v1" {CANNOT}no kind "Nope" is registered for version "v1" in scheme "{SCHEME}"'),
    ({"metadata": {"name": "x", "namespace": "other"}}, 400,
     "the namespace of the provided object does not match the namespace sent on the request"),
    ({"metadata": {"name": "x", "resourceVersion": "5"}}, 500, "resourceVersion should not be set on objects to be created"),
    ({"metadata": {"name": "settings"}}, 409, 'configmaps "settings" already exists'),
    (b'{"metadata":{"name":"x"},"data":{"a":"1","a":"2"}}', 400,
     f'ConfigMap in version "v1" {CANNOT}strict decoding error: duplicate field "data.a"'),
])  # fmt: skip
def test_bodies_that_the_server_refuses(server: Server, body: Any, code: int, message: str):
    answered, status = server.ask("POST", "configmaps", body, fieldValidation="Strict")
    assert (answered, status["message"]) == (code, message)


@pytest.mark.parametrize(("method", "query", "causes"), [
    ("POST", {"dryRun": "all"}, [("FieldValueNotSupported", 'Unsupported value: ["all"]: supported values: "All"', "dryRun")]),
    ("POST", {"fieldValidation": "Bad"},
     [("FieldValueNotSupported", 'Unsupported value: "Bad": supported values: "", "Ignore", "Strict", "Warn"', "fieldValidation")]),
    ("DELETE", {"propagationPolicy": "Foo"},
     [("FieldValueNotSupported", f'Unsupported value: "Foo": supported values: {POLICIES}', "propagationPolicy")]),
])  # fmt: skip
def test_options_that_the_server_refuses(server: Server, method: str, query: dict[str, str], causes: Any):
    code, status = server.ask(method, "configmaps/settings", {} if method == "POST" else None, **query)
    assert code == 422
    assert [(item["reason"], item["message"], item["field"]) for item in status["details"]["causes"]] == causes


def test_unknown_fields_are_warned_of_dropped_or_refused(server: Server):
    wrong = {"metadata": {"name": "x"}, "data": {}, "foo": 1, "metadat": 2}
    warned = server.reply("POST", "configmaps", wrong)
    assert warned.warnings == ('unknown field "foo"', 'unknown field "metadat"')
    assert server.reply("POST", "configmaps", {**wrong, "metadata": {"name": "y"}}, fieldValidation="Ignore").warnings == ()
    code, status = server.ask("POST", "configmaps", {**wrong, "metadata": {"name": "z"}}, fieldValidation="Strict")
    assert code == 400
    assert status["message"].endswith('strict decoding error: unknown field "foo", unknown field "metadat"')
    assert server.ask("PATCH", "deploy/web", {"spec": {"foo": 1}}, MERGE, fieldValidation="Strict")[0] == 422


def test_a_put_names_the_object_and_its_version(server: Server):
    _, there = server.ask("PATCH", "cm/settings", {}, MERGE)
    assert server.ask("PUT", "cm/settings", {**there, "data": {"a": "c"}})[1]["data"] == {"a": "c"}
    assert server.ask("PUT", "cm/settings", {**there, "data": {"a": "d"}})[0] == 409
    assert server.ask("PUT", "cm/settings", {"metadata": {}})[1]["message"].startswith("the name of the object (settings based on URL)")
    assert server.ask("PUT", "cm/none", {"metadata": {"name": "none"}})[0] == 404
    code, status = server.ask("PUT", "cm/settings", {"metadata": {"name": "settings", "uid": "other"}})
    assert code == 409
    assert "Precondition failed: UID in precondition: other" in status["message"]


def test_the_status_belongs_to_its_own_part(server: Server):
    assert server.ask("PATCH", "deploy/web", {"status": {"replicas": 9}}, MERGE)[1]["status"] == {}
    _, changed = server.ask("PATCH", "deploy/web/status", {"status": {"replicas": 9}, "spec": {"replicas": 4}}, MERGE)
    assert (changed["status"], changed["spec"]["replicas"]) == ({"replicas": 9}, 1)
    assert server.ask("PATCH", "cm/settings/status", {}, MERGE)[0] == 404


def test_a_scale_is_read_and_written(server: Server):
    code, scale = server.ask("PATCH", "deploy/web/scale", [{"op": "replace", "path": "/spec/replicas", "value": 3}], JSON_PATCH)
    assert code == 200
    assert (scale["kind"], scale["spec"], scale["status"]) == ("Scale", {"replicas": 3}, {"replicas": 0, "selector": "app=web"})
    assert server.ask("PUT", "deploy/web/scale", {**scale, "spec": {"replicas": 2}})[1]["spec"] == {"replicas": 2}
    assert server.ask("PUT", "deploy/web/scale", {**scale, "spec": {"replicas": 2}})[0] == 409
    code, status = server.ask("PATCH", "deploy/web/scale", {"spec": {"replicas": -3}}, MERGE)
    assert (code, status["message"].partition(" is")[0]) == (422, 'Scale.autoscaling "web"')


@pytest.mark.parametrize(("media", "body", "code"), [
    (STRATEGIC, {"spec": {"template": {"spec": {"containers": [{"image": "x"}]}}}}, 500),
    (MERGE, b"{bad", 400),
    (MERGE, [], 400),
    (MERGE, {"metadata": {"name": "other"}}, 400),
    (MERGE, {"metadata": {"resourceVersion": "1"}}, 409),
    (JSON_PATCH, {"op": "x"}, 400),
    (JSON_PATCH, [{"op": "test", "path": "/spec/replicas", "value": 7}], 422),
    ("application/json", {}, 415),
    ("", {}, 415),
])  # fmt: skip
def test_patches_that_the_server_refuses(server: Server, media: str, body: Any, code: int):
    assert server.ask("PATCH", "deploy/web", body, media)[0] == code


def test_dry_runs_store_nothing_and_draw_nothing(server: Server):
    store, again = server.cluster.store, Server()
    before = (store.revision, len(store.journal), len(store.objects("ConfigMap")))
    assert "resourceVersion" not in server.ask("POST", "configmaps", {"metadata": {"generateName": "x-"}}, dryRun="All")[1]["metadata"]
    assert server.ask("PATCH", "deploy/web", {"spec": {"replicas": 7}}, MERGE, dryRun="All")[1]["metadata"]["generation"] == 2
    assert server.ask("DELETE", "cm/settings", {"dryRun": ["All"]})[0] == 200
    assert (store.revision, len(store.journal), len(store.objects("ConfigMap"))) == before
    drawn = [one.ask("POST", "configmaps", {"metadata": {"generateName": "x-"}})[1]["metadata"]["name"] for one in (server, again)]
    assert drawn[0] == drawn[1]


def test_deletions_answer_with_a_status_or_with_the_object(server: Server):
    code, status = server.ask("DELETE", "cm/settings", {"preconditions": {"uid": "abc"}})
    assert (code, status["details"]) == (409, {"name": "settings", "kind": "ConfigMap"})
    code, status = server.ask("DELETE", "cm/settings")
    assert (code, status["status"], status["details"]["kind"]) == (200, "Success", "configmaps")
    assert server.ask("DELETE", "cm/settings")[0] == 404
    assert server.ask("DELETE", "deploy/web", propagationPolicy="Foreground")[1]["metadata"]["finalizers"] == ["foregroundDeletion"]


@pytest.mark.parametrize(("method", "media", "body"), [
    ("DELETE", "application/json", {"preconditions": "x"}),
    ("DELETE", "application/json", {"dryRun": [[1]]}),
    ("DELETE", "application/json", {"gracePeriodSeconds": "x"}),
    ("DELETE", "application/json", {"kind": "Pod", "apiVersion": "v1"}),
    ("PATCH", MERGE, {"apiVersion": {}, "metadata": {"name": "web"}}),
    ("PATCH", MERGE, {"kind": "Service"}),
    ("PATCH", MERGE, {"metadata": [{"name": None}]}),
    ("PATCH", STRATEGIC, {"spec": [1]}),
    ("PATCH", STRATEGIC, {"spec": {"template": {"spec": {"containers": {"name": "web"}}}}}),
    ("PATCH", STRATEGIC, {"$patch": "delete"}),
    ("PATCH", JSON_PATCH, [{"op": "add", "path": "/x/y", "value": 1}]),
    ("PATCH", JSON_PATCH, ["add"]),
    ("PATCH", "application/apply-patch+yaml", {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": [[1]]}),
    ("PATCH", "application/apply-patch+yaml", [1]),
    ("PUT", "application/json", {"metadata": "x"}),
    ("PUT", "application/json", {"apiVersion": ["apps/v1"]}),
])  # fmt: skip
def test_bodies_of_another_shape_are_refused_in_words(server: Server, method: str, media: str, body: Any):
    code, status = server.ask(method, "deploy/web", body, media, fieldManager="me")
    assert code in (400, 422, 500)
    assert status["kind"] == "Status"
    assert status["message"]
