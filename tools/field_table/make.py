"""Make `simulator/manifest/fields.json`: every field of every kind of the published API, with its type.

    python tools/field_table/make.py [--check]

Names come from lightkube-models (the `dev` extra), which are generated from Kubernetes' OpenAPI description; missing details
come from `go_types.json`. Versions that a cluster does not serve by default (alpha, beta) are left out.

Codes: `s` string, `i` int32, `l` int64, `b` boolean, `f` number, `Q` Quantity, `I` integer or string, `T` Time, `M` MicroTime,
`B` bytes in base64, `R` an object of any kind, `*` anything; `[]x` a list, `{}x` a map; `s:v1.TaintEffect` a string of a named
Go type; anything else is the name of another type of the table.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import lightkube.models
import lightkube.resources

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "simulator/manifest/fields.json"
GO_TYPES = Path(__file__).with_name("go_types.json")
SERVED = re.compile(r"_v\d+$")
SENT = ("policy.v1.Eviction", "meta.v1.DeleteOptions", "autoscaling.v1.Scale", "authentication.v1.TokenRequest", "meta.v1.ListMeta")
"""Types that only requests have."""
PLAIN = {
    "str": "s",
    "int": "i",
    "bool": "b",
    "float": "f",
    "dict": "{}s",
    "resource.Quantity": "Q",
    "util_intstr.IntOrString": "I",
    "meta_v1.Time": "T",
    "meta_v1.MicroTime": "M",
    "runtime.RawExtension": "R",
}


def table() -> dict[str, Any]:
    """The whole table: `types` by name, `kinds` by apiVersion and kind with plural and scope."""
    kinds = _kinds()
    types: dict[str, dict[str, str]] = {}
    go_types = json.loads(GO_TYPES.read_text(encoding="utf-8"))
    queue = [*(entry[0] for entry in kinds.values()), *SENT]
    while queue:
        name = queue.pop()
        if name not in types:
            types[name] = _fields(name, go_types.get(name, {}))
            queue += [
                inner
                for code in types[name].values()
                if (inner := re.sub(r"^(\[\]|\{\})+", "", code)) and "." in inner and ":" not in inner
            ]
    return {"kinds": dict(sorted(kinds.items())), "types": dict(sorted(types.items()))}


def _modules(package: ModuleType) -> list[ModuleType]:
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names if SERVED.search(name)]


def _kinds() -> dict[str, list[Any]]:
    """`apps/v1/Deployment` -> [type, plural, namespaced]."""
    entries: dict[str, list[Any]] = {}
    for module in _modules(lightkube.resources):
        for item in vars(module).values():
            info = getattr(item, "_api_info", None)
            if info is None or info.parent is not None:
                continue
            group, version, kind = info.resource.group, info.resource.version, info.resource.kind
            model = next(base for base in item.__mro__ if base.__module__.startswith("lightkube.models."))
            scoped = "Namespaced" in item.__mro__[1].__name__
            entries[f"{group}/{version}/{kind}" if group else f"{version}/{kind}"] = [_name(model), info.plural, int(scoped)]
    return entries


def _name(model: type) -> str:
    return f"{model.__module__.rpartition('.')[2].replace('_', '.')}.{model.__name__}"


def _fields(name: str, odd: dict[str, str]) -> dict[str, str]:
    group, version, kind = name.split(".")
    module = importlib.import_module(f"lightkube.models.{group}_{version}")
    model = getattr(module, kind, None)
    if not hasattr(model, "__struct_fields__"):
        return {}
    labels = dict(zip(model.__struct_fields__, model.__struct_encode_fields__, strict=True))
    fields = {}
    for attribute, written in model.__annotations__.items():
        label = labels[attribute]
        fields[label] = odd.get(label) or _code(str(written).strip("'"), f"{group}.{version}")
    return dict(sorted(fields.items()))


def _code(written: str, package: str) -> str:
    written = re.sub(r"^Optional\[(.*)\]$", r"\1", written)
    if written in PLAIN:
        return PLAIN[written]
    inner = re.fullmatch(r"List\[(.*)\]", written)
    if inner:
        return "[]" + _code(inner[1], package)
    home, _, name = written.rpartition(".")
    # Types of the same module are written without its name.
    qualified = f"{home or package.replace('.', '_')}.{name}"
    return PLAIN.get(qualified) or f"{home.replace('_', '.') or package}.{name}"


def text() -> str:
    """The file's text: a line for each kind and type."""
    parts = []
    for part, rows in table().items():
        lines = [f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()]
        parts.append(f'"{part}": {{\n' + ",\n".join(lines) + "\n}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> int:
    """Write the table, or with `--check` say whether it is up to date."""
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.read_text(encoding="utf-8") == text() else 1
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
