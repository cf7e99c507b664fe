"""Paths of requests: `/apis/apps/v1/namespaces/shop/deployments/web/scale` and what it is about."""

from __future__ import annotations

import msgspec

from simulator.api.errors import ApiError
from simulator.api.served import Part, Resource, Resources
from simulator.objects.kinds import Key


class Target(msgspec.Struct, frozen=True):
    """What a path is about: a resource, in one namespace or in all (empty), one object or all, and perhaps a subresource."""

    resource: Resource
    namespace: str = ""
    name: str = ""
    subresource: str = ""

    @property
    def key(self) -> Key:
        """The key of the object."""
        return Key(self.resource.key_kind, self.namespace, self.name)

    @property
    def part(self) -> Part | None:
        """The subresource in discovery."""
        return self.resource.subresources.get(self.subresource)


class NoSuchPath(Exception):
    """No group has that path: the server answers in plain text."""


def no_resource() -> ApiError:
    """NotFound: the group has no such version or resource."""
    return ApiError("NotFound", "the server could not find the requested resource", {})


def no_method() -> ApiError:
    """MethodNotAllowed: the resource has no such verb."""
    return ApiError("MethodNotAllowed", "the server does not allow this method on the requested resource", {})


def parse(path: str, resources: Resources) -> Target:
    """What a path names. Raises NoSuchPath, or ApiError (NotFound) for an unknown resource of a known group."""
    parts = path.rstrip("/").split("/")[1:]
    if parts[:1] == ["api"] and len(parts) > 2:
        group, version, rest = "", parts[1], parts[2:]
    elif parts[:1] == ["apis"] and len(parts) > 3:
        group, version, rest = parts[1], parts[2], parts[3:]
    else:
        raise NoSuchPath(path)
    if group not in resources.versions:
        raise NoSuchPath(path)
    namespace = ""
    named = rest[0] == "namespaces" and len(rest) > 2 and not (group == "" and rest[2] in ("status", "finalize") and len(rest) == 3)
    if named:
        namespace, rest = rest[1], rest[2:]
    if len(rest) > 3:
        raise no_resource()
    plural, name, subresource = (*rest, "", "")[:3]
    resource = resources.find(group, version, plural)
    if resource is None or (subresource and subresource not in resource.subresources):
        raise no_resource()
    if resource.namespaced == (not namespace) and (name or namespace):
        raise no_resource()
    return Target(resource, namespace, name, subresource)
