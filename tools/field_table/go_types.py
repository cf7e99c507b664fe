"""Reads Go types from the sources of the Kubernetes API that no published schema has: int32 or int64, named strings, maps of quantities.

    python tools/field_table/go_types.py DIRECTORY_OF_k8s.io > tools/field_table/go_types.json

The API server names Go's types when a value does not fit (`cannot unmarshal string into Go struct field ... of type int32`).
Only fields whose type is not the obvious one (string, int32, bool, map[string]string) are listed. See `make.py` for the codes.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^type (\w+) (string|\[\]\w+|map\[\w+\][\w.]+)$", re.MULTILINE)
FIELD = re.compile(r'^\t(\w+)?\s*([\w.*\[\]]+)\s+`[^`]*json:"([^",]*)(,[^"]*)?"', re.MULTILINE)
SIMPLE = {
    "string": "s",
    "int32": "i",
    "int64": "l",
    "int": "i",
    "bool": "b",
    "float64": "f",
    "[]byte": "B",
    "byte": "B",
    "resource.Quantity": "Q",
    "intstr.IntOrString": "I",
    "metav1.Time": "T",
    "Time": "T",
    "metav1.MicroTime": "M",
    "MicroTime": "M",
    "runtime.RawExtension": "R",
    "types.UID": "s:types.UID",
    "types.NodeName": "s:types.NodeName",
}
OBVIOUS = {"s", "i", "b", "f", "Q", "I", "T", "M", "R", "[]s", "[]i", "{}s", "[]Q", "[]b"}


def sources(root: Path) -> dict[str, str]:
    """Source text by `group.version`."""
    sources = {}
    for path in sorted([*root.glob("api/*/v*/types.go"), *root.glob("apiextensions-apiserver/pkg/apis/apiextensions/v1/types*.go")]):
        key = f"{path.parent.parent.name}.{path.parent.name}"
        sources[key] = sources.get(key, "") + path.read_text(encoding="utf-8")
    sources["meta.v1"] = (root / "apimachinery/pkg/apis/meta/v1/types.go").read_text(encoding="utf-8")
    return sources


def code(go_type: str, named: dict[str, str], package: str) -> str:
    """The code of a Go type; a struct is `@`."""
    bare = go_type.replace("*", "")
    if bare in SIMPLE:
        return SIMPLE[bare]
    if bare in named:
        inner = code(named[bare], named, package)
        prefix, _, name = bare.rpartition(".")
        package = "v1" if prefix else package
        return f"{inner}:{package}.{name}" if inner in ("s", "[]s") or inner.startswith("{}") else inner
    if bare.startswith("[]"):
        return "[]" + code(bare[2:], named, package)
    match = re.match(r"map\[[\w.]+\](.*)", bare)
    return "{}" + code(match[1], named, package) if match else "@"


def main(root: Path) -> None:
    """Print the table."""
    texts = sources(root)
    core_named = dict(NAMED.findall(texts["core.v1"]))
    meta_named = dict(NAMED.findall(texts["meta.v1"]))
    table: dict[str, dict[str, str]] = {}
    for group, text in texts.items():
        own = dict(NAMED.findall(text))
        foreign = {f"{prefix}.{name}": kind for prefix in ("v1", "corev1") for name, kind in core_named.items()}
        foreign |= {f"metav1.{name}": kind for name, kind in meta_named.items()}
        named = {**foreign, **own}
        structs = dict(STRUCT.findall(text))
        for name, body in structs.items():
            fields = _fields(body, structs, named, group.rpartition(".")[2])
            shown = {field: "{}*" if kind.startswith("{}@") else kind for field, kind in fields.items()}
            odd = {field: kind for field, kind in sorted(shown.items()) if kind not in OBVIOUS and "@" not in kind}
            if odd:
                table[f"{group}.{name}"] = odd
    rows = [f"  {json.dumps(name)}: {json.dumps(fields)}" for name, fields in sorted(table.items())]
    print("{\n" + ",\n".join(rows) + "\n}")


def _fields(body: str, structs: dict[str, str], named: dict[str, str], package: str) -> dict[str, str]:
    fields = {}
    for name, go_type, json_name, options in FIELD.findall(body):
        if json_name == "" and "inline" in options:
            inner = structs.get((go_type or name).replace("*", ""), "")
            fields.update(_fields(inner, structs, named, package))
        elif json_name and json_name != "-":
            fields[json_name] = code(go_type, named, package)
    return fields


if __name__ == "__main__":
    main(Path(sys.argv[1]))
