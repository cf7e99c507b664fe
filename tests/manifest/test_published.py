"""The published API as JSON Schemas: as a Kubernetes 1.36.2 API server describes it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from simulator.manifest.published import full_name, is_atomic, key_defaults, merging, schemas
from simulator.manifest.schema import fields

RECORDED = Path(__file__).parents[3] / "shared/wire"
DOCUMENTS = ("apps-v1", "batch-v1", "networking.k8s.io-v1", "policy-v1", "autoscaling-v2")


def test_a_port_is_described_as_the_server_describes_it():
    port = schemas(["core.v1.ContainerPort"])["io.k8s.api.core.v1.ContainerPort"]
    assert (port["type"], port["required"]) == ("object", ["containerPort"])
    assert port["properties"]["protocol"] == {
        "description": port["properties"]["protocol"]["description"],
        "type": "string",
        "default": "TCP",
        "enum": ["SCTP", "TCP", "UDP"],
    }
    assert port["properties"]["hostPort"]["format"] == "int32"


def test_lists_say_how_they_are_merged():
    containers = schemas(["core.v1.PodSpec"])["io.k8s.api.core.v1.PodSpec"]["properties"]["containers"]
    assert {name: value for name, value in containers.items() if name.startswith("x-")} == {
        "x-kubernetes-list-map-keys": ["name"],
        "x-kubernetes-list-type": "map",
        "x-kubernetes-patch-merge-key": "name",
        "x-kubernetes-patch-strategy": "merge",
    }
    ports = merging("core.v1.Container", "ports")
    assert (ports.keys, ports.key, key_defaults("core.v1.ContainerPort")) == (
        ("containerPort", "protocol"),
        "containerPort",
        {"protocol": "TCP"},
    )
    assert is_atomic("meta.v1.LabelSelector")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_schemas_are_those_of_a_real_server(document: str):
    path = RECORDED / f"raw-openapi-v3-apis-{document}.json.gz"
    if not path.exists():
        pytest.skip("the recorded descriptions are not here")
    recorded = json.loads(gzip.decompress(path.read_bytes()))["exchanges"][0]["responseBody"]["components"]["schemas"]
    names = {full_name(name): name for name in _types() if full_name(name) in recorded}
    ours = schemas(names.values())
    different = [name for name, schema in recorded.items() if name in names and _plain(schema) != ours[name]]
    assert len(names) > 5
    assert different == []


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "x-kubernetes-group-version-kind"}


def _types() -> list[str]:
    table = json.loads((Path(__file__).parents[2] / "simulator/manifest/fields.json").read_text(encoding="utf-8"))["types"]
    return [name for name in table if fields(name)]
