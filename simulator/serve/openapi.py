"""`/openapi/v3` and `/openapi/v2`: the API described, for kubectl's explain and validation, and for clients that build on types."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from simulator.api.served import DEFINITION, Resource, built_in
from simulator.manifest.published import full_name, schemas
from simulator.manifest.schema import served
from simulator.objects.base import JSON
from simulator.objects.kinds import Unstructured
from simulator.serve.http import TEXT, YAML_MEDIA, Request, Response, accepted
from simulator.serve.session import World

V2_PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"
EMPTY_V2 = b"\n\x032.0\x12\x00B\x00"
"""A description without definitions: kubectl then says of an unknown kind what it says of one that the server does not have."""
ACTIONS = {"get": "get", "put": "update", "delete": "delete", "patch": "patch", "post": "create"}
WRITE_OPTIONS = ("dryRun", "fieldManager", "fieldValidation")
LIST_OPTIONS = ("limit", "continue", "labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch")
DELETE_OPTIONS = ("dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy")
NUMBERS = ("limit", "gracePeriodSeconds")
PATCHES = ("json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml")
REFERENCES = {"v2": "#/definitions/", "v3": "#/components/schemas/"}


def index(world: World, request: Request) -> Response:
    """`/openapi/v3`: where each group version is described; with a slash behind it, there is nothing."""
    if request.path.endswith("/"):
        return Response(status=404, media="")
    versions = [(group, version) for group, of in world.resources.versions.items() for version in of]
    paths = {_path(*one): {"serverRelativeURL": f"/openapi/v3/{_path(*one)}?hash={_hash(world, *one)}"} for one in versions}
    return Response(value={"paths": dict(sorted(paths.items()))}, media=TEXT)


def group_version(world: World, request: Request) -> Response:
    """`/openapi/v3/apis/apps/v1`: one version of a group; a stale hash is sent to the present one."""
    if _wants_yaml(request):
        return Response(status=406, media="")
    rest = request.path.removeprefix("/openapi/v3/").strip("/")
    group, version = ("", rest.removeprefix("api/")) if rest.startswith("api/") else rest.removeprefix("apis/").rpartition("/")[::2]
    resources = world.resources.of(group, version)
    if not resources or _path(group, version) != rest:
        return Response(status=404, media="")
    digest = _hash(world, group, version)
    headers = {"etag": f'"{digest}"', "cache-control": "public, immutable" if "hash" in request.query else "no-cache, private"}
    if request.option("hash", digest) != digest:
        return Response(status=301, headers={**headers, "location": f"{request.path}?hash={digest}"})
    if request.headers.get("if-none-match") == f'"{digest}"':
        return Response(status=304, headers=headers, media="")
    body = _custom_document(world, resources) if resources[0].is_custom else _document(group, version)
    return Response(body=body, headers=headers)


def version_2(_world: World, request: Request) -> Response:
    """`/openapi/v2`: every definition as JSON; as protobuf, in which kubectl asks, an empty description."""
    if "protobuf" in request.headers.get("accept", ""):
        return Response(body=EMPTY_V2, media=V2_PROTOBUF)
    if _wants_yaml(request):
        return Response(status=406, media="")
    return Response(body=_definitions())


def _wants_yaml(request: Request) -> bool:
    """Whether a client reads nothing but YAML, in which the API is not described."""
    entries = accepted(request.headers.get("accept", ""))
    return bool(entries) and all(entry.type == YAML_MEDIA for entry in entries)


def _path(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _hash(world: World, group: str, version: str) -> str:
    """Names the description of a group version; that of a custom one changes with its definitions."""
    resources = world.resources.of(group, version)
    definitions = [item.content for item in _definitions_of(world, resources)] if resources and resources[0].is_custom else []
    text = msgspec.json.encode([group, version, world.journal.header.podsim, definitions])
    return hashlib.sha512(text).hexdigest().upper()


def _definitions_of(world: World, resources: list[Resource]) -> list[Unstructured]:
    names = {f"{row.plural}.{row.group}" for row in resources}
    items = [item for item in world.reads.objects(DEFINITION) if isinstance(item, Unstructured)]
    return [item for item in items if item.metadata.name in names]


# ---- documents


@lru_cache(maxsize=64)
def _document(group: str, version: str) -> bytes:
    """The description of a version of a built-in group."""
    resources = [row for row in built_in() if (row.group, row.version) == (group, version)]
    names = {row.kind: entry.type for row in resources if (entry := served(row.api_version, row.kind)) is not None}
    rows = [(row, names[row.kind]) for row in resources if row.kind in names]
    lists = [f"{name}List" for row, name in rows if "list" in row.verbs]
    parts = ["autoscaling.v1.Scale"] if any("scale" in row.subresources for row in resources) else []
    types = schemas([*names.values(), *lists, *parts, "meta.v1.DeleteOptions"])
    for row, name in rows:
        _mark(types, full_name(name), _gvk(row))
        _mark(types, full_name(f"{name}List"), {**_gvk(row), "kind": f"{row.kind}List"})
    paths = [path for row in resources for path in _paths(row, full_name(names[row.kind]) if row.kind in names else "").items()]
    return _as_document("3.0.0", dict(paths), types)


def _mark(types: dict[str, JSON], name: str, kind: JSON) -> None:
    """Say which kind a type is."""
    if name in types:
        types[name] = {**types[name], "x-kubernetes-group-version-kind": [kind]}


def _as_document(openapi: str, paths: JSON, types: JSON) -> bytes:
    info = {"title": "Kubernetes", "version": "podsim"}
    return msgspec.json.encode({"openapi": openapi, "info": info, "paths": paths, "components": {"schemas": types}})


@lru_cache(maxsize=1)
def _definitions() -> bytes:
    """Every built-in type in the form of OpenAPI v2."""
    rows = [(row, entry.type) for row in built_in() if (entry := served(row.api_version, row.kind)) is not None]
    types = schemas((name for _, name in rows), REFERENCES["v2"])
    for row, name in rows:
        _mark(types, full_name(name), _gvk(row))
    info = {"title": "Kubernetes", "version": "podsim"}
    return msgspec.json.encode({"swagger": "2.0", "info": info, "paths": {}, "definitions": types})


def _custom_document(world: World, resources: list[Resource]) -> bytes:
    """The description of a version of custom resources, from their definitions."""
    types = schemas(["meta.v1.ObjectMeta", "meta.v1.DeleteOptions"])
    paths: JSON = {}
    for item in _definitions_of(world, resources):
        spec = item.content.get("spec") or {}
        row = next(one for one in resources if one.plural == (spec.get("names") or {}).get("plural"))
        version: JSON = next((one for one in spec.get("versions") or () if one.get("name") == row.version), {})
        name = f"{'.'.join(reversed(row.group.split('.')))}.{row.version}.{row.kind}"
        types[name] = {**_custom_schema(version), "x-kubernetes-group-version-kind": [_gvk(row)]}
        paths |= _paths(row, name)
    return _as_document("3.0.0", paths, types)


def _custom_schema(version: JSON) -> JSON:
    """The schema of a custom resource with what every object has."""
    schema: JSON = (version.get("schema") or {}).get("openAPIV3Schema") or {"type": "object"}
    meta = {"allOf": [{"$ref": f"{REFERENCES['v3']}{full_name('meta.v1.ObjectMeta')}"}], "description": "Standard object's metadata."}
    own = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": meta}
    return {
        **schema,
        "type": "object",
        "properties": {**own, **{k: v for k, v in (schema.get("properties") or {}).items() if k not in own}},
    }


# ---- paths


def _gvk(row: Resource) -> JSON:
    return {"group": row.group, "kind": row.kind, "version": row.version}


def _paths(row: Resource, schema: str) -> JSON:
    """The paths of a resource."""
    start = f"/{_path(row.group, row.version)}"
    within = f"{start}/namespaces/{{namespace}}/{row.plural}" if row.namespaced else f"{start}/{row.plural}"
    one = f"{within}/{{name}}"
    paths: JSON = {}
    if row.namespaced and "list" in row.verbs:
        paths[f"{start}/{row.plural}"] = {"get": _operation(row, "get", schema, LIST_OPTIONS)}
    collection = {"get": ("list", LIST_OPTIONS), "post": ("create", WRITE_OPTIONS), "delete": ("deletecollection", DELETE_OPTIONS)}
    item = {
        "get": ("get", ()),
        "put": ("update", WRITE_OPTIONS),
        "patch": ("patch", (*WRITE_OPTIONS, "force")),
        "delete": ("delete", DELETE_OPTIONS),
    }
    for path, operations in ((within, collection), (one, item)):
        known = {method: _operation(row, method, schema, options) for method, (verb, options) in operations.items() if verb in row.verbs}
        if known:
            paths[path] = {**known, "parameters": _variables(path)}
    for name, part in row.subresources.items():
        own = {"get": "get", "put": "update", "patch": "patch", "post": "create"}
        known = {
            method: _operation(row, method, schema, WRITE_OPTIONS if method != "get" else ()) for method in own if own[method] in part.verbs
        }
        paths[f"{one}/{name}"] = {**known, "parameters": _variables(one)}
    return paths


def _variables(path: str) -> list[JSON]:
    names = [name for name in ("namespace", "name") if f"{{{name}}}" in path]
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _operation(row: Resource, method: str, schema: str, options: tuple[str, ...]) -> JSON:
    reference = {"schema": {"$ref": f"{REFERENCES['v3']}{schema}"}} if schema else {"schema": {"type": "object"}}
    media = [f"application/{name}" for name in PATCHES] if method == "patch" else ["*/*"]
    body = {"schema": {"type": "object"}} if method == "patch" else reference
    parameters = [
        {"name": name, "in": "query", "schema": {"type": "integer" if name in NUMBERS else "boolean" if name == "force" else "string"}}
        for name in options
    ]
    return {
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": {"content": dict.fromkeys(media, body)}} if method in ("put", "post", "patch") else {}),
        "responses": {"200": {"description": "OK", "content": {"application/json": reference}}},
        "x-kubernetes-action": ACTIONS[method],
        "x-kubernetes-group-version-kind": _gvk(row),
    }
