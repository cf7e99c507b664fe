"""Fields that the API server takes and podsim keeps, but does nothing about. They are named, so that nobody counts on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.objects.base import JSON


class Unsimulated(NamedTuple):
    """A field of some objects: its name, the values that are meant, what is not done about it."""

    field: str
    is_meant: Callable[[Any], bool]
    text: str


FIELDS = (
    Unsimulated("action", lambda value: value == "RestartAllContainers", "RestartAllContainers restarts only the container that ended"),
    Unsimulated("resourceClaims", bool, "resource claims are not simulated: the pod is scheduled as if it had what it claims"),
)


def unsimulated(value: JSON, path: str = "") -> Iterator[tuple[str, str]]:
    """Where such fields stand in an object (`spec.containers[0].restartPolicyRules[0].action`), and what is not done about them."""
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        yield from ((here, one.text) for one in FIELDS if one.field == name and one.is_meant(inner))
        if isinstance(inner, dict):
            yield from unsimulated(inner, here)
        elif isinstance(inner, list):
            for index, item in enumerate(inner):
                if isinstance(item, dict):
                    yield from unsimulated(item, f"{here}[{index}]")
