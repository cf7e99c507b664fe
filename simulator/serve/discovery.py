"""What the server has: groups, versions, resources; in one document for new clients and in several for old ones."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from simulator.api.errors import ApiError
from simulator.api.paths import NoSuchPath, no_resource
from simulator.api.served import Part, Resource
from simulator.objects.base import JSON
from simulator.serve.http import AVAILABLE, JSON_MEDIA, Request, Response, accepted
from simulator.serve.session import World

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
DISCOVERY = "apidiscovery.k8s.io"


def core(world: World, request: Request) -> Response:
    """`/api`."""
    if _is_aggregated(request):
        return _aggregated(world, request, [""])
    host = request.headers.get("host", "")
    addresses = [{"clientCIDR": "0.0.0.0/0", "serverAddress": host}]
    return Response(value={"kind": "APIVersions", "versions": world.resources.versions[""], "serverAddressByClientCIDRs": addresses})


def groups(world: World, request: Request) -> Response:
    """`/apis`."""
    names = [name for name in world.resources.versions if name]
    if _is_aggregated(request):
        return _aggregated(world, request, names)
    return Response(value={"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(world, name) for name in names]})


def part(world: World, request: Request) -> Response:
    """`/apis/GROUP`, `/apis/GROUP/VERSION` or `/api/VERSION`. Raises NoSuchPath or ApiError."""
    words = request.path.strip("/").split("/")
    group, rest = ("", words[1:]) if words[0] == "api" else (words[1], words[2:])
    if group not in world.resources.versions:
        raise NoSuchPath(request.path)
    if not rest:
        return Response(value={"kind": "APIGroup", "apiVersion": "v1", **_group(world, group)})
    rows = world.resources.of(group, rest[0])
    if not rows:
        raise no_resource()
    listed = [entry for row in rows for entry in _entries(row)]
    version = {} if group == "" else {"apiVersion": "v1"}
    return Response(value={"kind": "APIResourceList", **version, "groupVersion": rows[0].api_version, "resources": listed})


def _group(world: World, name: str) -> JSON:
    versions = [{"groupVersion": f"{name}/{version}", "version": version} for version in world.resources.versions[name]]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _entries(row: Resource) -> list[JSON]:
    """A resource and its subresources, as the plain list has them."""
    whole: JSON = {"name": row.plural, "singularName": row.singular, "namespaced": row.namespaced, "kind": row.kind, "verbs": row.verbs}
    if row.short_names:
        whole["shortNames"] = row.short_names
    if row.categories:
        whole["categories"] = row.categories
    return [whole, *(_part_entry(row, name, piece) for name, piece in row.subresources.items())]


def _part_entry(row: Resource, name: str, piece: Part) -> JSON:
    entry: JSON = {"name": f"{row.plural}/{name}", "singularName": "", "namespaced": row.namespaced}
    if piece.version:
        entry |= {"group": piece.group, "version": piece.version}
    return {**entry, "kind": piece.kind or row.kind, "verbs": piece.verbs}


# ---- aggregated


def _is_aggregated(request: Request) -> bool:
    """Whether the client reads the aggregated document. Raises ApiError (NotAcceptable) when it reads nothing that there is."""
    entries = accepted(request.headers.get("accept", ""))
    for media in entries:
        if media.type not in (JSON_MEDIA, "*/*", "application/*"):
            continue
        if not media.form:
            return False
        if media.form == "APIGroupDiscoveryList" and media.parameters.get("v") == "v2" and media.parameters.get("g") == DISCOVERY:
            return True
    if entries:
        raise ApiError("NotAcceptable", f"only the following media types are accepted: {AVAILABLE}")
    return False


def _aggregated(world: World, request: Request, names: list[str]) -> Response:
    items = [_discovered(world, name) for name in names]
    value = {"kind": "APIGroupDiscoveryList", "apiVersion": f"{DISCOVERY}/v2", "metadata": {}, "items": items}
    return tagged(request, msgspec.json.encode(value), AGGREGATED)


def tagged(request: Request, body: bytes, media: str) -> Response:
    """An answer with an ETag; only that it has not changed when the client names it."""
    tag = f'"{hashlib.sha512(body).hexdigest().upper()}"'
    headers = {"etag": tag, "cache-control": "public", "vary": "Accept"}
    if request.headers.get("if-none-match") == tag:
        return Response(status=304, headers=headers, media="")
    return Response(body=body, media=media, headers=headers)


def _discovered(world: World, name: str) -> JSON:
    metadata = {"name": name} if name else {}
    versions = [
        {"version": version, "resources": [_resource(row) for row in world.resources.of(name, version)], "freshness": "Current"}
        for version in world.resources.versions[name]
    ]
    return {"metadata": metadata, "versions": versions}


def _resource(row: Resource) -> JSON:
    scope = "Namespaced" if row.namespaced else "Cluster"
    custom = {"group": row.group, "version": row.version} if row.is_custom else {"group": "", "version": ""}
    entry: dict[str, Any] = {
        "resource": row.plural,
        "responseKind": {**custom, "kind": row.kind},
        "scope": scope,
        "singularResource": row.singular,
        "verbs": row.verbs,
    }
    if row.short_names:
        entry["shortNames"] = row.short_names
    if row.categories:
        entry["categories"] = row.categories
    if row.subresources:
        entry["subresources"] = [_subresource(row, name, piece, custom) for name, piece in row.subresources.items()]
    return entry


def _subresource(row: Resource, name: str, piece: Part, custom: JSON) -> JSON:
    kind = {"group": piece.group, "version": piece.version} if piece.kind else custom
    return {"subresource": name, "responseKind": {**kind, "kind": piece.kind or row.kind}, "verbs": piece.verbs}
