"""The ASGI application: who asks, what for, and the function that answers; refusals as the API server writes them."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import parse_qs

import msgspec

from simulator.api.authorization.access import Access
from simulator.api.authorization.http import http_access
from simulator.api.authorization.request import ADMIN, MASTERS, AccessRequest, User
from simulator.api.errors import ApiError
from simulator.api.paths import NoSuchPath, Target, no_method, no_resource, parse
from simulator.api.status import code_of, status_of
from simulator.serve import routes
from simulator.serve.http import JSON_MEDIA, TEXT, YAML_MEDIA, Connection, Message, Receive, Request, Response, Send, accepted
from simulator.serve.limits import Bounds, check_depth, check_host, read_body
from simulator.serve.reading import ExpiredToken
from simulator.serve.routes import Route
from simulator.serve.session import World, wall
from simulator.serve.travel import Travel, split
from simulator.serve.users import user_of

DEPRECATED = {
    ("", "endpoints"): "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ("", "componentstatuses"): "v1 ComponentStatus is deprecated in v1.19+",
}
"""Warnings of resources, by group and plural."""
OPEN = ("/version", "/healthz", "/livez", "/readyz")
"""What anyone may read."""
VERBS = {"GET": ("list", "get"), "HEAD": ("", ""), "POST": ("create", ""), "PUT": ("", "update"), "PATCH": ("", "patch")}
"""What methods ask of a collection and of an object."""
NOT_FOUND = Response(status=404, body=b"404 page not found\n", media=TEXT)


class Traffic:
    """What is going on: for the clock that moves only while every client waits, and for limits."""

    def __init__(self) -> None:
        self.requests = 0
        self.streams = 0
        self.last = monotonic()

    def touch(self) -> None:
        """Something was sent or received."""
        self.last = monotonic()


class App:
    """The API server of a world. `token` is the administrator's; empty: everyone is."""

    def __init__(self, world: World, token: str = "", bounds: Bounds | None = None) -> None:
        self.world = world
        self.token = token
        self.bounds = bounds or Bounds()
        self.traffic = Traffic()
        self.before_read: Callable[[Request], Awaitable[None]] | None = None
        """What a clock does before objects are read."""

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one connection of ASGI."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        self.traffic.touch()
        connection = Connection(scope, receive, send)
        try:
            await self._connected(scope, connection)
        except ApiError as error:
            await _respond(connection, in_media(_refusal(error), _headers(scope)))
        except NoSuchPath:
            await _respond(connection, NOT_FOUND)
        except Exception as error:
            traceback.print_exc()
            broken = ApiError("InternalError", f"Internal error occurred: {error}", {"causes": [{"message": str(error)}]})
            await _respond(connection, _refusal(broken))
        finally:
            self.traffic.touch()

    async def _connected(self, scope: Mapping[str, Any], connection: Connection) -> None:
        headers = _headers(scope)
        check_host(headers, self.bounds)
        past, path = split(scope["path"])
        world: World = self.world if past is None else Travel(self.world, past)
        query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        method = scope.get("method", "GET")
        user = self._user(headers, world)
        request = Request(method=method, path=path, query=query, headers=headers, user=user, secret=self.token)
        route, request = self._routed(world, request)
        if route.sort == "stream" or scope["type"] == "websocket":
            await self._stream(world, route, request, connection)
            return
        self.traffic.requests += 1
        try:
            body = await read_body(connection, self.bounds)
            check_depth(body, headers, self.bounds)
            request = msgspec.structs.replace(request, body=body)
            if self.before_read is not None and route.sort == "read" and request.target is not None and past is None:
                await self.before_read(request)
            response = in_media(deprecated(await _answered(world, route, request), request), headers)
        finally:
            self.traffic.requests -= 1
        await _respond(connection, response, head=method == "HEAD")

    async def _stream(self, world: World, route: Route, request: Request, connection: Connection) -> None:
        if self.traffic.streams >= self.bounds.watches:
            raise ApiError("TooManyRequests", "The apiserver is overloaded: too many open watches", {"retryAfterSeconds": 1})

        async def send(message: Message) -> None:
            self.traffic.touch()
            await connection.send(message)

        async def receive() -> Message:
            message = await connection.receive()
            self.traffic.touch()
            return message

        self.traffic.streams += 1
        try:
            await route.function(world, request, Connection(connection.scope, receive, send))
        finally:
            self.traffic.streams -= 1

    # ---- who

    def _user(self, headers: Mapping[str, str], world: World) -> User:
        """The user of a request. Raises ApiError (Unauthorized, or Forbidden to act as another user)."""
        if not self.token and "impersonate-user" not in headers:
            return ADMIN
        return user_of(headers, self.token, world.reads, wall(world))

    # ---- what

    def _routed(self, world: World, request: Request) -> tuple[Route, Request]:
        """The route of a request that its user may make. Raises NoSuchPath or ApiError."""
        route = routes.for_path(request.method, request.path)
        if route is not None or not request.path.startswith(("/api/", "/apis/")):
            _authorize(world, request.user, AccessRequest(request.method.lower(), path=request.path))
            if route is None:
                raise no_method() if routes.has_path(request.path) else NoSuchPath(request.path)
            return route, request
        words = request.path.strip("/").split("/")
        if len(words) <= (2 if words[0] == "api" else 3):
            _authorize(world, request.user, AccessRequest(request.method.lower(), path=request.path))
            if request.method != "GET":
                raise no_method()
            return DISCOVERY, request
        request = _old_watch(request)
        try:
            target = parse(request.path, world.resources)
        except (NoSuchPath, ApiError):
            # What a user may not do is refused before it is looked up.
            _authorize(world, request.user, http_access(request.method, request.path))
            raise
        verb = verb_of(request, target)
        resource = target.resource
        where = target.namespace or (target.name if resource.plural == "namespaces" else "")
        access = AccessRequest(verb, resource.group, resource.plural, target.subresource, where, target.name)
        _authorize(world, request.user, access)
        route = routes.for_resource(resource.plural, target.subresource, verb)
        if route is None:
            raise no_resource() if target.subresource else no_method()
        return route, msgspec.structs.replace(request, target=target)


