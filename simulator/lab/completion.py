"""What can be typed at a place of a YAML file: keys and values of podsim's schema for Scenarios, and of the API's table of fields. Pure."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from simulator.manifest.schema import fields, served, served_kinds
from simulator.objects.base import JSON
from simulator.scenario.schema_files import schema_file

_LINE = re.compile(r"^(?P<indent> *)(?P<dashes>(?:- +)*)(?:(?P<key>[\w./*-]+|\"[^\"]*\")\s*:)?")
_FLOW = re.compile(r"([{}\[\],])|([\w./*-]+|\"[^\"]*\")\s*:(?=\s|$)")
_HEAD = re.compile(r"^(apiVersion|kind): *[\"']?([\w./]+)", re.MULTILINE)
KINDS = {
    "s": "text",
    "i": "number",
    "l": "number",
    "b": "true or false",
    "f": "number",
    "Q": "quantity",
    "I": "number or text",
    "T": "time",
}
ENUMS = {
    "restartPolicy": ("Always", "OnFailure", "Never"),
    "imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "podManagementPolicy": ("OrderedReady", "Parallel"),
    "concurrencyPolicy": ("Allow", "Forbid", "Replace"),
    "protocol": ("TCP", "UDP", "SCTP"),
    "scheme": ("HTTP", "HTTPS"),
}
"""Values of fields that are names of the API."""


class Place(NamedTuple):
    """Where the cursor is: the keys around it, and the key whose value is typed ("": a key is typed). A list counts as its items."""

    path: tuple[str, ...]
    key: str


def complete(text: str, line: int, column: int, *, scenario: bool) -> list[JSON]:
    """Options, each with a label, what it is, and a text about it."""
    rows = text.split("\n")
    first = max((i + 1 for i in range(min(line, len(rows))) if rows[i].startswith("---")), default=0)
    document = rows[first:]
    place = _place(document, line - first, column)
    if scenario:
        return _from_schema(place)
    head = dict(_HEAD.findall("\n".join(_until_separator(document))))
    return _from_fields(place, head.get("apiVersion", ""), head.get("kind", ""))


def _until_separator(rows: list[str]) -> list[str]:
    end = next((i for i, row in enumerate(rows) if row.startswith("---")), len(rows))
    return rows[:end]


def _place(rows: list[str], line: int, column: int) -> Place:
    """By indentation, so that it works while the file is no valid YAML."""
    here = rows[line][:column] if line < len(rows) else ""
    match = _LINE.match(here)
    assert match is not None
    key = (match["key"] or "").strip('"')
    depth = len(match["indent"]) + len(match["dashes"])
    path: list[str] = []
    for row in reversed(rows[:line]):
        above = _LINE.match(row)
        if above is None or above["key"] is None or not row.strip() or row.lstrip().startswith("#"):
            continue
        indent = len(above["indent"]) + len(above["dashes"])
        # A list may stand as deep as its key.
        if indent < depth or (indent == depth and match["dashes"] and not above["dashes"] and len(match["indent"]) == len(above["indent"])):
            path.append(above["key"].strip('"'))
            depth = len(above["indent"]) if above["dashes"] else indent
            match = above
    return _in_braces(here, Place(tuple(reversed(path)), key))


def _in_braces(row: str, place: Place) -> Place:
    """The place inside the braces and brackets that are open at the end of a row."""
    opened: list[str] = []
    key = ""
    for mark, name in _FLOW.findall(row):
        if name:
            key = name.strip('"')
        elif mark in "{[":
            opened.append(key)
            key = ""
        elif mark == ",":
            key = ""
        elif opened:
            key = opened.pop()
    return Place((*place.path, *(one for one in opened if one)), key) if opened else place


@lru_cache(maxsize=1)
def _schema() -> JSON:
    schema: JSON = json.loads(schema_file("Scenario").read_text("utf-8"))
    return schema


def _resolved(node: JSON) -> JSON:
    reference = node.get("$ref", "")
    return {**_schema()["$defs"][reference.rpartition("/")[2]], **node} if reference.startswith("#/$defs/") else node


def _from_schema(place: Place) -> list[JSON]:
    node = _resolved(_schema())
    for key in (*place.path, *((place.key,) if place.key else ())):
        node = _step(node, key)
    if not place.key:
        node = _items(node)
        return [
            {"label": name, "detail": _kind(_resolved(one)), "info": one.get("description", "")} for name, one in _properties(node).items()
        ]
    return [{"label": _scalar(value), "detail": "", "info": ""} for value in _values(node)]


def _items(node: JSON) -> JSON:
    while isinstance(node.get("items"), dict):
        node = _resolved(node["items"])
    return node


def _properties(node: JSON) -> JSON:
    own: JSON = node.get("properties") or {}
    for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        own = {**own, **(_items(_resolved(choice)).get("properties") or {})}
    return own


def _step(node: JSON, key: str) -> JSON:
    node = _items(node)
    further = _properties(node).get(key) or node.get("additionalProperties")
    return _resolved(further) if isinstance(further, dict) else {}


def _values(node: JSON) -> list[Any]:
    choices = [value for choice in (*node.get("anyOf", ()), *node.get("oneOf", ())) for value in _values(_resolved(choice))]
    own = [node["const"]] if "const" in node else node.get("enum") or ([True, False] if node.get("type") == "boolean" else [])
    return [*own, *choices]


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kind(node: JSON) -> str:
    kind = node.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _from_fields(place: Place, api_version: str, kind: str) -> list[JSON]:
    if not place.path and place.key == "kind":
        return [
            _option(name) for name in sorted({name for (api, _), name in served_kinds().items() if not api_version or api == api_version})
        ]
    if not place.path and place.key == "apiVersion":
        return [_option(name) for name in sorted({api for api, _ in served_kinds()})]
    row = served(api_version, kind)
    if row is None:
        return [] if place.path or place.key else [_option("apiVersion"), _option("kind")]
    type_name = row.type
    for step in place.path:
        type_name = _item_type(fields(type_name).get(step, ""))
    if place.key:
        code = fields(type_name).get(place.key, "")
        return [_option(value) for value in (("true", "false") if code == "b" else ENUMS.get(place.key, ()))]
    return [_option(name, _words(code)) for name, code in fields(type_name).items()]


def _item_type(code: str) -> str:
    return code.removeprefix("[]").removeprefix("{}")


def _words(code: str) -> str:
    if code.startswith("[]"):
        return f"list of {_words(code[2:])}"
    if code.startswith("{}"):
        return "mapping"
    base = code.partition(":")[0]
    return KINDS.get(base, code.rpartition(".")[2])


def _option(label: str, detail: str = "") -> JSON:
    return {"label": label, "detail": detail, "info": ""}
