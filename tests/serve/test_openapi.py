"""`/openapi`: the index, the description of a group version, stale hashes, and the empty v2 document that kubectl needs."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from simulator.api.served import Resources
from simulator.serve.http import Request, Response
from simulator.serve.openapi import EMPTY_V2, group_version, index, version_2
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
    schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, description: What to make.}}}}
"""


@pytest.fixture(scope="module")
def world() -> Any:
    cluster = FakeCluster(nodes=0)
    cluster.apply(CRD)
    return SimpleNamespace(resources=Resources(cluster.store), reads=cluster.store, journal=cluster.journal)


def got(world: Any, path: str, **query: str) -> Response:
    return group_version(world, Request(method="GET", path=path, query={name: [value] for name, value in query.items()}))


def test_the_index_names_a_description_of_each_group_version(world: Any):
    paths = index(world, Request(method="GET", path="/openapi/v3")).value["paths"]
    path, _, digest = paths["apis/apps/v1"]["serverRelativeURL"].partition("?hash=")
    answer = got(world, path, hash=digest)
    assert (answer.status, answer.headers["etag"]) == (200, f'"{digest}"')
    assert got(world, path, hash="0").headers["location"] == f"{path}?hash={digest}"
    assert {"api/v1", "apis/example.com/v1"} <= paths.keys()
    assert got(world, "/openapi/v3/apis/none/v1").status == 404
    assert index(world, Request(method="GET", path="/openapi/v3/")).status == 404


def test_the_api_is_not_described_in_yaml(world: Any):
    for answer, path in ((version_2, "/openapi/v2"), (group_version, "/openapi/v3/api/v1")):
        reply = answer(world, Request(method="GET", path=path, headers={"accept": "application/yaml"}))
        assert (reply.status, reply.content) == (406, b"")


def test_kubectl_finds_that_a_patch_validates_fields(world: Any):
    document = json.loads(got(world, "/openapi/v3/apis/apps/v1").content)
    patch = document["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"]
    assert patch["x-kubernetes-group-version-kind"] == {"group": "apps", "kind": "Deployment", "version": "v1"}
    assert "fieldValidation" in [one["name"] for one in patch["parameters"]]
    schema = document["components"]["schemas"]["io.k8s.api.apps.v1.Deployment"]
    assert schema["x-kubernetes-group-version-kind"] == [{"group": "apps", "kind": "Deployment", "version": "v1"}]


def test_custom_resources_are_described_by_their_definitions(world: Any):
    schema = json.loads(got(world, "/openapi/v3/apis/example.com/v1").content)["components"]["schemas"]["com.example.v1.Widget"]
    assert schema["properties"]["spec"]["description"] == "What to make."
    assert schema["x-kubernetes-group-version-kind"] == [{"group": "example.com", "kind": "Widget", "version": "v1"}]


def test_version_2_is_empty_in_protobuf_and_whole_in_json(world: Any):
    accept = {"accept": "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"}
    answer = version_2(world, Request(method="GET", path="/openapi/v2", headers=accept))
    assert (answer.content, answer.media) == (EMPTY_V2, "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
    definitions = json.loads(version_2(world, Request(method="GET", path="/openapi/v2")).content)["definitions"]
    assert definitions["io.k8s.api.core.v1.Pod"]["properties"]["spec"]["$ref"] == "#/definitions/io.k8s.api.core.v1.PodSpec"
