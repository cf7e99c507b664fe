"""Fields inside of an object: `spec.template.spec.containers[name=web].image`, `metadata.labels[app.kubernetes.io/name]`, `args[0]`.

A list may be passed over without brackets: then its only item is meant, or those of its items that have the next field.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.errors import UsageError

Step = str | int
_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


def steps(path: str) -> list[str]:
    """The steps of a path; those in brackets keep them. Raises UsageError."""
    found, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or (at == 0 and path.startswith(".")):
            raise UsageError(f"{path!r} is no path: write spec.replicas, args[0], containers[name=web].image or labels[a.b/c]")
        found.append(match[0] if match[2] is not None else match[1])
        at = match.end()
    if not found:
        raise UsageError("a path is missing: say which field, as in spec.replicas")
    return found


def places(value: Any, wanted: list[str]) -> list[list[Step]]:
    """Where the steps lead in `value`: one way or several, fields that are not there yet included. Raises UsageError."""
    return _ways(value, wanted, [])


def _ways(value: Any, wanted: list[str], here: list[Step]) -> list[list[Step]]:
    if not wanted:
        return [here]
    step, rest = wanted[0], wanted[1:]
    if isinstance(value, list):
        return _into_list(value, step, rest, wanted, here)
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"{shown(here)} is no object: it has no field {step}")
    name = step[1:-1] if step.startswith("[") else step
    return _ways((value or {}).get(name), rest, [*here, name])


def _into_list(value: list[Any], step: str, rest: list[str], wanted: list[str], here: list[Step]) -> list[list[Step]]:
    if step.startswith("["):
        index = _index(value, step[1:-1], here)
        return _ways(value[index], rest, [*here, index])
    items = [i for i, item in enumerate(value) if isinstance(item, dict) and step in item]
    if len(value) == 1:
        items = [0]
    if not items:
        what = f"{shown(here)} is a list of {len(value)}" if value else f"{shown(here)} is an empty list"
        raise UsageError(f"{what}, and none of it has {step}: say which, as in {shown(here)}[0].{step}")
    return [way for i in items for way in _ways(value[i], wanted, [*here, i])]


def _index(value: list[Any], key: str, here: list[Step]) -> int:
    """The position that `[0]`, `[web]` (a name) or `[port=8080]` means."""
    if key.isdigit() and int(key) < len(value):
        return int(key)
    name, equals, wanted = key.partition("=")
    name, wanted = (name, wanted) if equals else ("name", key)
    found = [i for i, item in enumerate(value) if isinstance(item, dict) and str(item.get(name)) == wanted]
    if found:
        return found[0]
    there = [str(item.get(name)) for item in value if isinstance(item, dict) and name in item]
    names = f"; {name} is one of {', '.join(there)}" if there else ""
    raise UsageError(f"{shown(here)}[{key}]: there is no such item among {len(value)}{names}")


def put(value: Any, way: list[Step], new: Any) -> Any:
    """A copy of `value` in which a field is `new` (None: removed); what is not on the way is shared."""
    if not way:
        return new
    step, rest = way[0], way[1:]
    if isinstance(step, int):
        return [*value[:step], put(value[step], rest, new), *value[step + 1 :]]
    copied = dict(value or {})
    copied[step] = put(copied.get(step), rest, new)
    if not rest and new is None:
        del copied[step]
    return copied


def look(value: Any, way: list[Step]) -> Any:
    """What stands at the end of a way; None: nothing."""
    for step in way:
        if isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def shown(way: list[Step]) -> str:
    """A way as Kubernetes writes it: `spec.containers[0].image`."""
    text = ""
    for step in way:
        text += f"[{step}]" if isinstance(step, int) or "." in step else f".{step}" if text else step
    return text
