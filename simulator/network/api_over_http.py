"""The API server's answers to plain HTTP of containers (`curl https://kubernetes.default.svc/api/v1/...`)."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from simulator.api.authorization.access import Access
from simulator.api.authorization.http import http_access
from simulator.api.authorization.request import AccessDenied
from simulator.api.authorization.tokens import bearer
from simulator.journal.store import Store
from simulator.network.reads import read_objects
from simulator.objects.kinds import kind_for_word
from simulator.objects.pod import Pod
from simulator.process.host import Reply
from simulator.process.world import ApiGet, HttpRequest, HttpResponse

_PATH = re.compile(
    r"/(?:api/v1|apis/(?P<group>[^/]+)/[^/]+)(?:/namespaces/(?P<namespace>[^/]+)(?=/))?/(?P<plural>[a-z]+)(?:/(?P<name>[^/]+))?(?:/status)?/?"
)
_HEALTH = re.compile(r"/(?:healthz|livez|readyz)(?:/.*)?")
READS = frozenset({"GET", "HEAD"})


UNAUTHORIZED = "Unauthorized"


def refusal(store: Store, request: HttpRequest, pod: Pod) -> Reply | None:
    """The answer to a request that is not authenticated (401) or not allowed (403); None: it is allowed.

    `pod` is the one whose container sends the request; a request without a token is the anonymous user's.
    """
    header = next((value for name, value in request.headers if name.lower() == "authorization"), "")
    user = bearer(pod, header)
    if user is None:
        return Reply(_failure(401, UNAUTHORIZED, UNAUTHORIZED))
    try:
        Access(store, user).check(http_access(request.method, request.url))
    except AccessDenied as error:
        denied = error.request
        details = {name: value for name, value in (("name", denied.name), ("group", denied.group), ("kind", denied.resource)) if value}
        return Reply(_failure(403, error.message, error.reason, details), denied=error)
    return None


def answer(store: Store, request: HttpRequest, namespace: str) -> HttpResponse | None:
    """The API server's answer to a read; None: the request writes, or asks for something that is not stored here."""
    parts = urlsplit(request.url)
    path = unquote(parts.path) or "/"
    if request.method not in READS:
        return None
    if _HEALTH.fullmatch(path):
        return HttpResponse(200, "ok")
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    word = match["plural"]
    if match["group"] and kind_for_word(word) is None:
        word = f"{word}.{match['group']}"
    selector = parse_qs(parts.query).get("labelSelector", [""])[0]
    everywhere = match["namespace"] or ("*" if match["name"] is None else namespace)
    result = read_objects(store, ApiGet(word, match["name"], everywhere, selector), namespace)
    if isinstance(result, str):
        return _failure(404, "the server could not find the requested resource", "NotFound")
    if result is None:
        return _failure(404, f'{word} "{match["name"]}" not found', "NotFound")
    return _json(200, result if isinstance(result, dict) else _list(result, word))


def _list(items: list[dict[str, Any]], word: str) -> dict[str, Any]:
    kind = kind_for_word(word)
    version = kind.api_version if kind is not None else "v1"
    return {"kind": f"{kind.name if kind is not None else 'Custom'}List", "apiVersion": version, "metadata": {}, "items": items}


def _failure(code: int, message: str, reason: str, details: dict[str, str] | None = None) -> HttpResponse:
    head = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason}
    return _json(code, {**head, **({} if details is None else {"details": details}), "code": code})


def _json(code: int, value: dict[str, Any]) -> HttpResponse:
    """JSON as the API server writes it for curl and wget: indented by two."""
    return HttpResponse(code, json.dumps(value, indent=2) + "\n", (("Content-Type", "application/json"),))
