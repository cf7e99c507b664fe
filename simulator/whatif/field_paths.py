"""Paths to fields inside an object: `spec.template.spec.containers[name=web].image`, `metadata.labels[app.kubernetes.io/name]`, `args[0]`.

A list without brackets means its only item, or those of its items that have the next field.
"""

from __future__ import annotations

import re
from typing import Any

from simulator.errors import UsageError

Step = str | int
_STEP = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")


def parse_path(path: str) -> list[str]:
    """The steps of a path; those in brackets keep their brackets. Raises UsageError."""
    path_steps, at = [], 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or (at == 0 and path.startswith(".")):
            raise UsageError(f"{path!r} is not a path: use spec.replicas, args[0], containers[name=web].image or labels[a.b/c]")
        path_steps.append(match[0] if match[2] is not None else match[1])
        at = match.end()
    if not path_steps:
        raise UsageError("the path is missing: name a field, as in spec.replicas")
    return path_steps


def locations(value: Any, path: list[str]) -> list[list[Step]]:
    """Where a path leads in `value`: one or several fields, which need not exist yet. Raises UsageError."""
    return _locations(value, path, [])


def _locations(value: Any, path: list[str], here: list[Step]) -> list[list[Step]]:
    if not path:
        return [here]
    if isinstance(value, list):
        return _in_list(value, path, here)
    step, rest = path[0], path[1:]
    if value is not None and not isinstance(value, dict):
        raise UsageError(f"{path_text(here)} is not an object: it has no field {step}")
    name = step[1:-1] if step.startswith("[") else step
    return _locations((value or {}).get(name), rest, [*here, name])


def _in_list(value: list[Any], path: list[str], here: list[Step]) -> list[list[Step]]:
    step, rest = path[0], path[1:]
    if step.startswith("["):
        index = _index(value, step[1:-1], here)
        return _locations(value[index], rest, [*here, index])
    items = [i for i, item in enumerate(value) if isinstance(item, dict) and step in item]
    if len(value) == 1:
        items = [0]
    if not items:
        what = f"{path_text(here)} is a list of {len(value)}" if value else f"{path_text(here)} is an empty list"
        raise UsageError(f"{what}, and no item has {step}: name one, as in {path_text(here)}[0].{step}")
    return [location for i in items for location in _locations(value[i], path, [*here, i])]


def _index(value: list[Any], key: str, here: list[Step]) -> int:
    """The position that `[0]`, `[web]` (a name) or `[port=8080]` means."""
    if key.isdigit() and int(key) < len(value):
        return int(key)
    field, equals, text = key.partition("=")
    field, text = (field, text) if equals else ("name", key)
    matches = [i for i, item in enumerate(value) if isinstance(item, dict) and str(item.get(field)) == text]
    if matches:
        return matches[0]
    present = [str(item.get(field)) for item in value if isinstance(item, dict) and field in item]
    names = f"; {field} is one of {', '.join(present)}" if present else ""
    raise UsageError(f"{path_text(here)}[{key}]: no such item among {len(value)}{names}")


def with_value(value: Any, location: list[Step], new: Any) -> Any:
    """A copy of `value` in which the field at `location` is `new` (None: removed); all other parts are shared."""
    if not location:
        return new
    step, rest = location[0], location[1:]
    if isinstance(step, int):
        return [*value[:step], with_value(value[step], rest, new), *value[step + 1 :]]
    copied = dict(value or {})
    copied[step] = with_value(copied.get(step), rest, new)
    if not rest and new is None:
        del copied[step]
    return copied


def value_at(value: Any, location: list[Step]) -> Any:
    """The value at a location; None when there is none."""
    for step in location:
        if isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def path_text(location: list[Step]) -> str:
    """A location as Kubernetes writes it: `spec.containers[0].image`."""
    text = ""
    for step in location:
        if isinstance(step, int) or "." in step:
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
