"""RBAC: what rules allow, which rules apply to a user, and the API server's sentence. Tables are Kubernetes' own or recorded."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.api.authorization.access import Access
from simulator.api.authorization.bootstrap import bootstrap
from simulator.api.authorization.grants import missing_objects
from simulator.api.authorization.http import http_access
from simulator.api.authorization.policy import cluster_role_rules, is_allowed, rules_for
from simulator.api.authorization.request import (
    ADMIN,
    ANONYMOUS,
    AccessDenied,
    AccessRequest,
    User,
    account_user,
    forbidden_message,
    named_user,
    request_for,
)
from simulator.api.authorization.rules import Rule, allows
from simulator.journal import Header, Journal
from simulator.journal.store import Store
from simulator.objects.kinds import BY_NAME, from_builtins

GROUP = "rbac.authorization.k8s.io"


def store(*objects: dict[str, Any]) -> Store:
    held = Store(Journal(Header(start_time="2026-01-01T00:00:00Z", kubernetes="1.36")), lambda: 0)
    for item in objects:
        held.put(from_builtins(item))
    return held


def rule(verbs: str, groups: str = "", resources: str = "", urls: str = "") -> dict[str, Any]:
    """As newRule of plugin/pkg/auth/authorizer/rbac/rbac_test.go: an empty text is a list of one empty value."""
    return {
        "verbs": verbs.split(","),
        "apiGroups": groups.split(","),
        "resources": resources.split(","),
        "nonResourceURLs": urls.split(","),
    }


def role(name: str, *rules: dict[str, Any], namespace: str = "", **more: Any) -> dict[str, Any]:
    kind = "Role" if namespace else "ClusterRole"
    metadata = {"name": name, **({"namespace": namespace} if namespace else {}), **more.pop("metadata", {})}
    return {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": metadata, "rules": list(rules), **more}


def binding(to: str, *subjects: str, namespace: str = "", kind: str = "ClusterRole", name: str = "") -> dict[str, Any]:
    """Subjects are written `User:joe`, `Group:admins`, `ServiceAccount:NAME` or `ServiceAccount:NAMESPACE/NAME`."""
    metadata = {"name": name or f"to-{to}", **({"namespace": namespace} if namespace else {})}
    listed = []
    for subject in subjects:
        kind_, _, whose = subject.partition(":")
        where, slash, short = whose.partition("/")
        listed.append({"kind": kind_, "name": short, "namespace": where} if slash else {"kind": kind_, "name": whose})
    ref = {"apiGroup": GROUP, "kind": kind, "name": to}
    return {
        "apiVersion": f"{GROUP}/v1",
        "kind": "RoleBinding" if namespace else "ClusterRoleBinding",
        "metadata": metadata,
        "roleRef": ref,
        "subjects": listed,
    }


# ---- rules (rbac_test.go, TestRuleMatches)

V1, V2, G1, G2, R1, R2 = "verb1", "verb2", "group1", "group2", "resource1", "resource2"
ONE = [(verb, group, resource) for verb in (V1, V2) for group in (G1, G2) for resource in (R1, R2)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Rule(("*",), (G1,), (R1,)), [(V1, G1, R1), (V2, G1, R1)]),
        (Rule((V1,), ("*",), (R1,)), [(V1, G1, R1), (V1, G2, R1)]),
        (Rule((V1,), (G1,), ("*",)), [(V1, G1, R1), (V1, G1, R2)]),
        (Rule((V1, V2), (G1, G2), (R1, R2)), ONE),
        (Rule((V1,), (G1,), (R1,)), [(V1, G1, R1)]),
        (Rule((), (G1,), (R1,)), []),
    ],
)
def test_verbs_groups_and_resources_all_have_to_match(given: Rule, expected: list[tuple[str, str, str]]) -> None:
    assert [one for one in ONE if allows(given, AccessRequest(*one))] == expected


@pytest.mark.parametrize(
    ("resources", "resource", "subresource", "expected"),
    [
        ("pods", "pods", "", True),
        ("pods", "pods", "log", False),
        ("pods/log", "pods", "log", True),
        ("pods/log", "pods", "", False),
        ("*", "pods", "log", True),
        ("*/scale", "deployments", "scale", True),
        ("*/scale", "deployments", "", False),
        ("*/scale", "deployments", "status", False),
        ("pods/*", "pods", "log", False),
    ],
)
def test_subresources(resources: str, resource: str, subresource: str, expected: bool) -> None:
    given = Rule(("get",), ("",), (resources,))
    assert allows(given, AccessRequest("get", "", resource, subresource)) is expected


@pytest.mark.parametrize(
    ("names", "name", "expected"),
    [((), "", True), ((), "db", True), (("db",), "db", True), (("db",), "web", False), (("db",), "", False), (("a", "db"), "db", True)],
)
def test_a_rule_with_resource_names_needs_one_of_them(names: tuple[str, ...], name: str, expected: bool) -> None:
    """A list has no name, unless a field selector picks one object."""
    assert allows(Rule(("get",), ("",), ("pods",), names), AccessRequest("get", resource="pods", name=name)) is expected


@pytest.mark.parametrize(
    ("url", "path", "expected"),
    [
        ("*", "/anything", True),
        ("/apis", "/apis", True),
        ("/apis", "/apis/v1", False),
        ("/apis/*", "/apis/v1/foobar", True),
        ("/apis/*", "/apis", False),
        ("/healthz*", "/healthz/ping", True),
    ],
)
def test_paths(url: str, path: str, expected: bool) -> None:
    assert allows(Rule(("get",), non_resource_urls=(url,)), AccessRequest("get", path=path)) is expected


def test_a_rule_about_resources_says_nothing_about_paths_and_vice_versa() -> None:
    assert not allows(Rule(("*",), ("*",), ("*",)), AccessRequest("get", path="/metrics"))
    assert not allows(Rule(("*",), non_resource_urls=("*",)), AccessRequest("get", resource="pods"))


# ---- bindings (rbac_test.go, TestAuthorizer)


def ask(user: str, groups: str, verb: str, resource: str, subresource: str, namespace: str) -> tuple[User, AccessRequest]:
    return User(user, tuple(groups.split(","))), AccessRequest(verb, "", resource, subresource, namespace)


ALL_OF_NS1 = (role("admin2", rule("*", "*", "*", "*")), binding("admin2", "User:admin", "Group:admins", namespace="ns1"))
PODS_OF_NS1 = (role("admin2", rule("*", "*", "pods", "*")), binding("admin2", "User:admin", "Group:admins", namespace="ns1"))
PARTS_OF_NS1 = (
    role("admin2", rule("*", "*", "pods/status", "*"), rule("*", "*", "*/scale", "*")),
    binding("admin2", "User:admin", "Group:admins", namespace="ns1"),
)


@pytest.mark.parametrize(
    ("objects", "asked", "expected"),
    [
        (ALL_OF_NS1, ("admin", "", "get", "Pods", "", "ns1"), True),
        (ALL_OF_NS1, ("admin", "group1", "watch", "Foobar", "", "ns1"), True),
        (ALL_OF_NS1, ("joe", "group1,admins", "watch", "Foobar", "", "ns1"), True),
        (ALL_OF_NS1, ("admin", "admins", "GET", "Pods", "", "ns2"), False),
        (ALL_OF_NS1, ("admin", "admins", "GET", "Nodes", "", ""), False),
        (PODS_OF_NS1, ("admin", "", "get", "pods", "", "ns1"), True),
        (PODS_OF_NS1, ("admin", "", "get", "pods", "status", "ns1"), False),
        (PARTS_OF_NS1, ("admin", "", "get", "pods", "status", "ns1"), True),
        (PARTS_OF_NS1, ("admin", "", "get", "anything", "scale", "ns1"), True),
        (PARTS_OF_NS1, ("admin", "", "get", "pods", "", "ns1"), False),
    ],
)
def test_the_table_of_the_authorizer(objects: Any, asked: Any, expected: bool) -> None:
    assert is_allowed(store(*objects), *ask(*asked)) is expected


READER = role("reader", rule("get,list,watch", "", "pods"), namespace="shop")
ROBOT = account_user("shop", "robot")
LIST = AccessRequest("list", resource="pods", namespace="shop")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("ServiceAccount:robot", True),  # of the binding's own namespace
        ("ServiceAccount:shop/robot", True),
        ("ServiceAccount:other/robot", False),
        ("User:system:serviceaccount:shop:robot", True),
        ("Group:system:serviceaccounts", True),
        ("Group:system:serviceaccounts:shop", True),
        ("Group:system:serviceaccounts:other", False),
        ("Group:system:authenticated", True),
        ("Group:system:unauthenticated", False),
        ("Robot:robot", False),
    ],
)
def test_subjects(subject: str, expected: bool) -> None:
    held = store(READER, binding("reader", subject, namespace="shop", kind="Role"))
    assert is_allowed(held, ROBOT, LIST) is expected


def test_a_role_binding_counts_in_its_namespace_only() -> None:
    held = store(READER, binding("reader", "ServiceAccount:shop/robot", namespace="shop", kind="Role"))
    assert is_allowed(held, ROBOT, LIST)
    assert not is_allowed(held, ROBOT, LIST._replace(namespace="other"))
    assert not is_allowed(held, ROBOT, LIST._replace(namespace="")), "all namespaces"


def test_a_service_account_of_a_cluster_role_binding_needs_its_namespace() -> None:
    assert not is_allowed(store(binding("view", "ServiceAccount:robot")), ROBOT, LIST)
    assert is_allowed(store(binding("view", "ServiceAccount:shop/robot")), ROBOT, LIST._replace(namespace=""))


def test_a_binding_to_a_missing_role_is_reported_with_the_refusal() -> None:
    held = store(binding("gone", "ServiceAccount:robot", namespace="shop", kind="Role"))
    with pytest.raises(AccessDenied) as caught:
        Access(held, ROBOT).check(LIST)
    assert caught.value.message.endswith('in the namespace "shop": RBAC: role.rbac.authorization.k8s.io "gone" not found')


# ---- the default policy


@pytest.mark.parametrize(
    ("name", "request_", "expected"),
    [
        ("view", AccessRequest("list", resource="pods", namespace="shop"), True),
        ("view", AccessRequest("get", resource="pods", subresource="log", namespace="shop"), True),
        ("view", AccessRequest("watch", "apps", "deployments", namespace="shop"), True),
        ("view", AccessRequest("get", resource="secrets", namespace="shop"), False),
        ("view", AccessRequest("get", GROUP, "roles", namespace="shop"), False),
        ("view", AccessRequest("get", resource="nodes"), False),
        ("view", AccessRequest("delete", resource="pods", namespace="shop"), False),
        ("edit", AccessRequest("list", resource="pods", namespace="shop"), True),
        ("edit", AccessRequest("get", resource="secrets", namespace="shop"), True),
        ("edit", AccessRequest("create", resource="pods", subresource="exec", namespace="shop"), True),
        ("edit", AccessRequest("patch", "apps", "deployments", "scale", "shop"), True),
        ("edit", AccessRequest("create", GROUP, "rolebindings", namespace="shop"), False),
        ("admin", AccessRequest("create", GROUP, "rolebindings", namespace="shop"), True),
        ("admin", AccessRequest("list", resource="pods", namespace="shop"), True),
        ("admin", AccessRequest("update", resource="resourcequotas", namespace="shop"), False),
        ("cluster-admin", AccessRequest("delete", "example.com", "widgets", "status", "shop"), True),
        ("cluster-admin", AccessRequest("get", path="/metrics"), True),
    ],
)
def test_user_facing_roles(name: str, request_: AccessRequest, expected: bool) -> None:
    held = store(binding(name, "User:joe"))
    assert is_allowed(held, named_user("joe"), request_) is expected


@pytest.mark.parametrize(
    ("user", "request_", "expected"),
    [
        (ROBOT, AccessRequest("get", path="/apis/apps/v1"), True),
        (ROBOT, AccessRequest("get", path="/healthz"), True),
        (ROBOT, AccessRequest("get", path="/metrics"), False),
        (ROBOT, AccessRequest("create", "authorization.k8s.io", "selfsubjectaccessreviews"), True),
        (ROBOT, AccessRequest("get", path="/openid/v1/jwks"), True),
        (ROBOT, LIST, False),
        (ANONYMOUS, AccessRequest("get", path="/healthz"), True),
        (ANONYMOUS, AccessRequest("get", path="/version"), True),
        (ANONYMOUS, AccessRequest("get", path="/api"), False),
        (ADMIN, AccessRequest("delete", resource="nodes", name="minikube"), True),
    ],
)
def test_what_every_user_may_do(user: User, request_: AccessRequest, expected: bool) -> None:
    assert is_allowed(store(), user, request_) is expected


def test_cluster_roles_are_aggregated_by_label() -> None:
    """A role for a custom resource joins `view`, and so `edit` and `admin`."""
    labels = {"metadata": {"labels": {f"{GROUP}/aggregate-to-view": "true"}}}
    widgets = role("widgets", rule("list", "example.com", "widgets"), **labels)
    held = store(widgets, binding("admin", "User:joe"))
    assert is_allowed(held, named_user("joe"), AccessRequest("list", "example.com", "widgets", namespace="shop"))
    assert not is_allowed(store(binding("admin", "User:joe")), named_user("joe"), AccessRequest("list", "example.com", "widgets"))


def test_aggregation_replaces_own_rules_and_ends_in_a_circle() -> None:
    def aggregate(name: str, label: str, own: str) -> dict[str, Any]:
        selectors = {"aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {label: "yes"}}]}}
        return role(name, rule("get", "", "secrets"), metadata={"labels": {own: "yes"}}, **selectors)

    leaf = role("leaf", rule("get", "", "pods"), metadata={"labels": {"b": "yes"}})
    held = store(aggregate("one", "b", "a"), aggregate("two", "a", "b"), leaf)
    for name in ("one", "two"):
        assert [one.resources for one in cluster_role_rules(held, name) or []] == [("pods",)]


def test_a_stored_role_replaces_the_default_one() -> None:
    held = store(role("view", rule("get", "", "pods")), binding("view", "User:joe"))
    assert not is_allowed(held, named_user("joe"), LIST)


def test_the_default_policy_is_complete_in_itself() -> None:
    assert {data["role"] for data in bootstrap().bindings.values()} <= set(bootstrap().roles)
    assert {"view", "edit", "admin", "cluster-admin", "system:discovery", "system:basic-user", "system:public-info-viewer"} <= set(
        bootstrap().roles
    )
    assert len(rules_for(store(), ROBOT, "default")) == 5


# ---- who, and what is said


def test_the_groups_of_users() -> None:
    assert account_user("shop", "robot") == named_user("system:serviceaccount:shop:robot")
    assert named_user("joe").groups == ("system:authenticated",)
    assert named_user("joe", ("dev",)).groups == ("dev", "system:authenticated")
    assert named_user("system:anonymous").groups == ("system:unauthenticated",)


RECORDED = [
    ("GET", "/api/v1/secrets", 'secrets is forbidden: User "alice" cannot list resource "secrets" in API group "" at the cluster scope'),
    (
        "GET",
        "/api/v1/namespaces/shop/secrets/creds",
        'secrets "creds" is forbidden: User "alice" cannot get resource "secrets" in API group "" in the namespace "shop"',
    ),
    (
        "GET",
        "/api/v1/nodes/minikube",
        'nodes "minikube" is forbidden: User "alice" cannot get resource "nodes" in API group "" at the cluster scope',
    ),
    (
        "POST",
        "/api/v1/namespaces/shop/configmaps",
        'configmaps is forbidden: User "alice" cannot create resource "configmaps" in API group "" in the namespace "shop"',
    ),
    (
        "DELETE",
        "/api/v1/namespaces/shop/configmaps",
        'configmaps is forbidden: User "alice" cannot deletecollection resource "configmaps" in API group "" in the namespace "shop"',
    ),
    (
        "PATCH",
        "/api/v1/namespaces/shop/configmaps/settings",
        'configmaps "settings" is forbidden: User "alice" cannot patch resource "configmaps" in API group "" in the namespace "shop"',
    ),
    (
        "GET",
        "/api/v1/namespaces/shop/pods/bare/log",
        'pods "bare" is forbidden: User "alice" cannot get resource "pods/log" in API group "" in the namespace "shop"',
    ),
    (
        "POST",
        "/api/v1/namespaces/shop/pods/bare/exec?command=ls&stdout=true",
        'pods "bare" is forbidden: User "alice" cannot create resource "pods/exec" in API group "" in the namespace "shop"',
    ),
    (
        "GET",
        "/apis/apps/v1/deployments",
        'deployments.apps is forbidden: User "alice" cannot list resource "deployments" in API group "apps" at the cluster scope',
    ),
    (
        "POST",
        "/api/v1/namespaces",
        'namespaces is forbidden: User "alice" cannot create resource "namespaces" in API group "" at the cluster scope',
    ),
    ("GET", "/metrics", 'forbidden: User "alice" cannot get path "/metrics"'),
    (
        "GET",
        "/api/v1/namespaces/shop/secrets?watch=true&timeoutSeconds=1",
        'secrets is forbidden: User "alice" cannot watch resource "secrets" in API group "" in the namespace "shop"',
    ),
    (
        "PUT",
        "/apis/apps/v1/namespaces/shop/deployments/web/scale",
        'deployments.apps "web" is forbidden: User "alice" cannot update resource "deployments/scale" in API group "apps" '
        'in the namespace "shop"',
    ),
    (
        "GET",
        "/apis/nope.io/v1/things",
        'things.nope.io is forbidden: User "alice" cannot list resource "things" in API group "nope.io" at the cluster scope',
    ),
]
"""Answers of a 1.36 API server to a user without any binding."""


@pytest.mark.parametrize(("method", "url", "message"), RECORDED)
def test_requests_and_sentences_as_recorded(method: str, url: str, message: str) -> None:
    request = http_access(method, url)
    assert not is_allowed(store(), named_user("alice"), request)
    assert forbidden_message(named_user("alice"), request) == message


@pytest.mark.parametrize(
    ("method", "url", "expected"),
    [
        ("GET", "https://kubernetes.default.svc/api/v1/namespaces/shop", ("get", "", "namespaces", "", "shop", "shop")),
        ("GET", "/api/v1/namespaces/shop/status", ("get", "", "namespaces", "status", "shop", "shop")),
        ("GET", "/api/v1/watch/namespaces/shop/pods", ("watch", "", "pods", "", "shop", "")),
        ("GET", "/api/v1/namespaces/shop/pods?fieldSelector=metadata.name%3Dweb", ("list", "", "pods", "", "shop", "web")),
        ("HEAD", "/apis/apps/v1/namespaces/shop/deployments/web", ("get", "apps", "deployments", "", "shop", "web")),
    ],
)
def test_how_urls_are_read(method: str, url: str, expected: tuple[str, ...]) -> None:
    assert tuple(http_access(method, url))[:6] == expected


@pytest.mark.parametrize("path", ["/api", "/api/v1", "/apis", "/apis/apps", "/apis/apps/v1"])
def test_a_path_that_ends_before_a_resource_is_a_path(path: str) -> None:
    """Discovery: requestinfo.go takes it for no request about resources."""
    assert http_access("GET", path) == AccessRequest("get", path=path)


@pytest.mark.parametrize(
    ("verb", "subresource", "expected"),
    [
        ("get", "", {"resources": ["pods"], "verbs": ["get", "list", "watch"]}),
        ("create", "", {"resources": ["pods"], "verbs": ["create"]}),
        ("delete", "", {"resources": ["pods"], "verbs": ["delete"]}),
        ("get", "log", {"resources": ["pods/log"], "verbs": ["get"]}),
        ("create", "exec", {"resources": ["pods/exec"], "verbs": ["create"]}),
    ],
)
def test_the_missing_role_reads_objects_in_all_ways_and_does_nothing_else_more(
    verb: str, subresource: str, expected: dict[str, Any]
) -> None:
    """A subresource can be read, but neither listed nor watched."""
    denied = AccessRequest(verb, "", "pods", subresource, "shop", "web")
    role_of_shop, _ = missing_objects("system:serviceaccount:shop:robot", [denied])
    assert role_of_shop["rules"] == [{"apiGroups": [""], **expected}]


def test_a_namespace_is_read_in_itself_and_listed_in_the_cluster() -> None:
    kind = BY_NAME["Namespace"]
    assert request_for("get", kind, "default", "shop").namespace == "shop"
    assert request_for("list", kind, "default").namespace == ""


def test_a_sentence_contains_no_html() -> None:
    assert forbidden_message(User("<b>&"), AccessRequest("get", path="/x")) == 'forbidden: User "&lt;b&gt;&amp;" cannot get path "/x"'


# ---- impersonation


def test_impersonation_needs_its_own_verb() -> None:
    held = store()
    with pytest.raises(AccessDenied, match=r'serviceaccounts "robot" is forbidden: .* cannot impersonate resource "serviceaccounts"'):
        Access(held, account_user("shop", "other")).impersonate(ROBOT)
    may = store(binding("edit", "ServiceAccount:other", namespace="shop"))
    assert Access(may, account_user("shop", "other")).impersonate(ROBOT).user == ROBOT
