"""The table of `kubectl auth can-i --list`, and which containers have a token."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api.authorization.rule_list import rule_rows
from simulator.api.authorization.rules import Rule
from simulator.api.authorization.tokens import has_token
from tests.api.shelf import pod

TOKEN = {"name": "t", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
DATA = {"name": "d", "mountPath": "/data"}


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        (Rule(("get", "list"), ("",), ("pods",), ()), ["pods", "[]", "[]", "[get list]"]),
        (Rule(("get",), ("apps",), ("deployments",), ("web",)), ["deployments.apps", "[]", "[web]", "[get]"]),
        (Rule(verbs=("get",), non_resource_urls=("/healthz",)), ["", "[/healthz]", "[]", "[get]"]),
    ],
)
def test_a_row(rule: Rule, row: list[str]) -> None:
    assert rule_rows([rule]) == [row]


@pytest.mark.parametrize(("mounts", "expected"), [([], False), ([DATA], False), ([TOKEN], True), ([DATA, TOKEN], True)])
def test_a_container_has_a_token_where_one_of_its_mounts_is_at_the_path(mounts: list[dict[str, Any]], expected: bool) -> None:
    item = pod(containers=[{"name": "web", "image": "i", "volumeMounts": mounts}, {"name": "bare", "image": "i"}])
    assert has_token(item, "web") is expected
    assert not has_token(item, "bare")
