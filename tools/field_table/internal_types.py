"""Reads the layout of Kubernetes' internal types from its sources: the API server prints some invalid values that way.

    python tools/field_table/internal_types.py DIRECTORY_OF_k8s.io > simulator/manifest/validation/internal.json

For each type its fields in order, each with a code: `s` string, `i` number, `b` boolean, `Q` Quantity, `I` integer or string,
`J` printed as in the published API; `[]x` list, `{}x` map, `*x` pointer; anything else is another type of the table.
An embedded struct is `<x`: its fields are printed like those of the outer struct.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOTS = (
    "PodSpec",
    "SecurityContext",
    "SeccompProfile",
    "ServicePort",
    "PodResourceClaim",
    "DeploymentStrategy",
    "DaemonSetUpdateStrategy",
    "StatefulSetUpdateStrategy",
    "PodDisruptionBudgetSpec",
    "SuccessPolicy",
    "PodTemplateSpec",
    "PodFailurePolicy",
    "ScopeSelector",
    "PersistentVolumeClaimSpec",
)
SOURCES = ("core", "apps", "policy", "batch")
STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^type (\w+) ([\w.\[\]*]+)$", re.MULTILINE)
FIELD = re.compile(r"^\t(\w+)(?:[ \t]+([\w.*\[\]]+))?(?:[ \t]+`[^`]*`)?(?:[ \t]*//.*)?$", re.MULTILINE)
SIMPLE = {
    "string": "s",
    "int32": "i",
    "int64": "i",
    "int": "i",
    "uint8": "i",
    "bool": "b",
    "float64": "i",
    "resource.Quantity": "Q",
    "intstr.IntOrString": "I",
    "types.UID": "s",
}


def code(go_type: str, named: dict[str, str], structs: dict[str, str]) -> str:
    """The code of a Go type."""
    for prefix in ("*", "[]"):
        if go_type.startswith(prefix):
            return prefix + code(go_type[len(prefix) :], named, structs)
    match = re.match(r"map\[[\w.]+\](.*)", go_type)
    if match:
        return "{}" + code(match[1], named, structs)
    bare = go_type.removeprefix("api.").removeprefix("core.")
    if bare in SIMPLE:
        return SIMPLE[bare]
    if bare in named:
        return code(named[bare], named, structs)
    return bare if bare in structs else "J"


def main(root: Path) -> None:
    """Print the table."""
    texts = [(root / f"kubernetes/pkg/apis/{name}/types.go").read_text(encoding="utf-8") for name in SOURCES]
    structs = {name: body for text in reversed(texts) for name, body in STRUCT.findall(text)}
    named = {name: kind for text in reversed(texts) for name, kind in NAMED.findall(text)}
    table: dict[str, dict[str, str]] = {}
    queue = list(ROOTS)
    while queue:
        name = queue.pop()
        if name in table:
            continue
        fields = {}
        for field, go_type in FIELD.findall(structs[name]):
            # A line with one word embeds another struct.
            fields[field] = code(go_type, named, structs) if go_type else f"<{field}"
        fields = {field: "J" if kind == "<J" else kind for field, kind in fields.items() if field != "metav1"}
        table[name] = fields
        queue += [inner for kind in fields.values() if (inner := re.sub(r"^[<*]|\[\]|\{\}|\*", "", kind)) in structs]
    rows = [f"{json.dumps(name)}: {json.dumps(fields, separators=(',', ':'))}" for name, fields in sorted(table.items())]
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
