"""Which function answers which request: one table. Modules load for the first request that needs them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

import msgspec


class Route(msgspec.Struct, frozen=True):
    """A handler as `module:function` of this package.

    `read` and `review` are functions of the world and the request; a read has a past, a review is a POST that changes nothing. `write`
    is a coroutine of the same two. `stream` is a coroutine of the world, the request and the connection.
    """

    handler: str
    sort: Literal["read", "review", "write", "stream"] = "read"

    @property
    def function(self) -> Callable[..., Any]:
        """The handler itself."""
        module, _, name = self.handler.partition(":")
        function: Callable[..., Any] = getattr(import_module(f"simulator.serve.{module}"), name)
        return function


VERBS: dict[str, Route] = {
    "get": Route("reading:get"),
    "list": Route("reading:list_objects"),
    "watch": Route("watching:watch", "stream"),
    "create": Route("writing:write", "write"),
    "update": Route("writing:write", "write"),
    "patch": Route("writing:write", "write"),
    "delete": Route("writing:write", "write"),
    "deletecollection": Route("writing:delete_all", "write"),
}
"""What is done with resources in general, by the verb of Kubernetes."""

RESOURCES: dict[tuple[str, str, str], Route] = {
    ("*", "status", "get"): Route("reading:get"),
    ("*", "scale", "get"): Route("writing:get_part"),
    ("pods", "log", "get"): Route("logs:stream", "stream"),
    ("pods", "exec", "get"): Route("exec:execute", "stream"),
    ("pods", "exec", "create"): Route("exec:execute", "stream"),
    ("pods", "portforward", "get"): Route("exec:forward", "stream"),
    ("pods", "portforward", "create"): Route("exec:forward", "stream"),
    ("pods", "attach", "get"): Route("exec:attach", "stream"),
    ("pods", "attach", "create"): Route("exec:attach", "stream"),
    ("selfsubjectaccessreviews", "", "create"): Route("reviews:answer", "review"),
    ("subjectaccessreviews", "", "create"): Route("reviews:answer", "review"),
    ("localsubjectaccessreviews", "", "create"): Route("reviews:answer", "review"),
    ("selfsubjectrulesreviews", "", "create"): Route("reviews:answer", "review"),
    ("selfsubjectreviews", "", "create"): Route("reviews:answer", "review"),
    ("tokenreviews", "", "create"): Route("reviews:answer", "review"),
    ("serviceaccounts", "token", "create"): Route("reviews:token", "review"),
}
"""Resources and subresources with handlers of their own, by plural (or `*`), subresource and verb."""

PATHS: dict[tuple[str, str], Route] = {
    ("GET", "/"): Route("about:paths"),
    ("GET", "/version"): Route("about:version"),
    ("GET", "/healthz"): Route("about:healthy"),
    ("GET", "/livez"): Route("about:healthy"),
    ("GET", "/readyz"): Route("about:healthy"),
    ("GET", "/openid/v1/jwks"): Route("about:keys"),
    ("GET", "/api"): Route("discovery:core"),
    ("GET", "/apis"): Route("discovery:groups"),
    ("GET", "/openapi/v2"): Route("openapi:version_2"),
    ("GET", "/openapi/v3"): Route("openapi:index"),
    ("GET", "/podsim/clock"): Route("clock_api:read"),
    ("POST", "/podsim/clock"): Route("clock_api:move", "write"),
}
"""Paths that are about no resource."""
BELOW: dict[tuple[str, str], Route] = {
    ("GET", "/healthz/"): Route("about:healthy"),
    ("GET", "/livez/"): Route("about:healthy"),
    ("GET", "/readyz/"): Route("about:healthy"),
    ("GET", "/openapi/v3/"): Route("openapi:group_version"),
}
"""Paths by what they begin with."""


def for_resource(plural: str, subresource: str, verb: str) -> Route | None:
    """The route of a request about a resource."""
    for name in (plural, "*"):
        route = RESOURCES.get((name, subresource, verb))
        if route is not None:
            return route
    # What the API server writes of a part is decided where it writes objects.
    return VERBS.get(verb) if not subresource or verb in ("update", "patch", "create") else None


def for_path(method: str, path: str) -> Route | None:
    """The route of a path that is about no resource. HEAD is answered as GET."""
    method = "GET" if method == "HEAD" else method
    known = PATHS.get((method, path.rstrip("/") or "/"))
    return known or next((route for (verb, start), route in BELOW.items() if verb == method and path.startswith(start)), None)


def has_path(path: str) -> bool:
    """Whether a path is known for some method."""
    return any(known == (path.rstrip("/") or "/") for _, known in PATHS)
