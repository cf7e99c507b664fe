"""Fields that are stored but not simulated; they are reported, so that no one relies on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from simulator.objects.base import JSON


class Unsimulated(NamedTuple):
    """A field of some objects: its name, the values concerned, and what is not simulated."""

    field: str
    is_meant: Callable[[Any], bool]
    text: str


FIELDS = (Unsimulated("resourceClaims", bool, "resource claims are not simulated: the pod is scheduled as if its claims were met"),)


def unsimulated(value: JSON, path: str = "") -> Iterator[tuple[str, str]]:
    """The paths of such fields in an object (`spec.containers[0].restartPolicyRules[0].action`), each with what is not simulated."""
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        yield from ((here, one.text) for one in FIELDS if one.field == name and one.is_meant(inner))
        if isinstance(inner, dict):
            yield from unsimulated(inner, here)
        elif isinstance(inner, list):
            for index, item in enumerate(inner):
                if isinstance(item, dict):
                    yield from unsimulated(item, f"{here}[{index}]")
