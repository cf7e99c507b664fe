"""`auth can-i` as kubectl prints it (kubectl/pkg/cmd/auth/cani.go and its tests)."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec
import pytest

from simulator.golang.pflag import Flag
from simulator.kubectl.files import HostFiles
from simulator.kubectl.flags import NAMESPACE, parse
from simulator.kubectl.read.auth import TWO_ARGUMENTS, VERBS, can_i
from simulator.kubectl.verb import Caller
from simulator.kubectl.view import Printed, View
from tests.kubectl.recorded import journal_with, view_with

GROUP = "rbac.authorization.k8s.io"
ROBOT = "system:serviceaccount:shop:robot"
ROLE: dict[str, Any] = {
    "apiVersion": f"{GROUP}/v1",
    "kind": "Role",
    "metadata": {"name": "reader", "namespace": "shop"},
    "rules": [
        {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"], "verbs": ["get", "patch"]},
        {"apiGroups": ["example.com"], "resources": ["widgets"], "verbs": ["*"]},
    ],
}
BINDING: dict[str, Any] = {
    "apiVersion": f"{GROUP}/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "reader", "namespace": "shop"},
    "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "reader"},
    "subjects": [{"kind": "ServiceAccount", "name": "robot"}],
}
LOST: dict[str, Any] = {
    **BINDING,
    "metadata": {"name": "lost", "namespace": "other"},
    "roleRef": {"apiGroup": GROUP, "kind": "Role", "name": "gone"},
}
LOST["subjects"] = [{"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}]
WIDGETS: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets", "singular": "widget", "shortNames": ["wd"]},
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
}
FLAGS = (*VERBS[0].flags, NAMESPACE, Flag("all-namespaces", "bool", "A"))


def run(line: str, user: str = ROBOT) -> Printed:
    words = parse([*shlex.split(line), *(["--as", user] if user else [])], FLAGS, HostFiles())
    return can_i(words, view_with(ROLE, BINDING, LOST, WIDGETS), Caller(words["namespace"] or "shop"))


YES, NO = Printed("yes\n"), Printed("no\n", code=1)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list pods", YES),
        ("list po", YES),
        ("get pod/web-0", YES),
        ("watch pods", NO),
        ("get pods --subresource=log", YES),
        ("get pods --subresource=status", NO),
        ("list pods -A", NO),
        ("get deployments.apps/web", YES),
        ("get deploy/web", YES),
        ("get deployments.apps/api", NO),
        ("list deployments", NO),
        ("get deployments.v1.apps/web", YES),
        ("delete widgets.example.com", YES),
        ("delete wd/one", YES),
        ("'*' '*'", NO),
        ("create selfsubjectaccessreviews.authorization.k8s.io -A", YES),
        ("get /healthz", YES),
        ("get /metrics", NO),
        ("-q list pods", Printed()),
        ("-q watch pods", Printed(code=1)),
        ("list pods -n other", Printed('no - RBAC: role.rbac.authorization.k8s.io "gone" not found\n', code=1)),
        ("list nodes", Printed("no\n", "Warning: resource 'nodes' is not namespace scoped\n\n", 1)),
        (
            "list storageclasses",
            Printed("no\n", "Warning: resource 'storageclasses' is not namespace scoped in group 'storage.k8s.io'\n\n", 1),
        ),
        ("list nodes -A", NO),
        ("frobnicate pods", Printed("no\n", "Warning: verb 'frobnicate' is not a known verb\n\n", 1)),
        ("watch /healthz", Printed("no\n", "Warning: verb 'watch' is not a known verb\n\n", 1)),
        ("get foo", Printed("no\n", "Warning: the server doesn't have a resource type 'foo'\n\n", 1)),
        ("get foo.bar.io", Printed("no\n", "Warning: the server doesn't have a resource type 'foo' in group 'bar.io'\n\n", 1)),
        ("impersonate users/joe -A", NO),
        ("get csr -A", NO),
    ],
)
def test_answers(line: str, expected: Printed) -> None:
    assert run(line) == expected


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("list", TWO_ARGUMENTS),
        ("list pods web", TWO_ARGUMENTS),
        ("get /logs --subresource=log", "--subresource can not be used with NonResourceURL"),
        ("list pods --no-headers", "--no-headers cannot be set without --list specified"),
        ("--list pods", "list option must be specified with no arguments"),
        ("--list -q", "list option can't be specified with neither quiet, all-namespaces nor subresource options"),
    ],
)
def test_command_lines_that_kubectl_refuses(line: str, error: str) -> None:
    assert run(line) == Printed(err=f"error: {error}\n", code=1)


def test_who_is_asked_about() -> None:
    assert run("delete nodes -A", user="") == YES, "an administrator"
    assert run("list pods --as-group system:serviceaccounts:shop", user="joe") == NO
    assert run("get secrets --as-group system:masters", user="joe") == YES
    assert run("list pods --as-group x", user="").err == "error: requesting uid, groups or user-extra without impersonating a user\n"


def test_a_cluster_that_allows_everything() -> None:
    journal = journal_with(ROLE)
    journal.header = msgspec.structs.replace(journal.header, authorization="AlwaysAllow")
    words = parse(["delete", "nodes", "-A", "--as", "joe"], FLAGS, HostFiles())
    assert can_i(words, View(journal.at(0)), Caller()) == YES


def test_the_list() -> None:
    rows = run("--list").out.splitlines()
    assert rows[0].split("  ")[0] == "Resources"
    assert rows[0].split()[-1] == "Verbs"
    assert [line.split() for line in rows[1:8]] == [
        ["widgets.example.com", "[]", "[]", "[*]"],
        ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"],
        ["selfsubjectaccessreviews.authorization.k8s.io", "[]", "[]", "[create]"],
        ["selfsubjectrulesreviews.authorization.k8s.io", "[]", "[]", "[create]"],
        ["pods/log", "[]", "[]", "[get", "list]"],
        ["pods", "[]", "[]", "[get", "list]"],
        ["deployments.apps", "[]", "[web]", "[get", "patch]"],
    ]
    urls = [line.split()[0] for line in rows[8:]]
    assert urls == sorted(urls)
    assert urls.count("[/healthz]") == 2
    assert "[/.well-known/openid-configuration]" in urls
    assert run("--list --no-headers").out.splitlines()[0].split() == ["widgets.example.com", "[]", "[]", "[*]"]


def test_an_administrator_may_do_everything() -> None:
    rows = [line.split() for line in run("--list", user="").out.splitlines()[1:]]
    assert rows[:2] == [["*.*", "[]", "[]", "[*]"], ["[*]", "[]", "[*]"]]
    assert rows[2] == ["selfsubjectreviews.authentication.k8s.io", "[]", "[]", "[create]"], "what everyone may do is listed too"