DISCOVERY = Route("discovery:part")


def _old_watch(request: Request) -> Request:
    """`/api/v1/watch/...`, which is a watch of the path without that word; of one object, by its name."""
    words = request.path.rstrip("/").split("/")
    at = 3 if words[1] == "api" else 4
    if words[at : at + 1] != ["watch"] or request.method != "GET":
        return request
    rest = words[at + 1 :]
    query = {**request.query, "watch": ["true"]}
    if len(rest) == (4 if rest[:1] == ["namespaces"] and len(rest) > 2 else 2):
        query["fieldSelector"] = [f"metadata.name={rest.pop()}"]
    return msgspec.structs.replace(request, path="/".join([*words[:at], *rest]), query=query)


def verb_of(request: Request, target: Target) -> str:
    """The verb of Kubernetes that a method is on a path. Raises ApiError (MethodNotAllowed)."""
    part = target.part
    allowed = target.resource.verbs if part is None else part.verbs
    if request.method == "DELETE":
        verb = "delete" if target.name else "deletecollection"
    else:
        verb = VERBS.get(request.method, ("", ""))[bool(target.name)]
    if part is not None and request.method == "POST":
        verb = "create"
    everywhere = target.resource.namespaced and not target.namespace and verb in ("create", "deletecollection")
    reviewed = verb == "create" and "list" not in target.resource.verbs
    if verb not in allowed or (everywhere and not reviewed):
        raise no_method()
    return "watch" if verb == "list" and request.flag("watch") else verb


def _authorize(world: World, user: User, access: AccessRequest) -> None:
    """Raise ApiError (Forbidden) unless the user may do that."""
    if MASTERS in user.groups or (access.path and access.path.rstrip("/") in OPEN):
        return
    if world.journal.header.authorization != "AlwaysAllow":
        Access(world.reads, user).check(access)


async def _answered(world: World, route: Route, request: Request) -> Response:
    if route.sort == "write":
        response: Response = await route.function(world, request)
        return response
    result: Response = route.function(world, request)
    return result


# ---- writing


def _headers(scope: Mapping[str, Any]) -> dict[str, str]:
    """Headers by their names in lower case; one that comes several times as a list."""
    headers: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers


def deprecated(response: Response, request: Request) -> Response:
    """The answer with the warning that the API server adds for a resource on its way out."""
    if request.target is None or (request.target.resource.group, request.target.resource.plural) not in DEPRECATED:
        return response
    text = DEPRECATED[request.target.resource.group, request.target.resource.plural]
    return msgspec.structs.replace(response, warnings=(text, *response.warnings))


def in_media(response: Response, headers: Mapping[str, str]) -> Response:
    """An answer as YAML, if the client asks for it first."""
    entries = accepted(headers.get("accept", ""))
    if response.media != JSON_MEDIA or not response.content or not entries or entries[0].type != YAML_MEDIA:
        return response
    from simulator.golang.yamltext import dump_yaml

    text = dump_yaml(msgspec.json.decode(response.content))
    return msgspec.structs.replace(response, value=None, body=text.encode(), media=YAML_MEDIA)


def _refusal(error: ApiError) -> Response:
    value = status_of(error)
    if isinstance(error, ExpiredToken):
        value["metadata"] = {"continue": error.token}
    seconds = (error.details or {}).get("retryAfterSeconds")
    headers = {"retry-after": str(seconds)} if seconds else {}
    return Response(status=code_of(error), value=value, headers=headers)


async def _respond(connection: Connection, response: Response, *, head: bool = False) -> None:
    content = b"" if head else response.content
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    if response.media:
        headers.append((b"content-type", response.media.encode()))
    if response.status not in (204, 304):
        headers.append((b"content-length", str(len(content)).encode()))
    if "cache-control" not in response.headers:
        headers.append((b"cache-control", b"no-cache, private"))
    headers += [(b"warning", b'299 - "' + _quoted(text) + b'"') for text in response.warnings]
    if connection.scope["type"] == "websocket":
        # Before it is accepted, a WebSocket can be answered as any other request.
        await connection.send({"type": "websocket.http.response.start", "status": response.status, "headers": headers})
        await connection.send({"type": "websocket.http.response.body", "body": content})
        return
    await connection.send({"type": "http.response.start", "status": response.status, "headers": headers})
    await connection.send({"type": "http.response.body", "body": content})


def _quoted(text: str) -> bytes:
    return text.replace("\\", "\\\\").replace('"', '\\"').encode("utf-8", "replace")


async def _live(receive: Receive, send: Send) -> None:
    """Start and stop with the server."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
