"""Services that an unknown program is told to use, and that do not exist, are assumptions."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulator import run
from simulator.scenario.surroundings import absent_services

SERVICES = {("shop", "db"), ("other", "cache"), ("prod-1", "api"), ("shop", "db-headless")}


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("db.shop.svc.cluster.local:5432", []),
        ("cache.shop.svc:6379", ["cache.shop"]),
        ("amqp://me:secret@queue.mq.svc.cluster.local:5672", ["queue.mq"]),
        ("db-0.db.shop.svc.cluster.local", []),
        ("redis://cache:6379/0", ["cache.shop"]),
        ("postgresql://app@db/app?sslmode=disable", []),
        ("mongodb://m-0.m-headless:27017,m-1.m-headless:27017/admin", ["m-headless.shop"]),
        ("mongodb://d-0.db-headless:27017/admin", []),
        ("http://api.prod-1:8080/", []),
        ("https://example.com/a https://my-site.io/ http://localhost:80 http://10.0.0.1:8080 http://$(HOST):80", []),
        ("https://kubernetes.default.svc", []),
        ("words without addresses: cache, queue", []),
    ],
)
def test_addresses_of_services(text: str, absent: list[str]) -> None:
    assert absent_services([text], "shop", SERVICES) == absent


@pytest.mark.parametrize(
    ("container", "assumed"),
    [
        ({"image": "example.com/own:1", "args": ["--broker=amqp://queue:5672"]}, True),
        ({"image": "example.com/own:1", "env": [{"name": "DB", "value": "mysql://queue/x"}]}, True),
        ({"image": "example.com/own:1", "env": [{"name": "DB", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "url"}}}]}, True),
        ({"image": "example.com/own:1", "envFrom": [{"configMapRef": {"name": "c"}}]}, True),
        ({"image": "example.com/own:1", "args": ["--broker=amqp://here:5672"]}, False),
        ({"image": "nginx:1.27", "env": [{"name": "DB", "value": "mysql://queue/x"}]}, False),
    ],
    ids=["arguments", "environment", "key of a config map", "config map", "there", "catalogue"],
)
def test_an_unknown_program_without_a_service_that_it_names(tmp_path: Path, container: dict[str, object], assumed: bool) -> None:
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"url": "amqp://queue:5672"}}
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "here"}, "spec": {"ports": [{"port": 5672}]}}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"containers": [{"name": "c", **container}]}}
    (tmp_path / "app.yaml").write_text(yaml.safe_dump_all([config, service, pod]), encoding="utf-8")
    texts = [f"{one['subject']} {one['text']}" for one in run(tmp_path / "app.yaml").assumptions]
    assert ("pod/a c works without queue.default" in texts) is assumed


@pytest.mark.parametrize(("namespace", "assumed"), [("elsewhere", True), ("default", False)])
def test_an_unknown_program_whose_roles_are_bound_in_another_namespace(tmp_path: Path, namespace: str, assumed: bool) -> None:
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "operator"}}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "operator"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"kind": "ServiceAccount", "name": "operator", "namespace": namespace}],
    }
    spec = {"serviceAccountName": "operator", "containers": [{"name": "c", "image": "example.com/operator:1"}]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": spec}
    (tmp_path / "app.yaml").write_text(yaml.safe_dump_all([account, binding, pod]), encoding="utf-8")
    texts = [f"{one['subject']} {one['text']}" for one in run(tmp_path / "app.yaml").assumptions]
    assert ("pod/a c works without the Roles of elsewhere/operator" in texts) is assumed
