"""What a request may be: how large, how deep, from where. The API server's own answers to what is too much."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from simulator.api.errors import ApiError
from simulator.limits import limit
from simulator.serve.http import Connection

BODY = 3 * 2**20
"""Bytes of a body, as the API server has it."""
HEADERS = 16 * 2**10
ABSURD = 8
"""So many times as large a body is not even read to its end."""
DEPTH = 100
"""How deep a body may be nested."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one server. `hosts`: by which names it may be called; empty: by any."""

    body: int = BODY
    depth: int = DEPTH
    watches: int = 1000
    hosts: tuple[str, ...] = LOOPBACK


def bounds(hosts: tuple[str, ...] = LOOPBACK) -> Bounds:
    """The bounds that PODSIM_LIMITS sets."""
    return Bounds(watches=limit("watches"), hosts=hosts)


def check_host(headers: Mapping[str, str], allowed: Bounds) -> None:
    """Refuse requests under another host's name, which a browser was made to send, and those of other pages. Raises ApiError."""
    if not allowed.hosts:
        return
    host = _name(headers.get("host", ""))
    origin = headers.get("origin", "")
    if host and host not in allowed.hosts:
        raise ApiError("Forbidden", f'podsim serve is not called "{host}": use {allowed.hosts[0]}', {})
    if origin and _name(origin.partition("://")[2]) not in allowed.hosts:
        raise ApiError("Forbidden", f'podsim serve does not answer pages of "{origin}"', {})


def _name(host: str) -> str:
    """A host without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.rpartition(":")[0] if ":" in host else host


async def read_body(connection: Connection, allowed: Bounds) -> bytes:
    """The body of a request. Raises ApiError (RequestEntityTooLarge), after the whole body: clients read no answer before."""
    parts, size = [], 0
    while True:
        message = await connection.receive()
        part = message.get("body", b"")
        size += len(part)
        if size <= allowed.body:
            parts.append(part)
        if size > ABSURD * allowed.body or not message.get("more_body"):
            break
    if size > allowed.body:
        raise ApiError("RequestEntityTooLarge", f"Request entity too large: limit is {allowed.body}")
    return b"".join(parts)


def check_depth(body: bytes, headers: Mapping[str, str], allowed: Bounds) -> None:
    """Refuse a body that is nested too deep. Raises ApiError (BadRequest)."""
    if body.count(b"{") + body.count(b"[") + body.count(b"\n") <= allowed.depth or "protobuf" in headers.get("content-type", ""):
        return
    depth, in_text, skip = 0, False, False
    for byte in body:
        if skip:
            skip = False
        elif in_text:
            skip = byte == 0x5C
            in_text = byte != 0x22
        elif byte == 0x22:
            in_text = True
        elif byte in (0x7B, 0x5B):
            depth += 1
            if depth > allowed.depth:
                raise ApiError("BadRequest", f"the body of the request is nested more than {allowed.depth} levels deep", {})
        elif byte in (0x7D, 0x5D):
            depth -= 1
