"""The action `request:`: a request to the API server as a client has sent it, so that a served session can be played again."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from simulator.api import ApiServer
from simulator.api.errors import ApiError
from simulator.api.paths import NoSuchPath, no_resource, parse
from simulator.api.requests import Call, Reply, perform
from simulator.api.served import Resources
from simulator.dialect import Dialect
from simulator.errors import UsageError
from simulator.journal.records import Cause
from simulator.scenario.read_options import REQUEST
from simulator.scenario.spec import Action


class Sent(NamedTuple):
    """A request as it arrived. `body` as bytes."""

    method: str
    path: str
    query: Mapping[str, Sequence[str]]
    content_type: str = ""
    agent: str = ""
    body: bytes = b""


def action_of(sent: Sent, at: int, path: str) -> Action:
    """The action that repeats a request. A body of JSON is written as such, another one as text or in base64."""
    query = urlencode(sent.query, doseq=True)
    target = f"{sent.method} {quote(sent.path)}{'?' if query else ''}{query}"
    options: dict[str, Any] = {"contentType": sent.content_type, "userAgent": sent.agent, **_body(sent.body)}
    return Action(at, REQUEST, target, {name: value for name, value in options.items() if value not in ("", None)}, path)


def _body(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if isinstance(value, dict | list):
        return {"body": value}
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def sent_of(action: Action) -> Sent:
    """The request that an action repeats."""
    method, _, target = action.target.partition(" ")
    parts, options = urlsplit(target), action.options
    body = b""
    if "body" in options:
        body = json.dumps(options["body"]).encode()
    elif "text" in options:
        body = options["text"].encode()
    elif "base64" in options:
        body = base64.b64decode(options["base64"])
    query = parse_qs(parts.query, keep_blank_values=True)
    return Sent(method, unquote(parts.path), query, options.get("contentType", ""), options.get("userAgent", ""), body)


def carry_out(api: ApiServer, dialect: Dialect, sent: Sent, cause: Cause) -> Reply:
    """Send a request to the API server. Raises ApiError."""
    try:
        target = parse(sent.path, Resources(api.store))
    except NoSuchPath as error:
        raise no_resource() from error
    call = Call(sent.method, target.resource.as_kind, target.key, sent.query, sent.content_type, sent.agent, sent.body, target.subresource)
    try:
        return perform(api, dialect, call, cause)
    except UsageError as error:
        # What podsim's own limits refuse ends no session and no run.
        raise ApiError("Forbidden", str(error), {}) from error
