"""Talking to a container over the network, once connected: what HTTP requests and other protocols hear. Pure but for the files served."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from simulator.container.answers import Answer
from simulator.container.behavior import Behavior
from simulator.container.health_endpoints import healthy_answer
from simulator.container.queries import CONNECTED, Heard
from simulator.process.host import Reply
from simulator.process.world import ApiGet, Connect, Exchange, HttpRequest, HttpResponse, NetError, Ping, Resolve, WorldRequest

PORTS = {"http": 80, "https": 443, "": 80, "ws": 80, "wss": 443, "ftp": 21}


def host_and_port(url: str) -> tuple[str, int]:
    """Where a URL leads; port 0 when it makes no sense."""
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        return parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        return "", 0


Note = Callable[[str, str], object]
"""Where an assumption goes: what, and why."""


def requested(listener: Behavior, request: HttpRequest, port: int, now: int, note: Note) -> Reply:
    """The answer of who listens to an HTTP request; a late one is a time-out. What nobody described is taken to be healthy, and says so."""
    path = urlsplit(request.url if "://" in request.url else f"http://{request.url}").path or "/"
    answer = listener.http(port, unquote(path), now)
    if request.timeout is not None and answer.delay >= request.timeout:
        return Reply(NetError.TIMED_OUT, request.timeout)
    text = healthy_answer(port, request.url) if answer.assumed else answer.text
    if answer.assumed and text and request.method != "HEAD":
        note(f"{request.url.partition('?')[0]} answers {text.rstrip()}", "as healthy servers do there")
    body = "" if request.method == "HEAD" else text
    return Reply(HttpResponse(answer.code, body, (("Content-Length", str(len(text.encode()))),)), answer.delay)


def exchanged(listener: Behavior, request: Exchange, now: int) -> Reply:
    """The answer to a request in another protocol: servers are taken to be healthy once they listen; gRPC asks for its health."""
    if request.protocol == "grpc":
        answer = listener.http(request.port, request.request, now)
        return Reply("" if answer.code == 200 else "-NOT_SERVING", answer.delay)
    return Reply("imok" if request.protocol == "tcp" and request.request.strip() == "ruok" else "")


def aliased(request: WorldRequest, aliases: dict[str, str]) -> WorldRequest:
    """A request with the address in it of a host whose name the pod has in its /etc/hosts."""
    match request:
        case Resolve(name) if name in aliases:
            return replace(request, name=aliases[name])
        case Ping(host) | Connect(host, _) | Exchange(_, host, _) if host in aliases:
            return replace(request, host=aliases[host])
        case HttpRequest(_, url) if host_and_port(url)[0] in aliases:
            host = host_and_port(url)[0]
            return replace(request, url=url.replace(host, aliases[host], 1))
    return request


ERRORS = {
    NetError.UNKNOWN_NAME: "no such host",
    NetError.NO_DNS: "DNS does not answer",
    NetError.REFUSED: "connection refused",
    NetError.TIMED_OUT: "timed out",
    NetError.UNREACHABLE: "no route to host",
    NetError.RESET: "connection reset",
}
"""What a container hears when the network says no."""


def hearing(request: WorldRequest, reply: Reply) -> Heard | None:
    """What a container heard to a question that it asked of the world; None when it was no question."""
    value = reply.value
    error = ERRORS[value] if isinstance(value, NetError) else ""
    match request:
        case Resolve(host) | Ping(host):
            return Heard(error or "found", not error, host)
        case Connect(host, port):
            return Heard(error or CONNECTED, not error, host, port)
        case Exchange(_, host, port):
            refusal = value[1:] if isinstance(value, str) and value.startswith("-") else ""
            return Heard(error or refusal or CONNECTED, not (error or refusal), host, port)
        case HttpRequest(_, url):
            status = value.status if isinstance(value, HttpResponse) else 0
            return Heard(error or f"HTTP {status}", not error and status < 400, *host_and_port(url))
        case ApiGet(kind, name, namespace, selector):
            return _of_api(kind, name or selector, namespace, value)
    return None


def _of_api(kind: str, name: str, namespace: str | None, value: object) -> Heard:
    """What the API server said to a question about an object (`pods/db-0`) or about those that a selector picks."""
    about = f"{kind}/{name}" if name else kind
    refused = isinstance(value, str)
    found = str(value) if refused else "not found" if not value else f"{len(value)} found" if isinstance(value, list) else "found"
    return Heard(found, bool(value) and not refused, object=about, namespace=namespace or "")


def served(files: object, root: str, path: str) -> Answer | None:
    """What a web server with that document root sends; None when the root is not known, because the image holds it."""
    from simulator.container.filesystem import FileSystem
    from simulator.process.effects import Stat

    if not isinstance(files, FileSystem) or not isinstance(files.stat(root), Stat):
        return None
    if isinstance(files.stat(posixpath.join(root, ".git")), Stat):
        return None  # a clone: nobody knows what is in the repository
    place = posixpath.join(root, posixpath.normpath("/" + path).lstrip("/"))
    found = files.stat(place)
    if isinstance(found, Stat) and found.kind == "dir":
        names = files.list(place)
        listing = "".join(f'<li><a href="{name}">{name}</a></li>\n' for name in names) if isinstance(names, tuple) else ""
        text = files.read(posixpath.join(place, "index.html"))
        return Answer(200, text if isinstance(text, str) else f"<ul>\n{listing}</ul>\n", 0)
    text = files.read(place)
    return Answer(200, text, 0) if isinstance(text, str) else Answer(404, "404 Not Found\n", 0)
