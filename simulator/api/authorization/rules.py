"""Rules of Roles and ClusterRoles: what one allows (kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go)."""

from __future__ import annotations

from typing import Any

import msgspec

from simulator.api.authorization.request import AccessRequest

ANY = "*"


class Rule(msgspec.Struct, frozen=True, rename="camel"):
    """A PolicyRule. An empty `resource_names` means every name."""

    verbs: tuple[str, ...] = ()
    api_groups: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resource_names: tuple[str, ...] = ()
    non_resource_urls: tuple[str, ...] = msgspec.field(default=(), name="nonResourceURLs")


def rule_from(data: dict[str, Any]) -> Rule:
    """A rule of a manifest; what is null is empty."""
    return msgspec.convert({name: value for name, value in data.items() if value is not None}, Rule)


def allows(rule: Rule, request: AccessRequest) -> bool:
    """Whether a rule allows a request."""
    if not _matches(rule.verbs, request.verb):
        return False
    if request.path:
        return any(_url_matches(url, request.path) for url in rule.non_resource_urls)
    if not _matches(rule.api_groups, request.group):
        return False
    if not any(_resource_matches(resource, request) for resource in rule.resources):
        return False
    return not rule.resource_names or request.name in rule.resource_names


def _matches(values: tuple[str, ...], value: str) -> bool:
    return ANY in values or value in values


def _resource_matches(resource: str, request: AccessRequest) -> bool:
    """`pods` does not include `pods/log`; `*` includes everything, `*/scale` that subresource of everything."""
    if resource in (ANY, request.full_resource):
        return True
    return bool(request.subresource) and resource == f"*/{request.subresource}"


def _url_matches(url: str, path: str) -> bool:
    return url in (ANY, path) or (url.endswith("*") and path.startswith(url.rstrip("*")))
