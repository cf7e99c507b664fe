"""Which object of the manifests likely creates a missing Secret or ConfigMap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.cluster import simulate
from simulator.journal.snapshot import Snapshot
from simulator.objects.kinds import Key
from simulator.scenario.inputs import Choices
from simulator.units import SECOND
from simulator.views.why.makers import likely_maker


def custom(api_version: str, kind: str, name: str, spec: Any = None, **meta: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, **meta}, "spec": spec or {}}


def job(name: str, *args: str, env: tuple[tuple[str, str], ...] = (), account: str = "default", **container: Any) -> dict[str, Any]:
    variables = [{"name": variable, "value": value} for variable, value in env]
    one = {"name": "c", "image": "tool", "args": list(args), "env": variables, **container}
    spec = {"restartPolicy": "Never", "serviceAccountName": account, "containers": [one]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"template": {"spec": spec}}}


ROLE = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "Role",
    "metadata": {"name": "writer"},
    "rules": [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["tls"], "verbs": ["get", "update"]}],
}
BINDING = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "writer"},
    "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "writer"},
    "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "default"}],
}
INGRESS = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "Ingress",
    "metadata": {"name": "shop", "annotations": {"cert-manager.io/cluster-issuer": "ca"}},
    "spec": {
        "tls": [{"hosts": ["a.example.com"], "secretName": "tls"}],
        "defaultBackend": {"service": {"name": "web", "port": {"number": 80}}},
    },
}
SCRIPTS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "scripts"},
    "data": {"run.sh": "kubectl create secret generic tls --from-file=/certs"},
}


def snapshot(folder: Path, *objects: dict[str, Any]) -> Snapshot:
    (folder / "app.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    journal = simulate([str(folder / "app.yaml")], Choices(duration=2 * SECOND))
    return journal.at(journal.end)


def with_scripts() -> dict[str, Any]:
    item = job("maker", volumeMounts=[{"name": "s", "mountPath": "/s"}])
    item["spec"]["template"]["spec"]["volumes"] = [{"name": "s", "configMap": {"name": "scripts"}}]
    return item


@pytest.mark.parametrize(
    ("objects", "maker"),
    [
        ([custom("cert-manager.io/v1", "Certificate", "web", {"secretName": "tls"})], "Certificate web"),
        ([custom("external-secrets.io/v1beta1", "ExternalSecret", "x", {"target": {"name": "tls"}})], "ExternalSecret x"),
        ([custom("external-secrets.io/v1beta1", "ExternalSecret", "tls")], "ExternalSecret tls"),
        ([custom("bitnami.com/v1alpha1", "SealedSecret", "tls")], "SealedSecret tls"),
        ([custom("secrets.hashicorp.com/v1beta1", "VaultStaticSecret", "v", {"destination": {"name": "tls"}})], "VaultStaticSecret v"),
        ([INGRESS], "Ingress shop"),
        ([job("certgen", "create", "--secret-name=tls")], "Job certgen"),
        ([job("sh", "sh", "-c", "openssl req ... && kubectl create secret tls tls --cert=c --key=k")], "Job sh"),
        ([SCRIPTS, with_scripts()], "Job maker"),
        ([job("lb", env=(("ML_SECRET_NAME", "tls"),))], "Job lb"),
        ([ROLE, BINDING, job("webhook")], "Job webhook"),
        ([custom("cert-manager.io/v1", "Certificate", "web", {"secretName": "other", "commonName": "tls"})], None),
        ([job("reader", "cat", "/tls/tls.crt")], None),
        ([{**INGRESS, "metadata": {"name": "plain"}}], None),
        ([job("longer", "create", "--secret-name=tls-extra")], None),
    ],
)
def test_the_likely_maker(tmp_path: Path, objects: list[dict[str, Any]], maker: str | None) -> None:
    likely = likely_maker(snapshot(tmp_path, *objects), Key("Secret", "default", "tls"))
    assert (None if likely is None else f"{likely.kind} {likely.name}") == maker


def test_an_operator_derives_names(tmp_path: Path) -> None:
    world = snapshot(tmp_path, custom("rabbitmq.com/v1beta1", "RabbitmqCluster", "mq"))
    assert str(likely_maker(world, Key("Secret", "default", "mq-default-user"))) == (
        "probably created by RabbitmqCluster mq: its operator creates an object of this name"
    )
    assert likely_maker(world, Key("Secret", "default", "mq-other")) is None
    assert likely_maker(world, Key("Secret", "elsewhere", "mq-default-user")) is None


@pytest.mark.parametrize(
    ("version", "kind", "name", "secret"),
    [
        ("acid.zalan.do/v1", "postgresql", "acid-minimal", "foo.acid-minimal.credentials.postgresql.acid.zalan.do"),
        ("postgres-operator.crunchydata.com/v1beta1", "PostgresCluster", "hippo", "hippo-pguser-hippo"),
        ("mongodbcommunity.mongodb.com/v1", "MongoDBCommunity", "db", "db-admin-my-user"),
        ("k8s.keycloak.org/v2alpha1", "Keycloak", "kc", "kc-initial-admin"),
        ("postgresql.cnpg.io/v1", "Cluster", "pg", "pg-app"),
    ],
)
def test_operators_name_what_they_create_after_their_objects(tmp_path: Path, version: str, kind: str, name: str, secret: str) -> None:
    world = snapshot(tmp_path, custom(version, kind, name))
    likely = likely_maker(world, Key("Secret", "default", secret))
    assert likely is not None
    assert (likely.kind, likely.name) == (kind, name)
    assert likely_maker(world, Key("Secret", "default", f"other-{secret}-x")) is None


def test_a_job_that_was_deleted_after_it_finished_is_still_the_maker(tmp_path: Path) -> None:
    item = job("certgen", "create", "--secret-name=tls", command=["true"], image="busybox:1.36")
    item["spec"]["ttlSecondsAfterFinished"] = 0
    (tmp_path / "app.yaml").write_text(yaml.safe_dump(item), encoding="utf-8")
    journal = simulate([str(tmp_path / "app.yaml")], Choices(duration=30 * SECOND))
    world = journal.at(journal.end)
    assert world.get(Key("Job", "default", "certgen")) is None
    likely = likely_maker(world, Key("Secret", "default", "tls"))
    assert likely is not None
    assert (likely.kind, likely.name) == ("Job", "certgen")
