"""Access reviews, identity and tokens, as a Kubernetes 1.36 API server answers them, and what a ServiceAccount's token may do."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import yaml

from simulator.serve.app import App
from simulator.serve.session import Session
from tests.serve.talk import Answer, Client, session

SECRET = "administrator"
AUTHORIZATION, AUTHENTICATION = "/apis/authorization.k8s.io/v1", "/apis/authentication.k8s.io/v1"
RBAC = "rbac.authorization.k8s.io"
PODS = {"namespace": "default", "verb": "get", "resource": "pods"}
OBJECTS = [
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": "viewer"},
        "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list", "watch"]}],
    },
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "alice"},
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "viewer"},
        "subjects": [{"kind": "User", "name": "alice"}, {"kind": "ServiceAccount", "name": "default"}],
    },
]
DISCOVERY = 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"'

VIEWER = 'RBAC: allowed by RoleBinding "alice/default" of Role "viewer" to User "alice"'


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Session:
    file = tmp_path_factory.mktemp("reviews") / "app.yaml"
    file.write_text(yaml.safe_dump_all(OBJECTS))
    return session(str(file), until=1)


def send(world: Session, method: str, path: str, body: Any = None, **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    client = Client(App(world, SECRET), {"authorization": f"Bearer {SECRET}", **given})
    return asyncio.run(client.ask(method, path, body))


def status(answer: Answer) -> Any:
    assert answer.status == 201, answer
    return answer.json["status"]


ACCESS = [
    ({"resourceAttributes": PODS}, "", {"allowed": True}),
    ({"resourceAttributes": PODS}, "alice", {"allowed": True, "reason": VIEWER}),
    ({"resourceAttributes": {**PODS, "verb": "create"}}, "alice", {"allowed": False}),
    ({"resourceAttributes": {**PODS, "subresource": "log"}}, "alice", {"allowed": False}),
    ({"nonResourceAttributes": {"path": "/healthz", "verb": "get"}}, "alice", {"allowed": True, "reason": DISCOVERY}),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "user", "expected"), ACCESS)
def test_access(world: Session, spec: Any, user: str, expected: Any) -> None:
    own = {"impersonate_user": user} if user else {}
    assert status(send(world, "POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": spec}, **own)) == expected
    if user:
        other = {"spec": {**spec, "user": user, "groups": ["system:authenticated"]}}
        assert status(send(world, "POST", f"{AUTHORIZATION}/subjectaccessreviews", other)) == expected


def test_a_review_of_nothing(world: Session) -> None:
    refused = send(world, "POST", f"{AUTHORIZATION}/selfsubjectaccessreviews", {"spec": {}})
    why = "Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified"
    message = f'.authorization.k8s.io "" is invalid: spec.resourceAttributes: {why}'
    assert (refused.status, refused.json["message"], refused.json["details"]["causes"][0]["message"]) == (422, message, why)


def test_rules(world: Session) -> None:
    rules = status(
        send(world, "POST", f"{AUTHORIZATION}/selfsubjectrulesreviews", {"spec": {"namespace": "default"}}, impersonate_user="alice")
    )
    assert rules["incomplete"] is False
    assert rules["resourceRules"] == [
        {"verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]},
        {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
        {"verbs": ["get", "list", "watch"], "apiGroups": [""], "resources": ["pods"]},
    ]


def test_a_token_of_a_service_account_may_what_the_account_may(world: Session) -> None:
    account = "/api/v1/namespaces/default/serviceaccounts/default/token"
    token = status(send(world, "POST", account, {"spec": {"expirationSeconds": 3600}}))["token"]
    mine = {"authorization": f"Bearer {token}"}
    who = status(send(world, "POST", f"{AUTHENTICATION}/selfsubjectreviews", {}, **mine))["userInfo"]
    assert who["username"] == "system:serviceaccount:default:default"
    assert send(world, "GET", "/api/v1/namespaces/default/pods", **mine).status == 200
    assert send(world, "GET", "/api/v1/namespaces/default/configmaps", **mine).status == 403
    review = status(send(world, "POST", f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": token}}))
    assert (review["authenticated"], review["user"]["username"]) == (True, who["username"])
    assert status(send(world, "POST", f"{AUTHENTICATION}/tokenreviews", {"spec": {"token": "bad"}})) == {
        "user": {},
        "error": "invalid bearer token",
    }


@pytest.mark.parametrize("token", ["wrong", "a.b.c", ".", "e30.e30.AAAA"])
def test_tokens_that_no_one_has_made(world: Session, token: str) -> None:
    assert send(world, "GET", "/api/v1/pods", authorization=f"Bearer {token}").status == 401


def test_a_token_may_not_be_too_short(world: Session) -> None:
    refused = send(world, "POST", "/api/v1/namespaces/default/serviceaccounts/default/token", {"spec": {"expirationSeconds": 60}})
    assert "spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes" in refused.json["message"]
    assert send(world, "POST", "/api/v1/namespaces/default/serviceaccounts/nope/token", {}).status == 404


def test_no_one_acts_as_another_user_without_permission(world: Session) -> None:
    account = "/api/v1/namespaces/default/serviceaccounts/default/token"
    mine = {"authorization": f"Bearer {status(send(world, 'POST', account, {}))['token']}", "impersonate_user": "alice"}
    assert send(world, "GET", "/api/v1/namespaces/default/pods", **mine).status == 403
