"""Generations of new objects, names and uids, JSON patches."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from simulator.api import ApiError
from simulator.api.addresses import dotted
from simulator.api.names import generated, suffix, uid
from simulator.api.patch import json_patch
from simulator.api.registry import first_generation
from tests.api.shelf import V1, made

APPS = {"apiVersion": "apps/v1"}


@pytest.mark.parametrize(
    ("kind", "generation"),
    [
        ({**V1, "kind": "Pod"}, 1),
        ({**APPS, "kind": "Deployment"}, 1),
        ({"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice"}, 1),
        ({**V1, "kind": "Service"}, None),
        ({**V1, "kind": "Namespace"}, None),
        ({**V1, "kind": "PersistentVolumeClaim"}, None),
        ({**V1, "kind": "ConfigMap"}, None),
        ({**V1, "kind": "ServiceAccount"}, None),
    ],
)
def test_the_first_generation(kind: dict[str, Any], generation: int | None) -> None:
    assert first_generation(made(kind)) == generation


def test_uids_are_random_uuids() -> None:
    stream = random.Random(1)
    uids = [uid(stream) for _ in range(200)]
    assert len(set(uids)) == 200
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", item) for item in uids)


def test_ipv4_addresses() -> None:
    assert [dotted(number) for number in (0, 256, (10 << 24) | (96 << 16) | 1, 2**32 - 1)] == [
        "0.0.0.0",
        "0.0.1.0",
        "10.96.0.1",
        "255.255.255.255",
    ]


def test_generated_names_fit() -> None:
    stream = random.Random(1)
    assert len(suffix(stream)) == 5
    assert [len(generated("x" * length, stream)) for length in (3, 58, 59, 100)] == [8, 63, 63, 63]


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/a", "value": 2}, {"a": 2, "l": [1, 2, 3], "o": {"k": 1}}),
        ({"op": "add", "path": "/l/1", "value": 9}, {"a": 1, "l": [1, 9, 2, 3], "o": {"k": 1}}),
        ({"op": "add", "path": "/l/-", "value": 9}, {"a": 1, "l": [1, 2, 3, 9], "o": {"k": 1}}),
        ({"op": "remove", "path": "/a"}, {"l": [1, 2, 3], "o": {"k": 1}}),
        ({"op": "remove", "path": "/l/0"}, {"a": 1, "l": [2, 3], "o": {"k": 1}}),
        ({"op": "remove", "path": "/o/k"}, {"a": 1, "l": [1, 2, 3], "o": {}}),
        ({"op": "replace", "path": "/l/2", "value": 9}, {"a": 1, "l": [1, 2, 9], "o": {"k": 1}}),
        ({"op": "replace", "path": "/o/k", "value": 9}, {"a": 1, "l": [1, 2, 3], "o": {"k": 9}}),
        ({"op": "replace", "path": "", "value": 9}, 9),
        ({"op": "move", "from": "/a", "path": "/o/a"}, {"l": [1, 2, 3], "o": {"k": 1, "a": 1}}),
        ({"op": "copy", "from": "/l/0", "path": "/l/3"}, {"a": 1, "l": [1, 2, 3, 1], "o": {"k": 1}}),
        ({"op": "test", "path": "/o/k", "value": 1}, {"a": 1, "l": [1, 2, 3], "o": {"k": 1}}),
        ({"op": "add", "path": "/o/x~1y~0z", "value": 1}, {"a": 1, "l": [1, 2, 3], "o": {"k": 1, "x/y~z": 1}}),
        ({"op": "test", "path": "/o/k", "value": 2}, None),
        ({"op": "remove", "path": "/x"}, None),
        ({"op": "replace", "path": "/x", "value": 1}, None),
    ],
)
def test_json_patch(operation: dict[str, Any], expected: Any) -> None:
    """None: the operation is refused. The target itself never changes."""
    target = {"a": 1, "l": [1, 2, 3], "o": {"k": 1}}
    if expected is None:
        with pytest.raises(ApiError, match="rejected our request"):
            json_patch(target, [operation])
    else:
        assert json_patch(target, [operation]) == expected
    assert target == {"a": 1, "l": [1, 2, 3], "o": {"k": 1}}
