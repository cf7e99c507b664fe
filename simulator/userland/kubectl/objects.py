"""What kubectl reads: the objects that a command line means, and how it calls them."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from simulator.process.effects import Effect
from simulator.process.world import ApiGet
from simulator.userland.kubectl.letters import Options

Object = dict[str, Any]


def targets(operands: list[str]) -> list[tuple[str, str | None]]:
    """(kind, name) of `pod x y`, `pod/x deploy/y` or `pods`."""
    if operands and "/" in operands[0]:
        return [(k, n) for k, _, n in (o.partition("/") for o in operands)]
    kinds = operands[0].split(",") if operands else []
    return [(kind, name) for kind in kinds for name in (operands[1:] or (None,))]


def _namespace(chosen: Options) -> str | None:
    return "*" if "A" in chosen else chosen.get("n")


def fetch(chosen: Options, operands: list[str]) -> Generator[Effect, Any, tuple[list[Object], list[str]]]:
    """The objects, and what the server refused."""
    found: list[Object] = []
    problems: list[str] = []
    for kind, name in targets(operands):
        answer = yield ApiGet(kind, name, _namespace(chosen), chosen.get("l", ""))
        if answer is None:
            problems.append(f'Error from server (NotFound): {_plural(kind)} "{name}" not found')
        elif isinstance(answer, str):
            problems.append(answer)
        else:
            found += answer if isinstance(answer, list) else [answer]
    terms = re.findall(r"([^,=!]+)(!=|==?)([^,]*)", chosen.get("8", ""))
    return [item for item in found if all((_field(item, path) == value) != (op == "!=") for path, op, value in terms)], problems


def _field(item: Object, path: str) -> str:
    """A field that a field selector names: `status.phase`."""
    value: Any = item
    for name in path.strip().split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)


_SHORT = {
    "cm": "configmaps",
    "deploy": "deployments",
    "ds": "daemonsets",
    "ep": "endpoints",
    "no": "nodes",
    "ns": "namespaces",
    "po": "pods",
    "sts": "statefulsets",
    "svc": "services",
}
_GROUPS = {"deployments": "apps", "statefulsets": "apps", "daemonsets": "apps", "replicasets": "apps", "jobs": "batch", "cronjobs": "batch"}


def _plural(kind: str) -> str:
    kind = kind.lower()
    kind = _SHORT.get(kind, kind if kind.endswith("s") else kind + "s")
    return f"{kind}.{_GROUPS[kind]}" if kind in _GROUPS else kind


def meta(item: Object) -> Object:
    """An object's metadata."""
    found: Object = item.get("metadata", {})
    return found


def full_kind(item: Object) -> str:
    """`deployment.apps`, `pod`."""
    kind = str(item.get("kind", "")).lower()
    group = str(item.get("apiVersion", "")).rpartition("/")[0]
    return f"{kind}.{group}" if group else kind
