"""Fields of the published API: whether one exists, before a thousand runs are refused for a misspelt one; and where a pod spec is."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

from simulator.errors import UsageError
from simulator.manifest.schema import fields, served
from simulator.objects.base import JSON
from simulator.whatif.field_paths import Step, path_text

MOST_NAMED = 30


def check_field(item: JSON, location: Sequence[Step], address: str) -> None:
    """Raises UsageError when an object of this kind has no such field; custom resources may have any."""
    entry = served(str(item.get("apiVersion", "")), str(item.get("kind", "")))
    code = entry.type if entry is not None else ""
    for depth, step in enumerate(location):
        if code[:2] in ("[]", "{}"):
            code = code[2:]
            continue
        known = fields(code)
        # Without known fields the type may contain anything, or it is a plain value.
        if not known:
            return
        if step not in known:
            parent = path_text(list(location[:depth])) or item["kind"]
            raise UsageError(f"{address}: {parent} has no field {step}; {hint(str(step), list(known))}")
        code = known[str(step)]


def hint(name: str, known: Sequence[str]) -> str:
    """The known name that is meant, or all of them."""
    near = get_close_matches(name, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"available: {', '.join(known[:MOST_NAMED]) or 'none'}{more}"


TEMPLATED = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController")


def pod_spec(item: JSON) -> list[Step]:
    """The location of the pod spec in an object; empty when the object makes no pods."""
    kind = item.get("kind")
    if kind in TEMPLATED:
        return ["spec", "template", "spec"]
    if kind == "CronJob":
        return ["spec", "jobTemplate", "spec", "template", "spec"]
    return ["spec"] if kind == "Pod" else []
