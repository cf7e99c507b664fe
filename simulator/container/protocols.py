"""Replies of a container that accepts connections, to HTTP requests and in other protocols. Pure but for the files that are served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from simulator.container.behavior import Behavior
from simulator.container.health_endpoints import healthy_answer
from simulator.container.hosts_file import Entry
from simulator.container.queries import CONNECTED, QueryResult, denied_result
from simulator.process.host import Reply
from simulator.process.unknown_text import UNKNOWN_TEXT, is_unknown_text
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
"""Where an assumption goes: its text, and its reason."""


def http_reply(listener: Behavior, request: HttpRequest, port: int, now: int, note: Note) -> Reply:
    """The reply of a listener to an HTTP request. One that takes as long as the request's timeout is a timeout.

    Where no rule gives the answer, the server is assumed to be healthy, and `note` gets that assumption; else it sends unknown text.
    """
    path = urlsplit(request.url if "://" in request.url else f"http://{request.url}").path or "/"
    answer = listener.http(port, unquote(path), now)
    if request.timeout is not None and answer.delay >= request.timeout:
        return Reply(NetError.TIMED_OUT, request.timeout)
    text = answer.text
    if answer.assumed:
        text = healthy_answer(port, request.url) or unknown_body(request)
    body = "" if request.method == "HEAD" else text
    if answer.assumed and body and not is_unknown_text(body):
        note(f"{request.url.partition('?')[0]} answers {body.rstrip()}", "as a healthy server does")
    return Reply(HttpResponse(answer.code, body, (("Content-Length", str(len(body.encode()))),)), answer.delay)


def unknown_body(request: HttpRequest) -> str:
    """The body of a successful answer of which nothing is known."""
    return "" if request.method == "HEAD" else f"{UNKNOWN_TEXT}\n"


def exchange_reply(listener: Behavior, request: Exchange, now: int) -> Reply:
    """The reply to a request in another protocol. A server that listens is assumed to be healthy; of a gRPC server the health is asked."""
    if request.protocol == "grpc":
        answer = listener.http(request.port, request.request, now)
        return Reply("" if answer.code == 200 else "-NOT_SERVING", answer.delay)
    return Reply("imok" if request.protocol == "tcp" and request.request.strip() == "ruok" else "")


def with_address(request: WorldRequest, entries: Mapping[str, Entry]) -> WorldRequest:
    """The request with a host that has an entry in /etc/hosts replaced by its address."""
    match request:
        case Ping(host) | Connect(host, _) | Exchange(_, host, _) if host.lower() in entries:
            return replace(request, host=entries[host.lower()].address)
        case HttpRequest(_, url):
            host = host_and_port(url)[0]  # in lower case, which the URL need not be
            if host in entries:
                start = url.lower().index(host, url.find("://") + 1)
                return replace(request, url=url[:start] + entries[host].address + url[start + len(host) :])
    return request


ERRORS = {
    NetError.UNKNOWN_NAME: "no such host",
    NetError.NO_DNS: "DNS does not answer",
    NetError.DNS_REFUSED: "DNS refuses queries",
    NetError.DNS_FAILED: "DNS answers SERVFAIL",
    NetError.REFUSED: "connection refused",
    NetError.TIMED_OUT: "timed out",
    NetError.UNREACHABLE: "no route to host",
    NetError.RESET: "connection reset",
}
"""What a container reports when the network refuses."""


def query_result(request: WorldRequest, reply: Reply) -> QueryResult | None:
    """The result to record for a request; None when the request asks nothing of the outside."""
    value = reply.value
    error = ERRORS[value] if isinstance(value, NetError) else ""
    if reply.denied is not None:
        return denied_result(reply.denied, *(host_and_port(request.url) if isinstance(request, HttpRequest) else ()))
    match request:
        case Resolve(host) | Ping(host):
            return QueryResult(error or "found", not error, host)
        case Connect(host, port):
            return QueryResult(error or CONNECTED, not error, host, port)
        case Exchange(_, host, port):
            refusal = value[1:] if isinstance(value, str) and value.startswith("-") else ""
            return QueryResult(error or refusal or CONNECTED, not (error or refusal), host, port)
        case HttpRequest(_, url):
            status = value.status if isinstance(value, HttpResponse) else 0
            return QueryResult(error or f"HTTP {status}", not error and status < 400, *host_and_port(url))
        case ApiGet(kind, name, namespace, _, verb) if verb:
            about, refusal = f"{kind}/{name}" if name else kind, value if isinstance(value, str) else ""
            return QueryResult(refusal or "allowed", not refusal, object=about, namespace=namespace or "")
        case ApiGet(kind, name, namespace, selector):
            return _api_result(kind, name or selector, namespace, value)
    return None


def _api_result(kind: str, name: str, namespace: str | None, value: object) -> QueryResult:
    """The API server's answer about an object (`pods/db-0`), or about those that a selector matches."""
    about = f"{kind}/{name}" if name else kind
    refused = isinstance(value, str)
    answer = str(value) if refused else "not found" if not value else f"{len(value)} found" if isinstance(value, list) else "found"
    return QueryResult(answer, bool(value) and not refused, object=about, namespace=namespace or "")
