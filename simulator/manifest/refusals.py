"""Why a document is not an object that the API server takes: kubectl's and the API server's messages."""

from __future__ import annotations

from typing import Any

from simulator.manifest.schema import served, served_groups, served_kinds
from simulator.objects.base import JSON


def not_an_object(value: Any) -> str:
    """kubectl's message when a document is no API object; empty when it is one."""
    if not isinstance(value, dict):
        return "invalid object to validate"
    missing = []
    for name in ("apiVersion", "kind"):
        if value.get(name) is None:
            missing.append(f"{name} not set")
        elif not isinstance(value[name], str):
            missing.append(f"{name} isn't string type")
    return missing[0] if len(missing) == 1 else f"[{', '.join(missing)}]" if missing else ""


def unreadable(value: JSON) -> str:
    """The message for an object that matches its published type but not podsim's."""
    return f"cannot be read as a {value['kind']} of {value['apiVersion']}"


def unserved(value: JSON) -> str:
    """The API server's message for an unknown kind; empty for a known one, or a custom one (its group has a dot)."""
    api_version, name = value["apiVersion"], value["kind"]
    group = api_version.rpartition("/")[0]
    own = "." in group and group not in served_groups()
    if own or served(api_version, name) is not None:
        return ""
    return f'no matches for kind "{name}" in version "{api_version}"{_nearest(value)}'


def _nearest(value: JSON) -> str:
    """The probably intended kind: in another version of its group, in another group, or with another spelling."""
    group, name = value["apiVersion"].rpartition("/")[0], value["kind"]
    kinds = served_kinds()
    if (value["apiVersion"], name.lower()) in kinds:
        return f" (did you mean {kinds[value['apiVersion'], name.lower()]}?)"
    everywhere = [version for version, kind in kinds if kind == name.lower()]
    others = [version for version in everywhere if version.rpartition("/")[0] == group] or everywhere
    return f" (it is served as {others[-1]})" if others else ""
