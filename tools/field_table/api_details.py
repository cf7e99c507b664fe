"""Make the tables that say more about the published API's fields than `fields.json`, from a source tree of Kubernetes.

    python tools/field_table/api_details.py DIRECTORY_OF_KUBERNETES [../shared/wire]

DIRECTORY_OF_KUBERNETES is a checkout of the release that the tables describe (1.36.2). Read are the descriptions of the served API
(`api/openapi-spec/v3`; the recorded ones of a running server also have the values of enumerations), the numbers of fields in protobuf
(`staging/src/k8s.io/**/generated.proto`) and the Go types beside them. Written are, for the types of `fields.json`:

- `simulator/manifest/numbers.json`: the protobuf number of each field, negative for a pointer, whose zero is sent only when
  it is set. A struct that JSON has inline is written `<type`.
- `simulator/manifest/merging.json`: how lists and maps are merged. By type, `""` for the type itself (`atomic`), else by field
  `[type, keys, strategy, key]`: x-kubernetes-list-type or -map-type, the keys of a list's items, the patch strategy and its merge key.
  `keys` has the defaults of fields that are such keys.
- `simulator/manifest/openapi.json`: descriptions (numbers of `texts`), required fields, defaults, enumerations and unions; `plain`
  has the types that are codes.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from go_types import FIELD as GO_FIELD
from go_types import STRUCT, sources

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "simulator/manifest"
SERVED = "apis__*__v?_openapi.json"
HOMES = re.compile(
    r"io\.k8s\.(?:api|apimachinery\.pkg\.apis|apiextensions-apiserver\.pkg\.apis|kube-aggregator\.pkg\.apis)\.(\w+\.v\d+\.\w+)$"
)
MESSAGE = re.compile(r"^message (\w+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^  (?:optional|repeated) (?:\.k8s\.io\.[\w.]*\.)?(\w+) (\w+) = (\d+)", re.MULTILINE)
MAP = re.compile(r"^  map<\w+, ?[\w.]+> (\w+) = (\d+)", re.MULTILINE)


def short(name: str) -> str:
    """`core.v1.Pod` for `io.k8s.api.core.v1.Pod`; empty for types that are no structs of the API."""
    match = HOMES.match(name)
    return match[1] if match else ""


PLAIN = {
    "Q": "io.k8s.apimachinery.pkg.api.resource.Quantity",
    "I": "io.k8s.apimachinery.pkg.util.intstr.IntOrString",
    "T": "io.k8s.apimachinery.pkg.apis.meta.v1.Time",
    "M": "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime",
    "R": "io.k8s.apimachinery.pkg.runtime.RawExtension",
}
"""Types of the published API that are codes in `fields.json`."""


def plain(root: Path) -> dict[str, list[Any]]:
    """Name and schema of the types that are codes."""
    known: dict[str, Any] = {}
    for path in sorted((root / "api/openapi-spec/v3").glob("api*_openapi.json")):
        known |= json.loads(path.read_text(encoding="utf-8")).get("components", {}).get("schemas", {})
    return {code: [name, known[name]] for code, name in PLAIN.items()}


def documents(root: Path, recorded: Path | None) -> Iterator[dict[str, Any]]:
    """The descriptions of a running API server, which have the values of enumerations, then those of the source tree."""
    for path in sorted(recorded.glob("raw-openapi-v3-api*.json.gz")) if recorded else ():
        yield json.loads(gzip.decompress(path.read_bytes()))["exchanges"][0]["responseBody"]
    folder = root / "api/openapi-spec/v3"
    for path in (folder / "api__v1_openapi.json", *sorted(folder.glob(SERVED))):
        yield json.loads(path.read_text(encoding="utf-8"))


def schemas(root: Path, recorded: Path | None) -> dict[str, Any]:
    """The schemas of all served types by short name."""
    result: dict[str, Any] = {}
    for document in documents(root, recorded):
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            if short(name):
                result.setdefault(short(name), schema)
    return result


def messages(root: Path) -> dict[str, list[tuple[str, str, int]]]:
    """Type, name and number of the fields of each message; the type of a field that is a map is empty."""
    result = {}
    for path in sorted((root / "staging/src/k8s.io").rglob("generated.proto")):
        package = f"{path.parent.parent.name}.{path.parent.name}"
        for name, body in MESSAGE.findall(path.read_text(encoding="utf-8")):
            rows = [(f"{package}.{kind}", field, int(number)) for kind, field, number in FIELD.findall(body)]
            result[f"{package}.{name}"] = [*rows, *(("", field, int(number)) for field, number in MAP.findall(body))]
    return result


def pointers(root: Path) -> set[tuple[str, str]]:
    """The fields that are pointers in Go, by type and JSON name: their zeros say something."""
    return {
        (f"{group}.{name}", label)
        for group, text in sources(root / "staging/src/k8s.io").items()
        for name, body in STRUCT.findall(text)
        for _, go_type, label, _ in GO_FIELD.findall(body)
        if go_type.startswith("*") and label
    }


def numbers(root: Path, types: dict[str, dict[str, str]]) -> dict[str, dict[str, int]]:
    """Field numbers by type, those of pointers negative."""
    written, pointed = messages(root), pointers(root)
    result: dict[str, dict[str, int]] = {}
    queue = [(name, set(known)) for name, known in types.items() if known and name in written]
    while queue:
        name, known = queue.pop()
        row = result.setdefault(name, {})
        for kind, field, number in written[name]:
            label = field if field in known else field[:1].lower() + field[1:]
            if label in known:
                row[label] = -number if (name, label) in pointed else number
            elif any(inner in known for _, inner, _ in written.get(kind, ())):
                # JSON has the fields of this struct in its place.
                row[f"<{kind}"] = number
                queue.append((kind, known))
    return dict(sorted(result.items()))


def merging(schemas: dict[str, Any]) -> dict[str, Any]:
    """How parts are merged, by type and field; and the defaults of keys."""
    types: dict[str, dict[str, Any]] = {}
    keys: dict[str, dict[str, Any]] = {}
    for name, schema in schemas.items():
        row: dict[str, Any] = {"": schema["x-kubernetes-map-type"]} if "x-kubernetes-map-type" in schema else {}
        for field, prop in schema.get("properties", {}).items():
            own = [
                prop.get("x-kubernetes-list-type") or prop.get("x-kubernetes-map-type") or "",
                prop.get("x-kubernetes-list-map-keys") or [],
                prop.get("x-kubernetes-patch-strategy") or "",
                prop.get("x-kubernetes-patch-merge-key") or "",
            ]
            if any(own):
                row[field] = own
            item = schemas.get(short(_reference(prop.get("items") or {})), {})
            for key in own[1]:
                default = item.get("properties", {}).get(key, {}).get("default")
                if default:
                    keys.setdefault(short(_reference(prop["items"])), {})[key] = default
        if row:
            types[name] = row
    return {"keys": dict(sorted(keys.items())), "types": dict(sorted(types.items()))}


def _reference(schema: dict[str, Any]) -> str:
    reference = schema.get("$ref") or next((one.get("$ref", "") for one in schema.get("allOf", [])), "")
    return str(reference.rpartition("/")[2])


def openapi(schemas: dict[str, Any]) -> dict[str, Any]:
    """Texts, required fields and more by type: `[text, required, {field: text}, unions]`.

    In the place of a field's text there may be `[text, default, default of items, values, values of items]`.
    """
    texts: dict[str, int] = {}
    types = {}
    for name, schema in sorted(schemas.items()):
        rows = {}
        for field, prop in schema.get("properties", {}).items():
            text = texts.setdefault(prop.get("description", ""), len(texts))
            inner = prop.get("items") or prop.get("additionalProperties") or {}
            more = [one.get(word) for word in ("default", "enum") for one in (prop, inner)]
            # The number of its text, followed by the default of its value and of its items, and the values of both.
            rows[field] = text if more == [None] * 4 else [text, *more]
        unions = schema.get("x-kubernetes-unions")
        row = [texts.setdefault(schema.get("description", ""), len(texts)), schema.get("required", []), rows]
        types[name] = [*row, unions] if unions else row
    return {"texts": list(texts), "types": types}


def write(path: Path, table: dict[str, Any]) -> None:
    """A table with a line for each entry of its parts."""
    parts = []
    for part, rows in table.items():
        compact = [
            json.dumps(row, separators=(",", ":"), ensure_ascii=False) for row in (rows if isinstance(rows, list) else rows.values())
        ]
        lines = compact if isinstance(rows, list) else [f"{json.dumps(name)}: {row}" for name, row in zip(rows, compact, strict=True)]
        opening, closing = "[]" if isinstance(rows, list) else "{}"
        parts.append(f'"{part}": {opening}\n' + ",\n".join(lines) + f"\n{closing}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def main(root: Path, recorded: Path | None) -> None:
    """Write the tables."""
    types = json.loads((TARGET / "fields.json").read_text(encoding="utf-8"))["types"]
    known = {*types, *(f"{name}List" for name in types)}
    served = {name: schema for name, schema in schemas(root, recorded).items() if name in known}
    write(TARGET / "numbers.json", {"types": numbers(root, types)})
    write(TARGET / "merging.json", merging(served))
    write(TARGET / "openapi.json", {"plain": plain(root), **openapi(served)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
