"""Custom resources, as a Kubernetes 1.36 API server treats them: definitions, pruning, defaults, validation, parts."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from simulator.api import ApiError
from simulator.api.requests import Call, Reply, perform
from simulator.api.status import status_of
from simulator.api.structural import errors, pruned, with_defaults
from simulator.dialect import Dialect
from simulator.objects.kinds import Key, Kind
from tests.fake_cluster import FakeCluster

CRD = """
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {status: {}, scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1}
              color: {type: string, enum: [red, blue], default: red}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
"""
WIDGET = Kind("Widget", "example.com/v1", "widgets")
MERGE = "application/merge-patch+json"


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster(nodes=0, admission=True)
    cluster.apply(CRD)
    return cluster


def ask(cluster: FakeCluster, method: str, body: Any, name: str = "", part: str = "", **query: str) -> Reply:
    media = MERGE if method == "PATCH" else "application/json"
    key = Key("Widget.example.com", "default", name)
    options = {name: [value] for name, value in query.items()}
    try:
        return perform(cluster.api, cluster.dialect, Call(method, WIDGET, key, options, media, "me/1", json.dumps(body).encode(), part))
    except ApiError as error:
        return Reply(status_of(error)["code"], status_of(error))


def widget(name: str = "w", **spec: Any) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": name}, "spec": spec}


def test_a_definition_is_established_at_once(cluster: FakeCluster):
    item: Any = cluster.store.objects("CustomResourceDefinition")[0]
    conditions = {one["type"]: (one["status"], one["reason"]) for one in item.content["status"]["conditions"]}
    assert conditions == {"NamesAccepted": ("True", "NoConflicts"), "Established": ("True", "InitialNamesAccepted")}
    assert item.content["status"]["storedVersions"] == ["v1"]
    assert item.content["status"]["acceptedNames"] == item.content["spec"]["names"]


def test_objects_get_defaults_and_lose_unknown_fields(cluster: FakeCluster):
    made = ask(cluster, "POST", widget(size=1, foo=2))
    assert (made.code, made.value["spec"], made.value["metadata"]["generation"]) == (201, {"size": 1, "color": "red"}, 1)
    assert made.warnings == ('unknown field "spec.foo"',)
    refused = ask(cluster, "POST", widget("x", size=1, foo=2), fieldValidation="Strict")
    assert refused.value["message"].endswith('strict decoding error: unknown field "spec.foo"')


def test_objects_are_validated(cluster: FakeCluster):
    refused = ask(cluster, "POST", widget(color="green"))
    assert (refused.code, refused.value["message"]) == (
        422,
        'Widget.example.com "w" is invalid: [spec.color: Unsupported value: "green": supported values: "red", "blue", '
        "spec.size: Required value]",
    )
    ask(cluster, "POST", widget(size=2))
    wrong = ask(cluster, "PATCH", {"spec": {"size": 0}}, "w")
    assert wrong.value["details"]["causes"][0]["message"] == "Invalid value: 0: spec.size in body should be greater than or equal to 1"


def test_the_status_and_the_scale_are_parts(cluster: FakeCluster):
    made = ask(cluster, "POST", {**widget(size=2), "status": {"size": 1}})
    assert "status" not in made.value
    assert "status" not in ask(cluster, "PATCH", {"status": {"size": 9}}, "w").value
    changed = ask(cluster, "PATCH", {"status": {"size": 1}, "spec": {"size": 7}}, "w", "status").value
    assert (changed["status"], changed["spec"]["size"], changed["metadata"]["generation"]) == ({"size": 1}, 2, 1)
    scale = ask(cluster, "PATCH", {"spec": {"replicas": 5}}, "w", "scale").value
    assert (scale["kind"], scale["spec"], scale["status"]) == ("Scale", {"replicas": 5}, {"replicas": 1})
    assert cluster.get("Widget.example.com", "w").metadata.generation == 2
    assert ask(cluster, "PATCH", {}, "w", "log").code == 404


SCHEMA = yaml.safe_load("""
type: object
properties:
  name: {type: string, minLength: 2, maxLength: 3, pattern: '^[a-z]+$'}
  port: {x-kubernetes-int-or-string: true}
  ratio: {type: number, maximum: 1, exclusiveMaximum: true}
  tags: {type: array, minItems: 1, maxItems: 2, x-kubernetes-list-type: set, items: {type: string}}
  more: {type: object, additionalProperties: {type: boolean}}
  either: {type: object, oneOf: [{required: [a]}, {required: [b]}], properties: {a: {type: string}, b: {type: string}}}
""")


@pytest.mark.parametrize(("value", "lines"), [
    ({"name": "ab", "port": 80, "ratio": 0.5, "tags": ["x"], "more": {"a": True}, "either": {"a": ""}}, []),
    ({"name": "a"}, ['name: Invalid value: "a": name in body should be at least 2 chars long']),
    ({"name": "abcd"}, ["name: Too long: may not be more than 3 bytes"]),
    ({"name": "A1"}, ["name: Invalid value: \"A1\": name in body should match '^[a-z]+$'"]),
    ({"name": 5}, ['name: Invalid value: "integer": name in body must be of type string: "integer"']),
    ({"port": True}, ['port: Invalid value: "boolean": port in body must be of type integer,string: "boolean"']),
    ({"ratio": 1}, ["ratio: Invalid value: 1: ratio in body should be less than 1"]),
    ({"tags": ["x", "x"]}, ['tags[1]: Duplicate value: "x"']),
    ({"tags": ["x", "y", "z"]}, ["tags: Too many: 3: must have at most 2 items"]),
    ({"more": {"a": 1}}, ['more.a: Invalid value: "integer": more.a in body must be of type boolean: "integer"']),
    ({"either": {"a": "", "b": ""}}, [
        'either: Invalid value: {"a":"","b":""}: either in body must validate one and only one schema (oneOf)']),
])  # fmt: skip
def test_values_against_a_schema(value: Any, lines: list[str]):
    assert [error.text(Dialect()) for error in errors(value, SCHEMA)] == lines


def test_what_a_schema_keeps():
    schema = yaml.safe_load("""
    properties:
      spec: {properties: {a: {}, list: {items: {properties: {b: {}}}}, free: {x-kubernetes-preserve-unknown-fields: true}}}
    """)
    value = {"kind": "X", "metadata": {"y": 1}, "spec": {"a": 1, "z": 1, "list": [{"b": 1, "c": 1}], "free": {"any": 1}}, "other": 1}
    kept, unknown = pruned(value, schema)
    assert kept == {"kind": "X", "metadata": {"y": 1}, "spec": {"a": 1, "list": [{"b": 1}], "free": {"any": 1}}}
    assert unknown == ["spec.z", "spec.list[0].c", "other"]


def test_defaults_fill_objects_that_are_there():
    schema = {"properties": {"a": {"default": {"b": 1}, "properties": {"c": {"default": 2}}}, "n": {"nullable": True, "default": 1}}}
    assert with_defaults({"n": None}, schema) == {"n": None, "a": {"b": 1, "c": 2}}
    assert with_defaults({"a": {"c": 3}}, schema) == {"a": {"c": 3}, "n": 1}
