"""The action `request:`: a request to the API server as a client has sent it, so that a served session can be played again."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from simulator.api import ApiServer, versions
from simulator.api.bodies import decode_body
from simulator.api.errors import ApiError
from simulator.api.paths import NoSuchPath, no_resource, parse
from simulator.api.requests import Call, Reply, perform
from simulator.api.served import Resource, Resources
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


def _stored(call: Call, resource: Resource) -> Call:
    """A request about another version than the stored one, with its object as it is stored. Raises ApiError."""
    if call.method not in ("POST", "PUT"):
        return call
    value = versions.stored(decode_body(call.body, call.content_type, call.kind.name).value, resource)
    return call._replace(body=json.dumps(value).encode(), content_type="application/json")


def _in_version(reply: Reply, resource: Resource) -> Reply:
    """The answer in the version that the request is about."""
    is_object = reply.value.get("kind") == resource.kind and reply.value.get("apiVersion") != resource.api_version
    return reply._replace(value=versions.converted(reply.value, resource)) if is_object else reply


def carry_out(api: ApiServer, dialect: Dialect, sent: Sent, cause: Cause) -> Reply:
    """Send a request to the API server. Raises ApiError."""
    try:
        target = parse(sent.path, Resources(api.store))
    except NoSuchPath as error:
        raise no_resource() from error
    resource = target.resource
    call = Call(sent.method, resource.as_kind, target.key, sent.query, sent.content_type, sent.agent, sent.body, target.subresource)
    try:
        if versions.is_other(resource) and not target.subresource:
            return _in_version(perform(api, dialect, _stored(call, resource), cause), resource)
        return perform(api, dialect, call, cause)
    except UsageError as error:
        # What podsim's own limits refuse ends no session and no run.
        raise ApiError("Forbidden", str(error), {}) from error
