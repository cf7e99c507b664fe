"""The Roles and bindings that would allow what was denied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml

from simulator.api.authorization.request import ACCOUNT_PREFIX, AccessRequest
from simulator.objects.base import JSON

GROUP = "rbac.authorization.k8s.io"
READS = ("get", "list", "watch")
"""What programs that read one object or a list usually go on to do; `kubectl wait` needs all three."""


def denied_request(data: Mapping[str, str]) -> AccessRequest:
    """The request in the field `denied` of a fact."""
    return AccessRequest(**{"verb": "", **{name: value for name, value in data.items() if name in AccessRequest._fields}})


def account_of(user: str) -> tuple[str, str] | None:
    """The namespace and name of a ServiceAccount's user; None: another user."""
    namespace, colon, name = user.removeprefix(ACCOUNT_PREFIX).partition(":")
    return (namespace, name) if user.startswith(ACCOUNT_PREFIX) and colon else None


def missing_objects(user: str, requests: Iterable[AccessRequest]) -> list[JSON]:
    """A Role and a RoleBinding for each namespace, and a ClusterRole with its binding for what is in none.

    Empty for users that are no ServiceAccounts: such a request was sent without the token.
    """
    account = account_of(user)
    if account is None:
        return []
    by_namespace: dict[str, list[AccessRequest]] = {}
    for request in sorted(set(requests)):
        by_namespace.setdefault(request.namespace, []).append(request)
    return [item for namespace, some in sorted(by_namespace.items()) for item in _pair(account, namespace, some)]


def as_yaml(objects: Iterable[JSON]) -> str:
    """The objects as one YAML file."""
    return yaml.safe_dump_all(objects, sort_keys=False, default_flow_style=None, width=100)


def _pair(account: tuple[str, str], namespace: str, requests: list[AccessRequest]) -> list[JSON]:
    kind = "Role" if namespace else "ClusterRole"
    name = f"{account[1]}-access" if namespace else f"{account[0]}-{account[1]}-access"
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    head = {"apiVersion": f"{GROUP}/v1", "kind": kind, "metadata": metadata}
    return [
        {**head, "rules": _rules(requests)},
        {
            **head,
            "kind": f"{kind}Binding",
            "roleRef": {"apiGroup": GROUP, "kind": kind, "name": name},
            "subjects": [{"kind": "ServiceAccount", "name": account[1], "namespace": account[0]}],
        },
    ]


def _rules(requests: list[AccessRequest]) -> list[JSON]:
    """One rule for each group and set of verbs, and one for all paths of a verb."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for request in requests:
        if not request.path:
            reads = READS if request.verb in READS and not request.subresource else (request.verb,)
            verbs.setdefault((request.group, request.full_resource), set()).update(reads)
    grouped: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (group, resource), allowed in sorted(verbs.items()):
        grouped.setdefault((group, tuple(sorted(allowed, key=_order))), []).append(resource)
    rules: list[JSON] = [
        {"apiGroups": [group], "resources": resources, "verbs": list(allowed)} for (group, allowed), resources in grouped.items()
    ]
    urls: dict[str, list[str]] = {}
    for request in requests:
        if request.path:
            urls.setdefault(request.verb, []).append(request.path)
    return [*rules, *({"nonResourceURLs": paths, "verbs": [verb]} for verb, paths in sorted(urls.items()))]


def _order(verb: str) -> tuple[int, str]:
    """Reads first, in the usual order."""
    return (READS.index(verb) if verb in READS else len(READS), verb)


def in_words(user: str, request: AccessRequest) -> str:
    """What a user may not do: `ServiceAccount shop/robot may not list pods in namespace shop`."""
    account = account_of(user)
    who = f"ServiceAccount {'/'.join(account)}" if account else f"user {user}"
    if request.path:
        return f"{who} may not {request.verb} {request.path}"
    resource = f"{request.full_resource}.{request.group}" if request.group else request.full_resource
    named = f" {request.name}" if request.name else ""
    where = f"in namespace {request.namespace}" if request.namespace else "in the whole cluster"
    return f"{who} may not {request.verb} {resource}{named} {where}"
