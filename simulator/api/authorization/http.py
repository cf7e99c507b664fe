"""HTTP requests as authorization sees them (apiserver/pkg/endpoints/request/requestinfo.go)."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

from simulator.api.authorization.request import AccessRequest

VERBS = {"POST": "create", "GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
NAMESPACE_PARTS = ("status", "finalize")
"""Subresources of a Namespace; anything else behind its name is a resource in it."""
_EXACT_NAME = re.compile(r"metadata\.name==?([^,!=]+)")


def http_access(method: str, url: str) -> AccessRequest:
    """The request of an HTTP method on a URL. Lists of a single object, by a field selector, have its name."""
    parts = urlsplit(url)
    path = unquote(parts.path) or "/"
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    words = [word for word in path.split("/") if word]
    if not words or words[0] not in ("api", "apis") or len(words) < (3 if words[0] == "api" else 4):
        return AccessRequest(method.lower(), path=path)
    group, words = ("", words[2:]) if words[0] == "api" else (words[1], words[3:])
    verb = VERBS.get(method, method.lower())
    if words[0] == "watch" and len(words) > 1:
        verb, words = "watch", words[1:]
    namespace = ""
    if words[0] == "namespaces" and len(words) > 1:
        namespace = words[1]
        if len(words) > 2 and words[2] not in NAMESPACE_PARTS:
            words = words[2:]
    resource, name, subresource = (*words[:3], "", "")[:3]
    if not name and verb == "get":
        verb = "watch" if query.get("watch") in ("", "true", "1") else "list"
    if not name and verb == "delete":
        verb = "deletecollection"
    selected = _EXACT_NAME.fullmatch(query.get("fieldSelector", ""))
    if not name and selected is not None and verb in ("list", "watch", "deletecollection"):
        name = selected[1]
    return AccessRequest(verb, group, resource, subresource, namespace, name)
